"""My account: language, password, the browsers I am signed in with."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from gateway.store.accounts import Role, recovery_codes_left, set_account_language, set_password
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.sessions import end_session, end_sessions, forgive, sessions_of
from gateway.web.access import needs
from gateway.web.agents import name_of_agent
from gateway.web.context import now, store, visit
from gateway.web.entry import account_key, count_try, let_in
from gateway.web.forms import FormMistake, fields
from gateway.web.live import hang_up
from gateway.web.passwords import LONGEST, check_password, is_password, seal_password
from gateway.web.render import back, render
from gateway.web.words import LANGUAGES

_HERE = "/account"


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show the account of whoever looks."""
    return await _page(request)


@needs(Role.OBSERVER)
async def choose_language(request: web.Request) -> web.Response:
    """Remember in which language they read."""
    form = await fields(request)
    language = form.choice("language", ["", *LANGUAGES])
    account_id = visit(request).account.id
    await store(request).write(_choose_language, account_id, language, now(request))
    return await back(request, _HERE, "account.language_set")


@needs(Role.OBSERVER)
async def change_password(request: web.Request) -> web.Response:
    """Change the password and end every session, but for a new one here."""
    form = await fields(request)
    account = visit(request).account
    await check_own_password(request, form.secret("current", most=LONGEST))
    password = form.secret("password", most=LONGEST)
    check_password(password, form.secret("again", most=LONGEST), account.login)
    sealed = await seal_password(password)
    ended = await store(request).write(_change_password, account.id, sealed, now(request))
    response = await let_in(request, account.id, f"{_HERE}?changed=1", ())
    hang_up(request, ended)
    return response


@needs(Role.OBSERVER)
async def end_one(request: web.Request) -> web.Response:
    """End one session, as of a telephone that was lost."""
    session_id, me = int(request.match_info["id"]), visit(request)
    await store(request).write(_end_one, session_id, me.account.id, now(request))
    hang_up(request, [session_id])
    if session_id == me.session.id:
        return web.Response(status=303, headers={"Location": "/login"})
    return await back(request, _HERE, "account.session_ended")


@needs(Role.OBSERVER)
async def end_others(request: web.Request) -> web.Response:
    """End every session but this one."""
    me = visit(request)
    ended = await store(request).write(_end_others, me.account.id, me.session.id, now(request))
    hang_up(request, ended)
    return await back(request, _HERE, "account.sessions_ended", n=len(ended))


async def check_own_password(request: web.Request, typed: str) -> None:
    """Raise FormMistake unless it is the password of whoever looks; tries are counted as when signing in."""
    account = visit(request).account
    key = account_key(account.login)
    wait = await count_try(request, key)
    if wait:
        raise FormMistake("current", "login.wait", n=max(1, round(wait.total_seconds())))
    if not await is_password(account.password_hash, typed):
        raise FormMistake("current", "account.current_wrong")
    await store(request).write(forgive, key)


async def _page(request: web.Request) -> web.Response:
    me = visit(request)
    sessions = await store(request).read(sessions_of, me.account, now(request))
    return render(
        request,
        "account.html",
        account=me.account,
        sessions=[(one, name_of_agent(one.agent)) for one in sessions],
        languages=LANGUAGES,
        codes_left=await store(request).read(recovery_codes_left, me.account.id),
        changed="changed" in request.query,
    )


def _choose_language(tx: Tx, account_id: int, language: str, moment: datetime) -> None:
    set_account_language(tx, account_id, language)
    journal(tx, account_id, "account.language_set", f"account:{account_id}", moment, language=language)


def _change_password(tx: Tx, account_id: int, sealed: str, moment: datetime) -> list[int]:
    set_password(tx, account_id, sealed)
    journal(tx, account_id, "account.password_changed", f"account:{account_id}", moment)
    return end_sessions(tx, account_id)


def _end_one(tx: Tx, session_id: int, account_id: int, moment: datetime) -> None:
    if end_session(tx, session_id, account_id):
        journal(tx, account_id, "account.session_ended", f"account:{account_id}", moment)


def _end_others(tx: Tx, account_id: int, session_id: int, moment: datetime) -> list[int]:
    ended = end_sessions(tx, account_id, but=session_id)
    journal(tx, account_id, "account.sessions_ended", f"account:{account_id}", moment, n=len(ended))
    return ended


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get(_HERE, show),
        web.post(f"{_HERE}/language", choose_language),
        web.post(f"{_HERE}/password", change_password),
        web.post(_HERE + "/sessions/{id:[0-9]{1,12}}/end", end_one),
        web.post(f"{_HERE}/sessions/end", end_others),
    ]
