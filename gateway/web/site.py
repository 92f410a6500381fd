"""The site: one application, put together from the pages."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from aiohttp import web

from gateway.api.door import api_door
from gateway.config_http import HttpConfig
from gateway.metrics import metrics_routes
from gateway.store.accounts import Role
from gateway.web import assets, live
from gateway.web.access import access_of, check_said
from gateway.web.context import GATEWAY, HTTP, LIVE, PENDING_SECRETS, STAGED
from gateway.web.faults import tell_faults
from gateway.web.guard import (
    MOST_BODY_OCTETS,
    add_headers,
    check_host,
    check_line,
    check_origin,
    read_body,
)
from gateway.web.health import health_routes
from gateway.web.live import Live
from gateway.web.pages import (
    account,
    announcements,
    board,
    code,
    conversations,
    coordinators,
    first,
    flows,
    foodbank,
    help_board,
    invitation,
    lifts,
    log,
    login,
    modems,
    now,
    people,
    phone,
    settings,
    shifts,
    urgent,
    volunteers,
    votes,
    webhooks,
    webhooks_in,
    wishes,
)
from gateway.web.render import MENU, NAV
from gateway.web.sweep import sweeping
from gateway.web.visits import find_visit
from gateway.web.watch import watching
from gateway.webhooks.inbound import Inbound

if TYPE_CHECKING:
    from gateway.app import Gateway

# Each gives `routes()`. A new page is one line here.
PAGES: Sequence[ModuleType] = (
    assets,
    live,
    first,
    login,
    invitation,
    urgent,
    now,
    conversations,
    help_board,
    volunteers,
    foodbank,
    lifts,
    votes,
    board,
    announcements,
    shifts,
    people,
    wishes,
    flows,
    modems,
    webhooks,
    webhooks_in,
    log,
    settings,
    coordinators,
    account,
    code,
)


def make_site(gateway: Gateway, http: HttpConfig) -> web.Application:
    """Put the site of a gateway together; raises AccessUnsaid where a handler does not say who may use it."""
    site = web.Application(
        client_max_size=MOST_BODY_OCTETS,
        middlewares=[
            *(api_door(gateway), tell_faults),
            *(check_host, check_line, check_origin, read_body, find_visit),
        ],
    )
    site[GATEWAY], site[HTTP], site[LIVE] = gateway, http, Live()
    site[PENDING_SECRETS], site[STAGED] = {}, {}
    site.on_response_prepare.append(add_headers)
    site.on_shutdown.append(_end_live)
    site.cleanup_ctx.extend((sweeping, watching))
    if phone.is_there(gateway.data):
        site.cleanup_ctx.append(phone.booth_of)
        site.add_routes(phone.routes())
    gateway.store.listen(site[LIVE].happened)
    for page in PAGES:
        site.add_routes(page.routes())
    site.add_routes(health_routes(gateway.health))
    site.add_routes(metrics_routes(gateway))
    site.add_routes(Inbound(gateway.store, gateway.turns, gateway.clock, gateway.queued).routes())
    check_said(site)
    site[MENU] = _menu(site)
    return site


def _menu(site: web.Application) -> dict[str, str]:
    """Give the least role for each page of the menu that is there."""
    paths = {path for path, _ in NAV}
    found: dict[str, str] = {}
    for route in site.router.routes():
        path = route.resource.canonical if route.resource else ""
        access = access_of(route.handler)
        if route.method == "GET" and path in paths and access is not None:
            found[path] = (access.role or Role.OBSERVER).value
    return found


async def _end_live(site: web.Application) -> None:
    site[LIVE].end_all()
