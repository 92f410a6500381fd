"""An invitation: whoever opens the link, once and in time, chooses a name and a password and is in."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from gateway.store.accounts import (
    Invitation,
    LoginTaken,
    add_account,
    invitation_by_token,
    use_invitation,
)
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.web.access import anyone
from gateway.web.context import now, store
from gateway.web.cookies import hash_token
from gateway.web.entry import let_in
from gateway.web.forms import FormMistake, fields
from gateway.web.passwords import LONGEST, check_password, seal_password
from gateway.web.render import render


@anyone
async def show(request: web.Request) -> web.Response:
    """Ask for a name and a password."""
    invitation = await _invitation(request)
    return _page(request, invitation, name=invitation.name)


@anyone
async def accept(request: web.Request) -> web.Response:
    """Make the account and sign its owner in."""
    invitation = await _invitation(request)
    form = await fields(request)
    typed = {name: form.secret(name) for name in ("name", "login")}
    try:
        name, login = form.text("name", most=80), form.text("login", most=80)
        password = form.secret("password", most=LONGEST)
        check_password(password, form.secret("again", most=LONGEST), login)
        sealed = await seal_password(password)
        account_id = await store(request).write(_accept, _hash(request), login, name, sealed, now(request))
    except FormMistake as mistake:
        return _page(request, invitation, problem=mistake, **typed)
    except LoginTaken:
        return _page(request, invitation, problem=FormMistake("login", "account.login_taken"), **typed)
    return await let_in(request, account_id, "/", ())


def _page(
    request: web.Request, invitation: Invitation, *, problem: FormMistake | None = None, **typed: str
) -> web.Response:
    return render(
        request,
        "invitation.html",
        status=422 if problem else 200,
        token=request.match_info["token"],
        role=invitation.role,
        problem=problem,
        name=typed.get("name", ""),
        login=typed.get("login", ""),
    )


async def _invitation(request: web.Request) -> Invitation:
    found = await store(request).read(invitation_by_token, _hash(request), now(request))
    if found is None:
        raise web.HTTPGone
    return found


def _hash(request: web.Request) -> str:
    return hash_token(request.match_info["token"])


def _accept(tx: Tx, token_hash: str, login: str, name: str, sealed: str, moment: datetime) -> int:
    # Looked for again: somebody may have used it while the password was being sealed.
    invitation = invitation_by_token(tx, token_hash, moment)
    if invitation is None:
        raise web.HTTPGone
    account_id = add_account(tx, login, name, invitation.role, sealed, moment)
    use_invitation(tx, invitation.id, account_id)
    journal(tx, account_id, "account.accepted", f"account:{account_id}", moment, role=invitation.role.value)
    return account_id


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    path = "/invitation/{token:[A-Za-z0-9_-]{20,100}}"
    return [web.get(path, show), web.post(path, accept)]
