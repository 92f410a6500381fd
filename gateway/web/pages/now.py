"""Now: what needs a person, what the gateway is doing, and how each part of it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from gateway.services.polls import said
from gateway.store import lift_runs
from gateway.store.accounts import Role
from gateway.store.latest_texts import latest_texts
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.now_view import doing_of, needs_of, today_of
from gateway.web.render import render

TEXTS_SHOWN = 8


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show the whole page."""
    return render(
        request,
        "now.html",
        **await _needs(request),
        **await _health(request),
        **await _texts(request),
        **await _today(request),
    )


@needs(Role.OBSERVER)
async def show_health(request: web.Request) -> web.Response:
    """Show how every part is and what it is doing, for a page that is open."""
    return render(request, "now_health.html", **await _health(request))


@needs(Role.OBSERVER)
async def show_needs(request: web.Request) -> web.Response:
    """Show what needs a person, for a page that is open."""
    return render(request, "now_needs.html", **await _needs(request))


@needs(Role.OBSERVER)
async def show_texts(request: web.Request) -> web.Response:
    """Show the latest texts, for a page that is open."""
    return render(request, "now_texts.html", **await _texts(request))


@needs(Role.OBSERVER)
async def show_today(request: web.Request) -> web.Response:
    """Show today's lifts and open polls, for a page that is open."""
    return render(request, "now_today.html", **await _today(request))


async def _needs(request: web.Request) -> dict[str, Any]:
    found = await store(request).read(needs_of)
    return {
        "needs": found,
        "stuck_questions": {poll.key: said(poll.question, language(request)) for poll in found.stuck},
    }


async def _health(request: web.Request) -> dict[str, Any]:
    running = gateway(request)
    desks = [modem.calls for modem in running.modems if modem.calls is not None]
    return {
        "health": await running.health(),
        "doing": await store(request).read(doing_of, now(request), running.turns.community.zone),
        "texts_per_day": running.limits.texts_per_day,
        "minutes_per_day": desks[0].rules.minutes_per_day if desks else None,
    }


async def _texts(request: web.Request) -> dict[str, Any]:
    may_read = partial(latest_texts, limit=TEXTS_SHOWN, words=visit(request).names)
    return {"latest": await store(request).read(may_read)}


async def _today(request: web.Request) -> dict[str, Any]:
    moment, zone = now(request), gateway(request).turns.community.zone
    day = moment.astimezone(zone).date()
    if not await store(request).read(lift_runs.is_planned, day):
        await store(request).write(lift_runs.plan_day, day, zone, moment)
    found = await store(request).read(today_of, moment, zone)
    return {
        "today": found,
        "questions": {poll.key: said(poll.question, language(request)) for poll in found.polls},
    }


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get("/", show),
        web.get("/now/health", show_health),
        web.get("/now/needs", show_needs),
        web.get("/now/texts", show_texts),
        web.get("/now/today", show_today),
    ]
