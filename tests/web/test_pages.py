"""Every page can be used by everybody, on a telephone too, and shows no more than it may."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from gateway.store.accounts import Role
from gateway.store.database import Tx
from tests.web.axe import axe
from tests.web.pages import PAGES, Shown, lively
from tests.web.site import Dashboard, WatchedPage, dashboard

MOST_OCTETS = 100_000
NARROW = 360


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ashby(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dashboard]:
    """Give Ashby on an ordinary morning, the same for all pages."""
    async with dashboard(Path(tmp_path_factory.mktemp("pages"))) as d:
        await lively(d)
        yield d


@pytest.fixture(scope="module")
def tabs() -> dict[Role | None, WatchedPage]:
    """Give the tab of whoever has looked at a page: a new one costs more than looking."""
    return {}


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
async def test_a_page_shuts_nobody_out_and_fits_on_a_telephone(
    shown: Shown, ashby: Dashboard, browser: Browser, tabs: dict[Role | None, WatchedPage]
) -> None:
    path = await shown.prepare(ashby) if shown.prepare else None
    if shown.role not in tabs:
        tabs[shown.role] = await ashby.page(browser, shown.role)
    watched = tabs[shown.role]
    page = watched.page
    await page.set_viewport_size({"width": NARROW, "height": 800})
    await page.emulate_media(color_scheme="light")
    await page.goto(path or shown.path)
    await axe(page)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{shown.name} is {wide} pixels wide on a telephone of {NARROW}"
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.emulate_media(color_scheme="dark")
    await axe(page)
    html = (await page.content()).encode()
    assert len(html) < MOST_OCTETS
    assert len(gzip.compress(html)) < MOST_OCTETS / 3
    if shown.name == "missing":  # what is not there is told as an error
        watched.complaints.clear()
    watched.check()


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
async def test_an_observer_sees_no_name_no_number_and_no_words(
    shown: Shown, ashby: Dashboard, browser: Browser
) -> None:
    path = await shown.prepare(ashby) if shown.prepare else None
    client = await ashby.client(Role.OBSERVER)
    answer = await client.get(path or shown.path)
    secrets = await ashby.store.read(_personal)
    assert len(secrets) > 10
    assert [secret for secret in secrets if secret in answer.text] == []


def _personal(tx: Tx) -> list[str]:
    """Give every number and name there is, and every text of more than a word."""
    people = tx.all("SELECT number, name FROM resident")
    texts = tx.all("SELECT body FROM inbound UNION SELECT what FROM help_request")
    found = [row["number"] for row in people] + [row["name"] for row in people if row["name"]]
    return found + [row[0] for row in texts if " " in row[0]]
