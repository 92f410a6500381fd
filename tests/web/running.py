"""A gateway that really runs, on the software modem, with somebody signed in to its dashboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from gateway.app import Gateway
from gateway.store.accounts import Role, add_account
from gateway.store.sessions import begin_session
from gateway.web.cookies import hash_token, new_token
from modem.audio.software import REAL, sound_socket
from tests.calls.ringing import RingingTown, ringing_town
from tests.web.site import COOKIE, WatchedPage
from tests.web.tabs import lent_tab


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
    async with AsyncExitStack() as loan:
        page = await loan.enter_async_context(lent_tab(browser, gateway.address, width=width))
        await page.context.add_cookies([{"name": COOKIE, "value": token, "url": gateway.address}])
        watched = WatchedPage(page, loan)
        yield page
        watched.check()
