"""The virtual phone: texts and calls from the page, over the software modem, to the real gateway and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect

from gateway.store.accounts import Role, add_account
from gateway.store.sessions import begin_session
from gateway.web.cookies import hash_token, new_token
from modem.audio.software import REAL, sound_socket
from tests.calls.ringing import RingingTown, ringing_town
from tests.web.axe import axe
from tests.web.site import COOKIE, WatchedPage, dashboard

NUMBER = "+447700900190"


@asynccontextmanager
async def phone_page(folder: Path, browser: Browser) -> AsyncIterator[tuple[RingingTown, Page]]:
    """Open the virtual phone of a gateway that runs on the software modem, as a coordinator."""
    prompts = folder / "prompts"
    prompts.mkdir()
    async with ringing_town(folder, prompts, pace=REAL) as town:
        ours = town.config.network_socket
        ours.symlink_to(town.simulator.path)
        sound_socket(ours).symlink_to(sound_socket(town.simulator.path))
        async with town.serving() as gateway:
            await town.ready()
            token, now = new_token(), gateway.clock.now()
            account = await gateway.store.write(add_account, "maria", "Maria", Role.COORDINATOR, "-", now)
            await gateway.store.write(begin_session, hash_token(token), account, "in", "test", now)
            context = await browser.new_context(
                base_url=gateway.address, viewport={"width": 390, "height": 800}
            )
            await context.add_cookies([{"name": COOKIE, "value": token, "url": gateway.address}])
            watched = WatchedPage(await context.new_page(), context)
            yield town, watched.page
            await watched.close()


async def test_a_text_from_the_page_is_answered_on_the_page(tmp_path: Path, browser: Browser) -> None:
    async with phone_page(tmp_path, browser) as (_town, page):
        await page.goto("/phone")
        await page.get_by_placeholder("Write a text").fill("LIFT")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Where shall we pick you up?")).to_be_visible(timeout=10_000)
        await axe(page)


async def test_a_call_from_the_page_is_answered_heard_and_steered_by_keys(
    tmp_path: Path, browser: Browser
) -> None:
    async with phone_page(tmp_path, browser) as (town, page):
        await page.goto("/phone")
        await page.get_by_role("button", name="Call").click()
        await expect(page.get_by_role("status").filter(has_text="Talking")).to_be_visible(timeout=15_000)
        said = town.watch.on("+447700900000")
        assert "press one" in (await said.get()).text
        await expect(page.locator("#handset[data-frames]")).to_be_visible()
        await page.get_by_role("button", name="1", exact=True).click()
        assert "What would you like?" in (await said.get()).text
        await page.get_by_role("button", name="Hang up").click()
        await expect(page.get_by_text("The call is over")).to_be_visible()
        assert await town.how() == "caller hung up"


async def test_without_a_software_modem_there_is_no_virtual_phone(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        assert (await client.get("/phone")).status == 404
        assert "/phone" not in (await client.get("/")).text
