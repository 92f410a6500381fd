"""Now: what needs a person is seen, and cannot be missed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from tests.web.axe import axe
from tests.web.site import dashboard


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


async def test_an_emergency_is_on_the_page_within_a_second_and_until_somebody_takes_it(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.ORGANISER)).page
        await page.goto("/")
        await expect(page.get_by_role("alert")).to_have_count(0)
        await d.village.text("+447700900123", "help, my house is on fire")
        banner = page.get_by_role("alert")
        await expect(banner).to_contain_text("+447700900123", timeout=1000)
        await axe(page)
        await banner.get_by_role("button", name="I take it").click()
        await expect(page.get_by_role("alert")).to_have_count(0)
        await expect(page.get_by_role("status")).to_contain_text("It is yours now")
