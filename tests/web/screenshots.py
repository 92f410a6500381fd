"""`make screenshots`: every page, wide and narrow, as a picture to look at."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.web.pages import BEFORE_ANYBODY, PAGES, Shown, lively
from tests.web.site import Dashboard, dashboard

FOLDER = Path("build/screenshots")
WIDTHS = (1280, 360)


async def take(chromium: str, names: list[str]) -> None:
    """Open every page, or those named, and keep pictures of them."""
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright, dashboard(Path(folder)) as d:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for shown in BEFORE_ANYBODY:
                await _take_one(d, browser, shown)
            await lively(d)
            for shown in PAGES:
                if not names or shown.name in names:
                    await _take_one(d, browser, shown)
            await browser.close()


async def _take_one(d: Dashboard, browser: Browser, shown: Shown) -> None:
    place = await shown.prepare(d) if shown.prepare else None
    for width in WIDTHS:
        watched = await d.page(browser, shown.role, width=width)
        await watched.page.goto(place or shown.path)
        await watched.page.screenshot(path=FOLDER / f"{shown.name}-{width}.png", full_page=True)
        watched.complaints.clear()
        await watched.close()


def main() -> None:
    """Take pictures of the pages named on the command line, or of all."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No Chromium is here. Get it, then try again: sudo apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(chromium, sys.argv[1:]))
    print(f"{len(list(FOLDER.glob('*.png')))} pictures are in {FOLDER}")


if __name__ == "__main__":
    main()
