"""Signing in: every try counted before it is made, a new token at every step, the old one worthless."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web

from gateway.store.accounts import fold_login
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.sessions import (
    begin_session,
    end_session,
    forgive,
    note_failure,
    session_by_token,
    take_back_failure,
    wait_left,
)
from gateway.web.context import now, store
from gateway.web.cookies import give_token, hash_token, new_token, read_token
from gateway.web.line import client_address

_AGENT_LETTERS = 120


def account_key(login: str) -> str:
    """Give the key under which tries at a login name are counted; it may be a password typed by mistake."""
    return f"account:{hash_token(fold_login(login))}"


def address_key(request: web.Request, kind: str = "address") -> str:
    """Give the key under which tries from a browser's address are counted."""
    return f"{kind}:{hash_token(client_address(request))}"


async def count_try(request: web.Request, *keys: str) -> timedelta:
    """Count a try as failed before it is made; where it must wait, give how long and count nothing."""
    return await store(request).write(_count_try, keys, now(request))


def _count_try(tx: Tx, keys: Sequence[str], moment: datetime) -> timedelta:
    wait = max(wait_left(tx, key, moment) for key in keys)
    if not wait:
        for key in keys:
            note_failure(tx, key, moment)
    return wait


async def let_in(
    request: web.Request, account_id: int, path: str, keys: Sequence[str], *, stage: str = "in"
) -> web.Response:
    """Begin a session and send the browser on to `path`; at stage `code` it is not signed in yet.

    `keys` are those the try was counted under: they are forgiven once somebody is in.
    """
    token = new_token()
    agent = request.headers.get("User-Agent", "")[:_AGENT_LETTERS]
    await store(request).write(
        _let_in,
        hash_token(read_token(request)),
        hash_token(token),
        account_id,
        stage,
        agent,
        keys,
        now(request),
    )
    response = web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
    give_token(request, response, token)
    return response


def _let_in(
    tx: Tx, old: str, new: str, account_id: int, stage: str, agent: str, keys: Sequence[str], moment: datetime
) -> None:
    before = session_by_token(tx, old, moment)
    if before is not None:
        end_session(tx, before.id, before.account.id)
    begin_session(tx, new, account_id, stage, agent, moment)
    for key in keys:
        if stage == "in" and key.startswith("account:"):
            forgive(tx, key)
        else:
            take_back_failure(tx, key)
    if stage == "in":
        journal(tx, account_id, "account.signed_in", f"account:{account_id}", moment)
