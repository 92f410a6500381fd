"""The cookie that a browser is known by, and the secrets that only their hashes are kept of."""

from __future__ import annotations

import hashlib
import secrets

from aiohttp import web

from gateway.store.sessions import LONGEST
from gateway.web.line import is_encrypted

# The browser itself sees to it that `__Host-` is Secure, of this host alone and for every path.
_ENCRYPTED = "__Host-plainline"
_ON_THIS_MACHINE = "plainline-local"


def new_token() -> str:
    """Make a secret that nobody guesses."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Give what is kept of a secret; it is long and random, so a quick hash will do."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_token(request: web.Request) -> str:
    """Give the token the browser sent, '' where it sent none."""
    return request.cookies.get(_name(request), "")[:200]


def give_token(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Have the browser send a token from now on, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        _name(request),
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=is_encrypted(request),
        httponly=True,
        samesite="Lax",
    )


def take_token(request: web.Request, response: web.StreamResponse) -> None:
    """Have the browser forget its token."""
    response.del_cookie(_name(request), path="/", secure=is_encrypted(request), httponly=True, samesite="Lax")


def _name(request: web.Request) -> str:
    return _ENCRYPTED if is_encrypted(request) else _ON_THIS_MACHINE
