"""The first visit: whoever has the setup code becomes the first coordinator, once."""

from __future__ import annotations

import math
from datetime import datetime

from aiohttp import web

from gateway.store.accounts import add_first_account, any_account
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.sessions import forgive
from gateway.web.access import anyone
from gateway.web.context import gateway, now, store
from gateway.web.entry import address_key, count_try, let_in
from gateway.web.forms import FormMistake, fields
from gateway.web.passwords import LONGEST, check_password, seal_password
from gateway.web.render import render
from gateway.web.setup_code import forget_setup_code, is_setup_code


@anyone
async def show(request: web.Request) -> web.Response:
    """Ask for the setup code and for who the first coordinator is."""
    if await store(request).read(any_account):
        return web.Response(status=303, headers={"Location": "/login"})
    return _page(request)


@anyone
async def make(request: web.Request) -> web.Response:
    """Make the first coordinator and sign them in."""
    form = await fields(request)
    key = address_key(request, "setup")
    typed = {name: form.secret(name) for name in ("name", "login")}
    if await store(request).read(any_account):
        return web.Response(status=303, headers={"Location": "/login"})
    wait = await count_try(request, key)
    if wait:
        problem = {"key": "login.wait", "values": {"n": math.ceil(wait.total_seconds())}}
        return _page(request, status=429, problem=problem, **typed)
    if not is_setup_code(gateway(request).setup_code, form.secret("code")):
        return _page(request, status=422, problem={"key": "first.wrong_code", "values": {}}, **typed)
    await store(request).write(forgive, key)
    try:
        name, login = form.text("name", most=80), form.text("login", most=80)
        password = form.secret("password", most=LONGEST)
        check_password(password, form.secret("again", most=LONGEST), login)
    except FormMistake as mistake:
        problem = {"key": mistake.key, "values": mistake.values}
        return _page(request, status=422, problem=problem, **typed)
    sealed = await seal_password(password)
    account_id = await store(request).write(_make, login, name, sealed, now(request))
    if account_id is None:  # somebody was quicker
        return web.Response(status=303, headers={"Location": "/login"})
    forget_setup_code(gateway(request).data)
    gateway(request).setup_code = ""
    return await let_in(request, account_id, "/", ())


def _page(request: web.Request, *, status: int = 200, problem: object = None, **typed: str) -> web.Response:
    return render(
        request,
        "first.html",
        status=status,
        problem=problem,
        name=typed.get("name", ""),
        login=typed.get("login", ""),
    )


def _make(tx: Tx, login: str, name: str, sealed: str, moment: datetime) -> int | None:
    account_id = add_first_account(tx, login, name, sealed, moment)
    if account_id is not None:
        journal(tx, account_id, "account.first", f"account:{account_id}", moment, role="coordinator")
    return account_id


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [web.get("/first", show), web.post("/first", make)]
