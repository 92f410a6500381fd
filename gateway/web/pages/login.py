"""Signing in and out."""

from __future__ import annotations

import math
from datetime import datetime
from urllib.parse import quote

from aiohttp import web

from gateway.store.accounts import (
    Account,
    Role,
    account_by_login,
    any_account,
    use_recovery_code,
    use_totp_step,
)
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.sessions import Session, end_session, session_by_token
from gateway.web.access import anyone, needs
from gateway.web.context import now, store, visit, visit_or_none
from gateway.web.cookies import hash_token, read_token, take_token
from gateway.web.entry import account_key, address_key, count_try, let_in
from gateway.web.forms import fields
from gateway.web.live import hang_up
from gateway.web.passwords import LONGEST, is_password
from gateway.web.render import render
from gateway.web.totp import hash_recovery_code, step_of_code
from gateway.web.visits import own_path


@anyone
async def show(request: web.Request) -> web.Response:
    """Ask for name and password."""
    if visit_or_none(request) is not None:
        return web.Response(status=303, headers={"Location": "/"})
    if not await store(request).read(any_account):
        return web.Response(status=303, headers={"Location": "/first"})
    return _page(request, own_path(request.query.get("next", "/")))


@anyone
async def sign_in(request: web.Request) -> web.Response:
    """Check name and password."""
    form = await fields(request)
    login, password = form.text("login", most=80), form.secret("password", most=LONGEST)
    path = own_path(form.text("next", most=2000, empty=True) or "/")
    keys = (account_key(login), address_key(request))
    wait = await count_try(request, *keys)
    if wait:
        return _page(request, path, login, wait=math.ceil(wait.total_seconds()))
    account = await store(request).read(account_by_login, login)
    if not await is_password(account.password_hash if account else "", password) or account is None:
        return _page(request, path, login, problem="login.wrong")
    if account.totp_secret:
        return await let_in(request, account.id, f"/login/code?next={quote(path)}", keys, stage="code")
    return await let_in(request, account.id, path, keys)


@anyone
async def show_code(request: web.Request) -> web.Response:
    """Ask for the code that goes with the password."""
    if await _half_way(request) is None:
        return web.Response(status=303, headers={"Location": "/login"})
    return render(request, "code.html", next=own_path(request.query.get("next", "/")), problem="", wait=0)


@anyone
async def check_code(request: web.Request) -> web.Response:
    """Check the code: of the app, or one of those kept for when the app is lost."""
    form = await fields(request)
    path = own_path(form.text("next", most=2000, empty=True) or "/")
    session = await _half_way(request)
    if session is None:
        return web.Response(status=303, headers={"Location": "/login"})
    keys = (account_key(session.account.login), address_key(request))
    wait = await count_try(request, *keys)
    if wait:
        seconds = math.ceil(wait.total_seconds())
        return render(request, "code.html", status=429, next=path, problem="", wait=seconds)
    typed = form.text("code", most=40, empty=True)
    if not await store(request).write(_use_code, session.account, typed, now(request)):
        return render(request, "code.html", status=422, next=path, problem="login.wrong_code", wait=0)
    return await let_in(request, session.account.id, path, keys)


@needs(Role.OBSERVER)
async def sign_out(request: web.Request) -> web.Response:
    """End this session."""
    session = visit(request).session
    await store(request).write(_sign_out, session, now(request))
    hang_up(request, [session.id])
    response = web.Response(status=303, headers={"Location": "/login", "Clear-Site-Data": '"cache"'})
    take_token(request, response)
    return response


async def _half_way(request: web.Request) -> Session | None:
    token = read_token(request)
    if not token:
        return None
    session = await store(request).read(session_by_token, hash_token(token), now(request))
    return session if session is not None and session.stage == "code" else None


def _page(
    request: web.Request, path: str, login: str = "", *, problem: str = "", wait: int = 0
) -> web.Response:
    status = 429 if wait else 422 if problem else 200
    return render(request, "login.html", status=status, next=path, login=login, problem=problem, wait=wait)


def _use_code(tx: Tx, account: Account, typed: str, moment: datetime) -> bool:
    step = step_of_code(account.totp_secret, typed, moment)
    if step is not None:
        return use_totp_step(tx, account.id, step)
    if not use_recovery_code(tx, account.id, hash_recovery_code(typed)):
        return False
    journal(tx, account.id, "account.recovery_code_used", f"account:{account.id}", moment)
    return True


def _sign_out(tx: Tx, session: Session, moment: datetime) -> None:
    end_session(tx, session.id, session.account.id)
    journal(tx, session.account.id, "account.signed_out", f"account:{session.account.id}", moment)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get("/login", show),
        web.post("/login", sign_in),
        web.get("/login/code", show_code),
        web.post("/login/code", check_code),
        web.post("/logout", sign_out),
    ]
