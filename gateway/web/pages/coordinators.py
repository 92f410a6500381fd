"""Coordinators: who may look and who may act, inviting others, and ending somebody's access."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from gateway.store.accounts import (
    LastCoordinator,
    Role,
    account_by_id,
    accounts,
    end_access,
    invite,
    open_invitations,
    set_role,
    take_back_invitation,
)
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.sessions import end_sessions
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.cookies import hash_token, new_token
from gateway.web.forms import FormMistake, fields
from gateway.web.line import own_origin
from gateway.web.live import hang_up
from gateway.web.render import back, render

_HERE = "/coordinators"
_ROLES = tuple(reversed(Role))


@needs(Role.COORDINATOR)
async def show(request: web.Request) -> web.Response:
    """Show everybody who may sign in, and the invitations that nobody has used yet."""
    return await _page(request)


@needs(Role.COORDINATOR)
async def make_invitation(request: web.Request) -> web.Response:
    """Make a link that lets one person in, and show it this once."""
    form = await fields(request)
    name, role = form.text("name", most=80), Role(form.choice("role", list(Role)))
    token = new_token()
    await store(request).write(
        _invite, hash_token(token), role, name, visit(request).account.id, now(request)
    )
    origin = gateway(request).address if gateway(request).address.startswith("https") else own_origin(request)
    return await _page(request, link=f"{origin}/invitation/{token}", invited=name)


@needs(Role.COORDINATOR)
async def take_back(request: web.Request) -> web.Response:
    """Make an invitation useless."""
    invitation_id, me = int(request.match_info["id"]), visit(request).account.id
    await store(request).write(_take_back, invitation_id, me, now(request))
    return await back(request, _HERE, "coordinators.taken_back")


@needs(Role.COORDINATOR)
async def change_role(request: web.Request) -> web.Response:
    """Give somebody another role."""
    form = await fields(request)
    role = Role(form.choice("role", list(Role)))
    account_id, me = int(request.match_info["id"]), visit(request).account.id
    try:
        await store(request).write(_change_role, account_id, role, me, now(request))
    except LastCoordinator:
        return await back(request, _HERE, "coordinators.last", problem=True)
    return await back(request, _HERE, "coordinators.changed")


@needs(Role.COORDINATOR)
async def end(request: web.Request) -> web.Response:
    """End somebody's access at once, on every page they have open."""
    form = await fields(request)
    if not form.ticked("sure"):
        raise FormMistake("sure", "coordinators.not_sure")
    account_id, me = int(request.match_info["id"]), visit(request).account.id
    try:
        ended = await store(request).write(_end, account_id, me, now(request))
    except LastCoordinator:
        return await back(request, _HERE, "coordinators.last", problem=True)
    hang_up(request, ended)
    if account_id == me:
        return web.Response(status=303, headers={"Location": "/login"})
    return await back(request, _HERE, "coordinators.ended")


async def _page(request: web.Request, *, link: str = "", invited: str = "") -> web.Response:
    moment = now(request)
    return render(
        request,
        "coordinators.html",
        people=await store(request).read(accounts),
        invitations=await store(request).read(open_invitations, moment),
        roles=_ROLES,
        link=link,
        invited=invited,
    )


def _invite(tx: Tx, token_hash: str, role: Role, name: str, me: int, moment: datetime) -> None:
    invitation_id = invite(tx, token_hash, role, name, me, moment)
    journal(tx, me, "account.invited", f"invitation:{invitation_id}", moment, role=role.value)


def _take_back(tx: Tx, invitation_id: int, me: int, moment: datetime) -> None:
    if take_back_invitation(tx, invitation_id):
        journal(tx, me, "account.invitation_taken_back", f"invitation:{invitation_id}", moment)


def _change_role(tx: Tx, account_id: int, role: Role, me: int, moment: datetime) -> None:
    if account_by_id(tx, account_id) is None:
        raise web.HTTPNotFound
    set_role(tx, account_id, role)
    journal(tx, me, "account.role_changed", f"account:{account_id}", moment, role=role.value)


def _end(tx: Tx, account_id: int, me: int, moment: datetime) -> list[int]:
    if account_by_id(tx, account_id) is None:
        raise web.HTTPNotFound
    end_access(tx, account_id, moment)
    journal(tx, me, "account.ended", f"account:{account_id}", moment)
    return end_sessions(tx, account_id)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get(_HERE, show),
        web.post(f"{_HERE}/invitations", make_invitation),
        web.post(_HERE + "/invitations/{id:[0-9]{1,12}}/take-back", take_back),
        web.post(_HERE + "/{id:[0-9]{1,12}}/role", change_role),
        web.post(_HERE + "/{id:[0-9]{1,12}}/end", end),
    ]
