"""What no transaction tells of: a modem that came or went, a trouble that began or ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from gateway.web.context import GATEWAY, LIVE

if TYPE_CHECKING:
    from gateway.app import Gateway

LOOK_SECONDS = 1.0


async def watching(site: web.Application) -> AsyncIterator[None]:
    """Tell open pages of `gateway.health` and `modem.state` for as long as the site is open."""
    task = asyncio.create_task(_watch_for_ever(site))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _watch_for_ever(site: web.Application) -> None:
    gateway, live = site[GATEWAY], site[LIVE]
    before = _words(gateway)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = _words(gateway)
        if now != before:
            live.happened(("gateway.health", "modem.state"))
        before = now


def _words(gateway: Gateway) -> tuple[str, ...]:
    """Give what a coordinator would be told, without asking the database or a modem."""
    senders = (modem.sender.trouble for modem in gateway.modems)
    links = (f"{modem.link.state} {modem.link.explain()}" for modem in gateway.modems)
    return (*links, *senders, *gateway.troubles.values(), gateway.store.trouble, str(gateway.clock.trusted))
