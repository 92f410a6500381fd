"""Numbers for monitoring, as OpenMetrics text: how much, never who."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from aiohttp import web

from gateway.store.activity import Activity, activity
from gateway.web.access import systems
from gateway.web.health import Health
from gateway.web.line import shown_to
from modem.link import LinkState

if TYPE_CHECKING:
    from gateway.app import Gateway

MEDIA = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metric:
    """One family of numbers. Labels are of our own making, such as a state; never a resident's word."""

    name: str
    kind: Literal["gauge", "counter", "info"]
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]]


def metrics_routes(gateway: Gateway) -> list[web.RouteDef]:
    """Give the route `GET /metrics`, for this machine alone unless the settings open it."""
    began = time.monotonic()

    @systems
    async def metrics(request: web.Request) -> web.Response:
        if not shown_to(request):
            raise web.HTTPNotFound
        now = gateway.clock.now()
        local = now.astimezone(gateway.turns.community.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        health = await gateway.health()
        numbers = await gateway.store.read(activity, midnight, midnight + timedelta(days=1))
        found = [
            *_of_health(health, time.monotonic() - began),
            *_of_activity(numbers, gateway.limits.texts_per_day),
        ]
        return web.Response(
            body=exposition(found).encode(), headers={"Content-Type": MEDIA, "Cache-Control": "no-store"}
        )

    return [web.get("/metrics", metrics)]


def exposition(found: Sequence[Metric]) -> str:
    """Write metrics as OpenMetrics text."""
    return "".join(_family(metric) for metric in found) + "# EOF\n"


def _family(metric: Metric) -> str:
    suffix = {"counter": "_total", "info": "_info", "gauge": ""}[metric.kind]
    lines = [f"# TYPE {metric.name} {metric.kind}", f"# HELP {metric.name} {metric.help}"]
    for labels, value in metric.samples:
        told = ",".join(f'{name}="{_escaped(words)}"' for name, words in labels.items())
        number = str(int(value)) if value == int(value) else repr(value)
        lines.append(f"{metric.name}{suffix}{f'{{{told}}}' if told else ''} {number}")
    return "\n".join(lines) + "\n"


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _of_health(health: Health, uptime: float) -> Iterator[Metric]:
    yield Metric("plainline_build", "info", "Which version runs.", [({"version": health.version}, 1)])
    yield Metric(
        "plainline_uptime_seconds", "gauge", "How long the pages have been open.", [({}, round(uptime))]
    )
    yield Metric("plainline_ready", "gauge", "Whether every modem is ready.", [({}, health.ready)])
    yield Metric(
        "plainline_clock_trusted", "gauge", "Whether the clock is trusted.", [({}, health.clock == "trusted")]
    )
    yield Metric(
        "plainline_troubles", "gauge", "What a coordinator is told is wrong.", [({}, len(health.troubles))]
    )
    states = [
        ({"modem": modem.name, "state": str(state)}, float(modem.state == state))
        for modem in health.modems
        for state in LinkState
    ]
    yield Metric(
        "plainline_modem_state", "gauge", "The state of each modem's link: 1 for the present one.", states
    )
    signals = [
        ({"modem": modem.name}, float(modem.status.signal))
        for modem in health.modems
        if modem.status is not None and modem.status.signal is not None
    ]
    yield Metric("plainline_modem_signal_percent", "gauge", "The network's signal at each modem.", signals)


def _of_activity(numbers: Activity, texts_per_day: int) -> Iterator[Metric]:
    def gauge(name: str, words: str, value: float) -> Metric:
        return Metric(f"plainline_{name}", "gauge", words, [({}, value)])

    def counter(name: str, words: str, value: float) -> Metric:
        return Metric(f"plainline_{name}", "counter", words, [({}, value)])

    yield counter("texts_received", "Texts taken in.", numbers.received)
    yield counter("texts_made", "Texts made to be sent.", numbers.made)
    yield counter("calls", "Calls, in and out.", numbers.calls)
    yield counter("events", "Events written.", numbers.events)
    yield gauge("texts_waiting", "Texts that wait to be sent.", numbers.waiting)
    yield gauge("parts_sent_today", "Parts the network took today.", numbers.parts_today)
    yield gauge("parts_allowed_today", "Parts that may be sent today.", texts_per_day)
    yield gauge("conversations_open", "Conversations under way.", numbers.conversations)
    yield gauge("requests_open", "Requests for help that are not closed.", numbers.requests)
    yield gauge("trips_booked", "Trips booked and still to come.", numbers.booked)
    yield gauge("trips_on_standby", "Trips that wait for a seat.", numbers.standby)
    yield gauge("polls_open", "Polls in which members can vote.", numbers.polls)
    yield gauge("urgent_open", "Urgent matters that nobody has taken.", numbers.urgent)
