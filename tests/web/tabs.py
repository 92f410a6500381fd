"""Tabs of a browser, lent to one test after another: a new context is a new, cold process for each test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from playwright.async_api import Browser, BrowserContext, Page, Response


class Kind(NamedTuple):
    """What can't be changed in a context once it is there."""

    javascript: bool
    language: str


_free: WeakKeyDictionary[Browser, dict[Kind, list[BrowserContext]]] = WeakKeyDictionary()
"""The contexts nobody uses, as good as new. An empty tab in each keeps its process alive."""


@asynccontextmanager
async def lent_tab(
    browser: Browser, address: str, *, width: int = 1280, javascript: bool = True, language: str = "en-GB"
) -> AsyncIterator[Page]:
    """Lend a new tab, `width` pixels wide, in a context of nobody else; all that was in it is gone after.

    It, and every tab a test opens beside it, takes paths of the site at `address`.
    """
    kind = Kind(javascript, language)
    free = _free.setdefault(browser, defaultdict(list))[kind]
    context = free.pop() if free else await _new_context(browser, kind)
    (empty,) = context.pages

    def take_paths(page: Page) -> None:
        _take_paths(page, address)

    context.on("page", take_paths)
    page = await context.new_page()
    await page.bring_to_front()  # a page that nobody sees waits with what is live until it is looked at
    await page.set_viewport_size({"width": width, "height": 800})
    try:
        yield page
    except BaseException:
        await context.close()
        raise
    context.remove_listener("page", take_paths)
    for one in context.pages:
        if one is not empty:
            await one.close()
    await context.set_offline(False)
    await context.clear_cookies()
    session = await context.new_cdp_session(empty)
    await session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
    await session.detach()
    free.append(context)


async def _new_context(browser: Browser, kind: Kind) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800}, java_script_enabled=kind.javascript, locale=kind.language
    )
    await context.new_page()
    return context


def _take_paths(page: Page, address: str) -> None:
    """Let `page` go to a path, as in a context whose base address is `address`."""
    goto = page.goto

    async def goto_path(url: str, **options: Any) -> Response | None:
        return await goto(urljoin(address, url), **options)

    page.goto = goto_path  # type: ignore[method-assign]
