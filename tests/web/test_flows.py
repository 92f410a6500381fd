"""Flows: drawn, counted, reworded in a draft, switched on, and gone back from."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from tests.web.axe import axe
from tests.web.site import dashboard

ROSE = "+447700900123"


async def test_a_text_is_edited_switched_on_heard_and_taken_back(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser)).page
        await page.goto("/flows/lift/texts/en")
        field = page.locator("[name='sms.pickup']")
        await field.fill("Where may we fetch you from? Żółw")
        await expect(page.locator("[id='count.sms.pickup']")).to_have_text("1 text")
        await page.get_by_role("button", name="Save the draft").click()
        await expect(page.get_by_text("Nobody hears it until you switch it on.")).to_be_visible()
        assert "Where shall we pick you up?" in (await d.village.text(ROSE, "LIFT"))[0]
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Residents hear the new words")).to_be_visible()
        assert "Where may we fetch you from?" in (await d.village.text(ROSE, "LIFT"))[0]
        await axe(page)
        await page.get_by_role("button", name="Go back to this").last.click()
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Residents hear the new words")).to_be_visible()
        assert "Where shall we pick you up?" in (await d.village.text(ROSE, "LIFT"))[0]


async def test_a_draft_with_a_mistake_is_not_switched_on(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        await client.post("/flows/lift/texts/en", {"sms.pickup": "Where from, {nobody}?"})
        page = (await client.get("/flows")).text
        assert "cannot be switched on yet" in page
        assert "nobody" in page
        await client.post("/flows/draft/on")
        assert "Where shall we pick you up?" in (await d.village.text(ROSE, "LIFT"))[0]
        assert (await client.post("/flows/draft/drop")).status == 303
        assert "cannot be switched on yet" not in (await client.get("/flows")).text


async def test_a_flow_is_drawn_with_how_residents_fared(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        for words in ("LIFT", "church hall", "zzzz qqqq", "MENU"):
            await d.village.text(ROSE, words)
        await d.village.timers.tick()
        page = (await d.page(browser, Role.OBSERVER)).page
        await page.goto("/flows/lift")
        await expect(page.get_by_role("row", name="dropoff 0 1 1")).to_be_visible()
        await expect(page.get_by_role("row", name="pickup 1 0 0")).to_be_visible()
        await expect(page.locator("svg.flow .box")).to_have_count(
            len(d.gateway.turns.library.flow("lift").steps)
        )
        await page.goto("/flows/vote")
        await expect(page.get_by_text("votes may be secret")).to_be_visible()


async def test_only_coordinators_change_what_is_said(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        assert (await client.get("/flows/lift/texts/en")).status == 403
        assert (await client.post("/flows/lift/texts/en", {"sms.pickup": "Hello"})).status == 403
        assert (await client.post("/flows/draft/on")).status == 403
        coordinator = await d.client()
        assert (await coordinator.get("/flows/nothing")).status == 404
        assert (await coordinator.get("/flows/lift/texts/xx")).status == 404
        assert (await coordinator.post("/flows/draft/on")).status == 422


async def test_the_list_of_flows_needs_no_sideways_scrolling_on_a_phone(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, width=360)).page
        await page.goto("/flows")
        assert await page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.wide'))")
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="lift", exact=True))
        await expect(row.get_by_role("cell").first).to_be_visible()
        assert await row.evaluate("e => e.offsetHeight") < 150
        await axe(page)
