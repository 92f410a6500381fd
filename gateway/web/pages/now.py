"""Now: what needs a person, and how the gateway is."""

from __future__ import annotations

from aiohttp import web

from gateway.store.accounts import Role
from gateway.web.access import needs
from gateway.web.context import gateway
from gateway.web.render import render


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show the whole page."""
    return render(request, "now.html", health=await gateway(request).health())


@needs(Role.OBSERVER)
async def show_health(request: web.Request) -> web.Response:
    """Show how every part is, for a page that is open."""
    return render(request, "now_health.html", health=await gateway(request).health())


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [web.get("/", show), web.get("/now/health", show_health)]
