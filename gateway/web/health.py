"""The health page: how the gateway is, for `plainline doctor` and for monitoring, on this machine alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from aiohttp import web

from gateway.web.access import systems
from gateway.web.line import shown_to
from modem.driver import Status


@dataclass(frozen=True, slots=True)
class ModemHealth:
    """One modem: its link's state, that state in a coordinator's words, the last status it gave."""

    name: str
    state: str
    words: str
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The gateway: `queue` counts texts that wait to be sent; `clock` is `trusted` or `waiting`.

    `speech` says whether callers are understood, and why not; `troubles` are sentences for a
    coordinator about whatever else is wrong (disk full, …); `data` is the folder it works in, which
    tells one gateway from another.
    """

    ready: bool
    version: str
    queue: int
    clock: str
    modems: tuple[ModemHealth, ...]
    troubles: tuple[str, ...] = ()
    speech: str = ""
    data: str = ""


def health_routes(snapshot: Callable[[], Awaitable[Health]]) -> list[web.RouteDef]:
    """Give the routes of the health page: `GET /healthz`, 200 when ready and 503 when not.

    For this machine alone, unless the settings open it.
    """

    @systems
    async def healthz(request: web.Request) -> web.Response:
        if not shown_to(request):
            raise web.HTTPNotFound
        health = await snapshot()
        return web.json_response(
            health_json(health),
            status=200 if health.ready else 503,
            headers={"Cache-Control": "no-store"},
        )

    return [web.get("/healthz", healthz)]


def health_json(health: Health) -> dict[str, object]:
    """Give the health as JSON values, without what names a SIM or a stick."""
    page = asdict(health)
    for modem in page["modems"]:
        if modem["status"] is not None:
            del modem["status"]["imsi"], modem["status"]["imei"]
    return page
