"""The menu: on a laptop one row of what is used every day, the rest behind one word; on a phone all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from gateway.web.words import LANGUAGES, say
from tests.web.axe import axe
from tests.web.site import dashboard


@pytest.mark.parametrize("tag", LANGUAGES)
async def test_on_a_laptop_the_menu_is_one_row(tag: str, tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "simulator").touch()  # the virtual phone has an entry of its own
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, width=1280, language=tag)).page
        await page.goto("/settings")
        across = page.locator("nav.across")
        tops = await across.locator("> ul > li").evaluate_all("all => all.map(e => e.offsetTop)")
        assert len(tops) == 10
        assert len(set(tops)) == 1
        assert await page.locator("header.top").evaluate("e => e.offsetHeight") < 90
        more = across.get_by_text(say(tag, "nav.more"))
        await more.focus()
        await page.keyboard.press("Enter")
        here = across.get_by_role("link", name=say(tag, "nav.settings"))
        await expect(here).to_have_attribute("aria-current", "page")
        await axe(page)
        await across.get_by_role("link", name=say(tag, "nav.log"), exact=True).click()
        await expect(page).to_have_url(f"{d.address}/log")


async def test_on_a_phone_without_javascript_every_page_is_in_the_menu(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.OBSERVER, width=360, javascript=False)).page
        await page.goto("/")
        await page.get_by_text("Menu").click()
        await page.locator(".menu").get_by_role("link", name="Flows").click()
        await expect(page).to_have_url(f"{d.address}/flows")
