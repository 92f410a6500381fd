"""Now: what needs a person is seen, and cannot be missed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from gateway.store.accounts import Role, open_invitations
from gateway.store.database import Tx
from gateway.store.polls import poll_by_key, set_state
from gateway.store.webhooks import Wanted, add_endpoint, note_failing
from tests.web.axe import axe
from tests.web.running import coordinators_page, running_town
from tests.web.site import PASSWORD, dashboard


async def test_whoever_has_the_setup_code_becomes_the_first_coordinator(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, None)).page
        await page.goto("/")
        await expect(page).to_have_url(f"{d.address}/first")
        await axe(page)
        await page.get_by_label("Setup code").fill(d.gateway.setup_code.lower())
        await page.get_by_label("Your name").fill("Maria Hill")
        await page.get_by_label("Name you sign in with").fill("maria")
        await page.get_by_label("New password", exact=True).fill("seven brown teapots")
        await page.get_by_label("New password once more").fill("seven brown teapots")
        await page.get_by_role("button", name="Begin").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Now")
        assert not (tmp_path / "setup-code").exists()


async def test_without_javascript_one_signs_in_looks_and_signs_out(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.OBSERVER)
        page = (await d.page(browser, None, width=360, javascript=False)).page
        await page.goto("/log")
        await page.get_by_label("Name you sign in with").fill("observer")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Log")
        await page.get_by_text("Menu").click()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


async def test_every_part_of_the_menu_is_reached_by_keyboard(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.COORDINATOR)).page
        await page.goto("/")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
        await expect(page.get_by_role("link", name="Skip to the page")).to_be_in_viewport()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Now")).to_be_focused()
        await page.locator("nav.across summary").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="Log", exact=True).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Log")


async def test_names_that_are_scripts_or_templates_are_shown_as_they_are(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        watched = await d.page(browser, Role.COORDINATOR)
        for name in HOSTILE:
            await watched.page.goto("/coordinators")
            await watched.page.get_by_label("Whom?").fill(name)
            await watched.page.get_by_role("button", name="Make a link").click()
            await expect(watched.page.get_by_role("status").first).to_contain_text(name)
        await watched.page.goto("/coordinators")
        for name in HOSTILE:
            await expect(watched.page.get_by_role("listitem").filter(has_text=name)).to_have_count(1)
        assert await watched.page.evaluate("window.reached") is None


HOSTILE = (
    "<script>window.reached = 1</script>",
    "<img src=x onerror=window.reached=1>",
    '"><svg onload=window.reached=1>',
    "{{ 7 * 7 }}{% for x in y %}",
    "{n} {0.__class__}",
    "javascript:window.reached=1",
)


async def test_a_form_on_another_site_changes_nothing(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d, _another_site(d.address) as elsewhere:
        watched = await d.page(browser, Role.COORDINATOR)
        await watched.page.goto("/")
        await watched.page.goto(elsewhere)
        await watched.page.get_by_role("button").click()
        await expect(watched.page.get_by_role("heading", level=1)).to_have_text("Not for you")
        assert await d.store.read(open_invitations, d.now) == []
        watched.complaints.clear()  # the browser tells of the answer, which is the right one


@pytest.mark.alone
async def test_a_text_from_the_virtual_phone_is_on_now_within_a_second_without_reload(
    tmp_path: Path, browser: Browser
) -> None:
    async with running_town(tmp_path) as town, coordinators_page(town.gateway, browser, 1280) as page:
        await page.goto("/")
        await expect(page.get_by_text("No texts yet.")).to_be_visible()
        await page.evaluate("window.stays = 1")
        phone = await page.context.new_page()
        await phone.goto("/phone")
        await phone.get_by_placeholder("Write a text").fill("PERSON please <b>soon</b>")
        received = asyncio.Event()
        town.gateway.store.listen(lambda types: received.set() if "message.received" in types else None)
        await phone.get_by_role("button", name="Send").click()
        async with asyncio.timeout(10):
            await received.wait()
        await expect(page.get_by_text("PERSON please <b>soon</b>").first).to_be_visible(timeout=1000)
        assert await page.evaluate("window.stays") == 1
        await axe(page)


async def test_what_waits_for_a_person_is_told_in_order_and_goes_when_it_is_done(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.ORGANISER, width=360)).page
        await page.goto("/")
        needs = page.get_by_role("region", name="What needs a person").get_by_role("listitem")
        await expect(page.get_by_text("Nothing needs a person just now.")).to_be_visible()
        await d.village.text("+447700900123", "PERSON")
        await expect(needs).to_have_count(1)
        await expect(needs.first).to_contain_text("Wants to speak with a person")
        await needs.first.get_by_role("link").click()
        await page.get_by_label("Your words").fill("Here I am")
        await page.get_by_role("button", name="Send").click()
        await page.goto("/")
        await expect(page.get_by_text("Nothing needs a person just now.")).to_be_visible()


async def test_what_is_urgent_comes_first_and_everything_that_waits_is_there(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text("+447700900123", "PERSON")
        await d.village.text("+447700900127", "help, my house is on fire")
        await d.store.write(_trouble, d.now)
        page = (await (await d.client(Role.ORGANISER)).get("/now/needs")).text
        told = ("Help waits for you", "Wants to speak with a person", "A poll was interrupted", "Takes no")
        places = [page.index(words) for words in told]
        assert places == sorted(places)
        assert "It answered 503" in page


def _trouble(tx: Tx, now: datetime) -> None:
    """Let a poll be interrupted, and a system take no webhooks."""
    poll = poll_by_key(tx, "bench")
    assert poll is not None
    set_state(tx, poll.id, "interrupted")
    endpoint = add_endpoint(tx, Wanted("Cases", "https://cases.example.org/", ("*",)), "whsec_x", now)
    note_failing(tx, endpoint, "It answered 503.", now)


async def test_an_observer_sees_that_there_were_texts_and_no_word_of_them(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text("+447700900123", "HELP my garden gate has come off its hinges")
        await d.village.text("+447700900123", "PERSON")
        page = (await (await d.client(Role.OBSERVER)).get("/")).text
        assert "Resident" in page
        assert "Wants to speak with a person" in page
        assert not [word for word in ("garden", "PERSON", "900123") if word in page]
        assert "garden" in (await (await d.client(Role.ORGANISER)).get("/")).text


@asynccontextmanager
async def _another_site(victim: str) -> AsyncIterator[str]:
    """Open a page on another port of this machine, which browsers send this machine's cookies from."""
    form = (
        f'<form method="post" action="{victim}/coordinators/invitations">'
        '<input name="name" value="Eve"><input name="role" value="coordinator"><button>Win!</button></form>'
    )

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=form, content_type="text/html")

    site = web.Application()
    site.router.add_get("/", show)
    async with TestServer(site) as server:
        yield str(server.make_url("/"))


async def test_tomorrows_lifts_are_one_step_away(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        page = (await client.get("/")).text
        link = re.search(r'href="(/lifts\?day=[0-9-]+)">Tomorrow&#39;s runs<', page)
        assert link
        assert (await client.get(link[1])).status == 200
