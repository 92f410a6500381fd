"""A code from an app beside the password: setting it up, and doing without it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from gateway.store.accounts import Role, set_totp
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.sessions import end_sessions
from gateway.web.access import needs
from gateway.web.context import PENDING_SECRETS, gateway, now, store, visit
from gateway.web.forms import FormMistake, fields
from gateway.web.live import hang_up
from gateway.web.pages.account import check_own_password
from gateway.web.passwords import LONGEST
from gateway.web.render import back, render
from gateway.web.totp import hash_recovery_code, new_recovery_codes, new_secret, picture, step_of_code

_HERE = "/account/code"


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show what an app is set up with. The secret waits in memory until a code of it is typed."""
    me = visit(request)
    if me.account.totp_secret:
        return web.Response(status=303, headers={"Location": "/account"})
    secret = request.app[PENDING_SECRETS].setdefault(me.session.id, new_secret())
    return render(
        request,
        "code_setup.html",
        picture=picture(secret, me.account.login, gateway(request).turns.community.name),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    )


@needs(Role.OBSERVER)
async def turn_on(request: web.Request) -> web.Response:
    """Ask for codes from now on, and show the recovery codes this once."""
    form, me = await fields(request), visit(request)
    secret = request.app[PENDING_SECRETS].get(me.session.id, "")
    await check_own_password(request, form.secret("current", most=LONGEST))
    step = step_of_code(secret, form.text("code", most=40), now(request))
    if step is None:
        raise FormMistake("code", "code.wrong")
    codes = new_recovery_codes()
    hashes = [hash_recovery_code(code) for code in codes]
    ended = await store(request).write(
        _turn_on, me.account.id, me.session.id, secret, step, hashes, now(request)
    )
    del request.app[PENDING_SECRETS][me.session.id]
    hang_up(request, ended)
    return render(request, "code_recovery.html", codes=codes)


@needs(Role.OBSERVER)
async def turn_off(request: web.Request) -> web.Response:
    """Ask for no codes any more."""
    form, account = await fields(request), visit(request).account
    await check_own_password(request, form.secret("current", most=LONGEST))
    await store(request).write(_turn_off, account.id, now(request))
    return await back(request, "/account", "code.off_done")


def _turn_on(
    tx: Tx, account_id: int, session: int, secret: str, step: int, hashes: Sequence[str], moment: datetime
) -> list[int]:
    set_totp(tx, account_id, secret, step, hashes)
    journal(tx, account_id, "account.code_on", f"account:{account_id}", moment)
    return end_sessions(tx, account_id, but=session)


def _turn_off(tx: Tx, account_id: int, moment: datetime) -> None:
    set_totp(tx, account_id, "", 0, ())
    journal(tx, account_id, "account.code_off", f"account:{account_id}", moment)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [web.get(_HERE, show), web.post(_HERE, turn_on), web.post(f"{_HERE}/off", turn_off)]
