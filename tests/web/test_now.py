"""Now: what needs a person is seen, and cannot be missed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

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
