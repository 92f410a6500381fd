"""The virtual phone: texts and calls from the page, over the software modem, to the real gateway and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.web.axe import axe
from tests.web.running import coordinators_page, running_town
from tests.web.site import dashboard

pytestmark = pytest.mark.alone


async def test_a_text_from_the_page_is_answered_on_the_page(tmp_path: Path, browser: Browser) -> None:
    async with running_town(tmp_path) as town, coordinators_page(town.gateway, browser) as page:
        await page.goto("/phone")
        await page.get_by_placeholder("Write a text").fill("LIFT")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Where shall we pick you up?")).to_be_visible(timeout=10_000)
        await axe(page)


async def test_a_call_from_the_page_is_answered_heard_and_steered_by_keys(
    tmp_path: Path, browser: Browser
) -> None:
    async with running_town(tmp_path) as town, coordinators_page(town.gateway, browser) as page:
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


async def test_a_draft_is_heard_at_once_and_as_it_was_saved_last(tmp_path: Path, browser: Browser) -> None:
    async with running_town(tmp_path) as town, coordinators_page(town.gateway, browser) as page:
        await page.goto("/flows/lift/texts/en")
        await page.locator("[name='sms.pickup']").fill("Where may we fetch you from?")
        await page.get_by_role("button", name="Save the draft").click()
        await page.get_by_role("button", name="Try it on the virtual phone").click()
        await page.get_by_placeholder("Write a text").fill("LIFT")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Where may we fetch you from?")).to_be_visible(timeout=10_000)
        await page.goto("/flows/lift/texts/en")
        await page.locator("[name='sms.pickup']").fill("Where do you stand?")
        await page.get_by_role("button", name="Save the draft").click()
        await expect(page.get_by_text("Saved in the draft.")).to_be_visible()
        await page.goto("/phone")
        await page.get_by_placeholder("Write a text").fill("LIFT")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Where do you stand?")).to_be_visible(timeout=10_000)


async def test_without_a_software_modem_there_is_no_virtual_phone(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        assert (await client.get("/phone")).status == 404
        assert "/phone" not in (await client.get("/")).text
