"""One Chromium for all tests of pages; a machine without it skips them and says how to get it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    # All tabs are of sites on one address: a process for each guards nothing, and starts cold.
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
    # No page stays long enough for its scripts to earn back being compiled well.
    "--js-flags=--no-opt,--no-maglev",
)
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The same browser; the first is the one that never had a window, which starts in half the time."""

HOW = "No Chromium is here. Get it, then run the tests again: sudo apt-get install chromium-headless-shell"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that use the browser on the event loop it lives on."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if path is None:
        pytest.skip(HOW)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()
