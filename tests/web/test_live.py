"""Live pages: what was committed is there without reloading, for two hundred pages as for one."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Route, expect

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.sessions import end_sessions
from gateway.web import live, watch
from gateway.web.context import LIVE
from tests.web.site import COOKIE, Dashboard, dashboard

ADA = "+447700900123"


async def message(answer: aiohttp.ClientResponse) -> tuple[int, list[str]]:
    """Give the next message of a live feed: how often something happened, and the topics."""
    async with asyncio.timeout(5):
        while True:
            lines = (await answer.content.readuntil(b"\n\n")).decode().splitlines()
            data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
            if data:
                told = json.loads(data[0])
                return told["count"], told["topics"]


async def test_what_is_committed_is_told_and_what_is_undone_is_not(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        async with client.session.get(f"{d.address}/live") as feed:
            assert feed.content_type == "text/event-stream"
            count, topics = await message(feed)
            assert topics == []
            with pytest.raises(ZeroDivisionError):
                await d.store.write(_undone)
            await d.village.text(ADA, "HELP my gate is broken")
            more, topics = await message(feed)
            assert more > count
            assert {"message", "conversation"} <= set(topics)
            assert "undone" not in topics


def _undone(tx: Tx) -> None:
    tx.tell("undone.never")
    raise ZeroDivisionError


async def test_a_burst_is_told_once(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        async with client.session.get(f"{d.address}/live") as feed:
            await message(feed)
            for number in range(20):
                await d.store.write(Tx.tell, f"topic{number % 3}.x")
            heard: list[list[str]] = []
            while {topic for topics in heard for topic in topics} != {"topic0", "topic1", "topic2"}:
                heard.append((await message(feed))[1])
            assert len(heard) <= 2


async def test_two_hundred_pages_hear_of_it_and_are_forgotten_when_they_close(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        connector = aiohttp.TCPConnector(limit=0)
        headers = {"Cookie": f"{COOKIE}={client.token}"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
            feeds = await asyncio.gather(*(session.get(f"{d.address}/live") for _ in range(200)))
            await asyncio.gather(*(message(feed) for feed in feeds))
            await d.village.text(ADA, "MENU")
            heard = await asyncio.gather(*(message(feed) for feed in feeds))
            assert all("message" in topics for _, topics in heard)
            assert d.site[LIVE].pages == 200
            for feed in feeds:
                feed.close()
        async with asyncio.timeout(5):
            while d.site[LIVE].pages:
                await d.store.write(Tx.tell, "message.x")
                await asyncio.sleep(0)


async def test_a_feed_ends_with_its_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        account = await d.account(Role.OBSERVER)
        async with client.session.get(f"{d.address}/live") as feed:
            await message(feed)
            await d.store.write(end_sessions, account)
            async with asyncio.timeout(5):
                assert b": still here" in await feed.content.read()


async def test_too_many_pages_are_told_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_PAGES", 0)
    async with dashboard(tmp_path) as d:
        assert (await (await d.client(Role.OBSERVER)).get("/live")).status == 503


async def test_a_site_that_stops_ends_its_feeds_at_once(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        async with dashboard(tmp_path) as d:
            client = await d.client(Role.OBSERVER)
            headers = {"Cookie": f"{COOKIE}={client.token}"}
            feed = await session.get(f"{d.address}/live", headers=headers)
            await message(feed)
            began = asyncio.get_running_loop().time()
        async with asyncio.timeout(1):
            assert b"event" not in await feed.read()
        assert asyncio.get_running_loop().time() - began < 1.5


@pytest.mark.alone
async def test_a_text_shows_on_an_open_page_within_a_second(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.OBSERVER)).page
        await page.goto("/")
        await expect(page.locator("#health")).to_contain_text("0 texts wait")
        await d.village.text(ADA, "MENU")
        await expect(page.locator("#health")).to_contain_text("1 text waits", timeout=1000)


async def test_what_happened_before_the_page_listened_is_fetched(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        watched = await d.page(browser, Role.OBSERVER)

        async def meanwhile(route: Route) -> None:
            await d.village.text(ADA, "MENU")
            await route.continue_()

        await watched.page.route("**/live", meanwhile)
        await watched.page.goto("/")
        await expect(watched.page.locator("#health")).to_contain_text("1 text waits")


async def test_what_happens_while_a_part_is_renewed_is_fetched_too(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.OBSERVER)).page
        await page.goto("/")
        await _one_line(d)
        await page.wait_for_load_state("networkidle")
        numbers = [ADA, "+447700900124"]

        async def overtaken(route: Route) -> None:
            answer = await route.fetch()
            if numbers:
                async with page.expect_request("**/now/texts"):
                    await d.village.text(numbers.pop(), "MENU")
            await route.fulfill(response=answer)

        await page.route("**/now/health", overtaken)
        await d.village.text("+447700900125", "MENU")
        await expect(page.locator("#health")).to_contain_text("3 texts wait")


async def test_what_is_told_while_a_page_is_loading_is_not_lost(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.OBSERVER)).page

        async def late(route: Route) -> None:
            with suppress(TimeoutError):  # it should not listen yet; if it does, it is told now
                async with asyncio.timeout(0.5):
                    await _one_line(d)
            await d.village.text(ADA, "MENU")
            await route.continue_()

        await page.route("**/static/alarm*.js", late)
        await page.goto("/")
        await expect(page.locator("#health")).to_contain_text("1 text waits")


async def test_tabs_of_a_browser_share_one_line(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        watched = await d.page(browser, Role.OBSERVER)
        pages = [watched.page, *[await watched.context.new_page() for _ in range(3)]]
        for page in pages:
            await page.goto("/")
        await _one_line(d)
        await d.village.text(ADA, "help, my house is on fire")
        for page in pages:
            await expect(page.get_by_role("alert")).to_be_visible(timeout=2000)
        await pages[0].close()
        await d.village.text("+447700900124", "help, my house is on fire")
        for page in pages[1:]:
            await expect(page.get_by_role("alert")).to_contain_text("2 people", timeout=5000)
        await _one_line(d)


async def _one_line(d: Dashboard) -> None:
    async with asyncio.timeout(5):
        while d.site[LIVE].pages != 1:
            await d.store.write(Tx.tell, "nothing.x")
            await asyncio.sleep(0.02)


async def test_a_page_says_when_the_gateway_is_gone(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        watched = await d.page(browser, Role.OBSERVER)
        await watched.page.goto("/")
        await _one_line(d)
        d.site[LIVE].end_all()
        await watched.context.set_offline(True)
        await expect(watched.page.locator("#stale")).to_be_visible()
        await watched.context.set_offline(False)
        await expect(watched.page.locator("#stale")).to_be_hidden(timeout=15000)
        watched.complaints.clear()  # the browser tells of each try that failed


@pytest.mark.alone
async def test_a_trouble_that_begins_shows_on_an_open_page(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.OBSERVER)).page
        await page.goto("/")
        d.gateway.troubles["disk"] = "The disk is nearly full."
        await expect(page.locator("#health")).to_contain_text("The disk is nearly full.", timeout=2000)
        del d.gateway.troubles["disk"]
        await expect(page.locator("#health")).not_to_contain_text("nearly full", timeout=2000)
