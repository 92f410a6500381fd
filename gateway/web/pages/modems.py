"""Modems: how each has fared, what waits for it, and what the network says of its credit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from gateway.modem_story import Signal
from gateway.store import outbound
from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.forms import FormMistake, fields
from gateway.web.render import back, render
from modem.errors import ModemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.attached import Attached

CHANGES_SHOWN = 12
_CODE = re.compile(r"[*#][0-9*#]{1,20}#")
CHART_WIDTH, CHART_HEIGHT = 600, 120
CHART_SPAN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Chart:
    """The signal of a day as points of an SVG line, and what it says in words."""

    points: str
    lowest: int
    highest: int


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show every modem."""
    return render(request, "modems.html", **await _modems(request))


@needs(Role.OBSERVER)
async def show_parts(request: web.Request) -> web.Response:
    """Show them for a page that is open."""
    return render(request, "modems_list.html", **await _modems(request))


async def _modems(request: web.Request) -> dict[str, Any]:
    modems = gateway(request).modems
    return {
        "modems": modems,
        "charts": {modem.name: _chart(modem.story.signals, now(request)) for modem in modems},
        "changes": {modem.name: list(modem.story.changes)[-CHANGES_SHOWN:][::-1] for modem in modems},
        "queue": await store(request).read(outbound.queue_length),
    }


def _chart(signals: Sequence[Signal], until: datetime) -> Chart | None:
    """Draw the signal of the last day; None where there is too little of it."""
    since = until - CHART_SPAN
    known = [(one.at, one.percent) for one in signals if one.percent is not None and one.at >= since]
    if len(known) < 2:  # a line needs two ends
        return None
    points = " ".join(
        f"{(at - since) / CHART_SPAN * CHART_WIDTH:.0f},{CHART_HEIGHT - percent / 100 * CHART_HEIGHT:.0f}"
        for at, percent in known
    )
    percents = [percent for _, percent in known]
    return Chart(points, min(percents), max(percents))


@needs(Role.ORGANISER)
async def ask_balance(request: web.Request) -> web.Response:
    """Dial a USSD code, such as the one that tells the credit."""
    modem, form = _modem(request), await fields(request)
    code = form.text("code", most=24)
    if not _CODE.fullmatch(code):
        raise FormMistake("code", "modems.code_wrong")
    await store(request).write(_note, visit(request).account.id, "asked", modem.name, now(request))
    try:
        await modem.link.ussd(code)
    except ModemError:
        return await back(request, "/modems", "modems.not_asked", problem=True)
    return await back(request, "/modems", "modems.asked")


@needs(Role.ORGANISER)
async def restart(request: web.Request) -> web.Response:
    """Start a modem's process again: the texts under way are settled as after any failure."""
    modem = _modem(request)
    await store(request).write(_note, visit(request).account.id, "restarted", modem.name, now(request))
    await modem.link.restart()
    return await back(request, "/modems", "modems.restarted")


def _note(tx: Tx, account_id: int, deed: str, name: str, moment: datetime) -> None:
    journal(tx, account_id, f"modems.{deed}", f"modem:{name}", moment)


def _modem(request: web.Request) -> Attached:
    for modem in gateway(request).modems:
        if modem.name == request.match_info["name"]:
            return modem
    raise web.HTTPNotFound


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = "/modems/{name:[a-z][a-z0-9-]{0,19}}"
    return [
        web.get("/modems", show),
        web.get("/modems/parts", show_parts),
        web.post(one + "/balance", ask_balance),
        web.post(one + "/restart", restart),
    ]
