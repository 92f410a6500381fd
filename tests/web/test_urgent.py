"""What is urgent cannot be missed: on every page, seen and heard, until somebody takes it."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from gateway.services.outside import move_request
from gateway.store.accounts import Role
from gateway.store.journal import latest_entries
from gateway.store.urgent import open_urgent
from tests.web.axe import axe
from tests.web.site import dashboard

ADA, BEN = "+447700900123", "+447700900124"
CRY = "help, my house is on fire"


@pytest.mark.alone
async def test_an_emergency_is_on_every_page_within_a_second_and_until_somebody_takes_it(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        one = (await d.page(browser, Role.ORGANISER)).page
        other = (await d.page(browser, Role.ORGANISER)).page
        await one.goto("/")
        await other.goto("/log")
        await expect(one.get_by_role("alert")).to_have_count(0)
        await d.village.text(ADA, CRY)
        for page in (one, other):
            await expect(page.get_by_role("alert")).to_contain_text(ADA, timeout=1000)
        await axe(one)
        await other.get_by_role("button", name="I take it").click()
        await expect(other).to_have_url(f"{d.address}/log")
        await expect(other.get_by_role("status").first).to_contain_text("It is yours now")
        await expect(one.get_by_role("alert")).to_have_count(0)
        (entry, *_) = await d.store.read(latest_entries)
        assert (entry.who, entry.action) == ("Omar Reed", "urgent.taken")


async def test_it_sounds_and_where_the_browser_keeps_quiet_a_button_says_so(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ADA, CRY)
        page = (await d.page(browser, Role.ORGANISER)).page
        await page.add_init_script(_LISTEN)
        await page.goto("/")
        await expect(page.get_by_role("button", name="Turn the sound on")).to_be_visible()
        await page.get_by_role("button", name="Turn the sound on").click()
        await expect(page.get_by_role("button", name="Turn the sound on")).to_be_hidden()
        assert await page.evaluate("window.heard") >= 1


# Chromium without a window lets everything sound; a real one lets nothing, until somebody clicked. It counts
# Playwright's own looking as a click, so clicks are counted here.
_LISTEN = """
window.heard = 0;
let clicked = false;
addEventListener("click", () => { clicked = true; }, true);
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (!clicked) return Promise.reject(new DOMException("", "NotAllowedError"));
  return play.call(this).then(() => { window.heard += 1; });
};
"""


async def test_without_javascript_it_is_there_and_can_be_taken(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ADA, CRY)
        page = (await d.page(browser, Role.ORGANISER, width=360, javascript=False)).page
        await page.goto("/")
        await page.get_by_role("button", name="I take it").click()
        await expect(page.get_by_role("status").first).to_contain_text("It is yours now")
        assert await d.store.read(open_urgent) == []


async def test_one_of_two_who_take_it_at_once_has_it_and_the_other_is_told_who(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ADA, CRY)
        (urgent,) = await d.store.read(open_urgent)
        clients = [await d.client(role) for role in (Role.ORGANISER, Role.COORDINATOR)]
        await asyncio.gather(*(client.post(f"/urgent/{urgent.id}", {"path": "/"}) for client in clients))
        pages = [(await client.get("/")).text for client in clients]
        assert sum("It is yours now" in page for page in pages) == 1
        assert sum("has taken it already" in page for page in pages) == 1


async def test_an_observer_sees_that_there_is_an_emergency_and_not_whose(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ADA, CRY)
        (urgent,) = await d.store.read(open_urgent)
        client = await d.client(Role.OBSERVER)
        page = (await client.get("/")).text
        assert "Emergency" in page
        assert ADA not in page
        assert "I take it" not in page
        assert (await client.post(f"/urgent/{urgent.id}")).status == 403


async def test_a_second_cry_is_counted_and_one_after_it_was_taken_is_new(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        for _ in range(2):
            await d.village.text(ADA, CRY)
        await d.village.text(BEN, CRY)
        first, second = await d.store.read(open_urgent)
        assert (first.number, first.times, second.number, second.times) == (ADA, 2, BEN, 1)
        client = await d.client(Role.ORGANISER)
        assert "asked 2 times" in (await client.get("/")).text
        await client.post(f"/urgent/{first.id}", {"path": "/"})
        await d.village.text(ADA, CRY)
        assert [one.number for one in await d.store.read(open_urgent)] == [BEN, ADA]


async def test_help_needed_now_is_urgent_once_the_resident_says_so(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ADA, "HELP I have no heating")
        assert await d.store.read(open_urgent) == []
        await d.village.text(ADA, "now")
        (urgent,) = await d.store.read(open_urgent)
        assert urgent.kind == "help"
        assert "Help is needed now" in (await (await d.client(Role.OBSERVER)).get("/")).text


async def test_only_a_page_of_ours_is_gone_on_to(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        assert (await client.post("/urgent/7", {"path": "//evil.example"})).location == "/"
        page = (await client.get("/urgent?path=//evil.example")).text
        assert "evil" not in page


async def test_what_another_system_closes_is_urgent_no_more(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        for words in ("HELP my oxygen is running out", "1"):
            await d.village.text(ADA, words)
        (matter,) = await d.store.read(open_urgent)
        request_id = int(matter.subject.removeprefix("help:"))
        move = partial(move_request, turns=d.village.turns, request_id=request_id, state="done")
        await d.store.write(lambda tx: move(tx, reference="C-7", by={"token": 1}, now=d.now))
        assert await d.store.read(open_urgent) == []
        client = await d.client(Role.ORGANISER)
        await client.post(f"/urgent/{matter.id}", {"path": "/help"})
        assert "That is over already" in (await client.get("/help")).text
