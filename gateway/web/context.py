"""What a handler asks of the application and of its request, typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from gateway.config_http import HttpConfig
from gateway.store.accounts import Account, Role
from gateway.store.database import Store
from gateway.store.sessions import Session
from gateway.store.urgent import Urgent

if TYPE_CHECKING:
    from gateway.app import Gateway
    from gateway.web.live import Live

GATEWAY: web.AppKey[Gateway] = web.AppKey("gateway")
HTTP: web.AppKey[HttpConfig] = web.AppKey("http")
LIVE: web.AppKey[Live] = web.AppKey("live")
PENDING_SECRETS: web.AppKey[dict[int, str]] = web.AppKey("pending_secrets")
"""What an app is being set up with, by session; an abandoned one is gone with the next start."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was looked at and is not taken over yet, since when (aware, UTC)."""

    content: bytes
    since: datetime


STAGED: web.AppKey[dict[int, Staged]] = web.AppKey("staged")
"""The file each session looks at: never on the disk, where those named in it would stay."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in, looking at a page; `urgent` is what nobody has taken yet."""

    session: Session
    urgent: Sequence[Urgent] = ()

    @property
    def account(self) -> Account:
        """Who it is."""
        return self.session.account

    @property
    def role(self) -> Role:
        """What they may do."""
        return self.session.account.role

    @property
    def names(self) -> bool:
        """Whether they may see names, numbers and words of residents."""
        return self.role.covers(Role.ORGANISER)

    def may(self, needed: str) -> bool:
        """Whether they may do what a role may; for templates: `visit.may("organiser")`."""
        return self.role.covers(Role(needed))


_VISIT: web.RequestKey[Visit] = web.RequestKey("visit")
_LANGUAGE: web.RequestKey[str] = web.RequestKey("language")
_COUNT: web.RequestKey[int] = web.RequestKey("count")


def gateway(request: web.Request) -> Gateway:
    """Give the gateway this is the page of."""
    return request.app[GATEWAY]


def store(request: web.Request) -> Store:
    """Give the gateway's database."""
    return request.app[GATEWAY].store


def now(request: web.Request) -> datetime:
    """Give the moment, aware, in UTC."""
    return request.app[GATEWAY].clock.now()


def visit(request: web.Request) -> Visit:
    """Give who is looking; only for handlers behind `@needs`."""
    found = visit_or_none(request)
    assert found is not None, "a handler without @needs asked who is looking"  # noqa: S101
    return found


def visit_or_none(request: web.Request) -> Visit | None:
    """Give who is looking, None where nobody is signed in."""
    return request.get(_VISIT)


def set_visit(request: web.Request, found: Visit) -> None:
    """Remember who is looking."""
    request[_VISIT] = found


def language(request: web.Request) -> str:
    """Give the language the page is written in."""
    found: str = request.get(_LANGUAGE, "en")
    return found


def set_language(request: web.Request, tag: str) -> None:
    """Remember the language the page is written in."""
    request[_LANGUAGE] = tag


def count(request: web.Request) -> int:
    """Give how often something had happened before anything of the page was read."""
    found: int = request.get(_COUNT, 0)
    return found


def note_count(request: web.Request) -> None:
    """Remember how often something has happened so far."""
    request[_COUNT] = request.app[LIVE].count
