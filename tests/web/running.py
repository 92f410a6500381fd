"""A gateway that really runs, on the software modem, with somebody signed in to its dashboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize

from gateway.app import Gateway
from gateway.store.accounts import Role, add_account
from gateway.store.sessions import begin_session
from gateway.web.cookies import hash_token, new_token
from modem.audio.software import REAL, sound_socket
from tests.calls.ringing import RingingTown, ringing_town
from tests.web.site import COOKIE, WatchedPage


@asynccontextmanager
async def running_town(folder: Path) -> AsyncIterator[RingingTown]:
    """Open Ashby with a real gateway, and its software network where the dashboard looks for it."""
    prompts = folder / "prompts"
    prompts.mkdir()
    async with ringing_town(folder, prompts, pace=REAL) as town:
        ours = town.config.network_socket
        ours.symlink_to(town.simulator.path)
        sound_socket(ours).symlink_to(sound_socket(town.simulator.path))
        async with town.serving():
            await town.ready()
            yield town


@asynccontextmanager
async def coordinators_page(gateway: Gateway, browser: Browser, width: int = 390) -> AsyncIterator[Page]:
    """Open a page of the gateway's dashboard, signed in as a coordinator."""
    token, now = new_token(), gateway.clock.now()
    account = await gateway.store.write(add_account, "maria", "Maria", Role.COORDINATOR, "-", now)
    await gateway.store.write(begin_session, hash_token(token), account, "in", "test", now)
    size: ViewportSize = {"width": width, "height": 800}
    context = await browser.new_context(base_url=gateway.address, viewport=size)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": gateway.address}])
    watched = WatchedPage(await context.new_page(), context)
    yield watched.page
    await watched.close()
