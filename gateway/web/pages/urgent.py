"""What is urgent: on every page until somebody takes it."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.urgent import take_urgent, who_took
from gateway.web.access import needs
from gateway.web.context import now, store, visit
from gateway.web.forms import fields
from gateway.web.render import back, render
from gateway.web.visits import own_path


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show the banner, for a page that is open."""
    return render(request, "urgent.html", path=own_path(request.query.get("path", "/")))


@needs(Role.ORGANISER)
async def take(request: web.Request) -> web.Response:
    """Take something urgent on."""
    urgent_id = int(request.match_info["id"])
    form = await fields(request)
    path = own_path(form.text("path", most=2000, empty=True) or "/")
    other = await store(request).write(_take, urgent_id, visit(request).account.id, now(request))
    if other:
        return await back(request, path, "urgent.taken_by", problem=True, who=other)
    if other is not None:
        return await back(request, path, "urgent.over", problem=True)
    return await back(request, path, "urgent.taken")


def _take(tx: Tx, urgent_id: int, account_id: int, moment: datetime) -> str | None:
    """Take it, and give None; or give the name of whoever was quicker, '' where it is over already."""
    if take_urgent(tx, urgent_id, account_id, moment):
        journal(tx, account_id, "urgent.taken", f"urgent:{urgent_id}", moment)
        return None
    return who_took(tx, urgent_id) or ""


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [web.get("/urgent", show), web.post("/urgent/{id:[0-9]{1,12}}", take)]
