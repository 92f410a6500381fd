"""Scripts and templates in every field a resident or a member can fill: shown as text, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.urgent import raise_urgent
from tests.web.pages import PAGES, lively
from tests.web.site import Dashboard, dashboard

# Each tries another door: a tag, an attribute, a script's string, a template, a link, an SVG.
ATTACKS = (
    "<script>window.broken=1</script>",
    "\"><img src=x onerror='window.broken=1'>",
    "'-window.broken=1-'",
    "{{ 7*7 }}{% raise %}${7*7}<%= 7*7 %>",
    "javascript:window.broken=1",
    "<svg/onload=window.broken=1><style>*{display:none}</style>",
    "</textarea></select></title><iframe srcdoc='<script>parent.broken=1</script>'>",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dashboard]:
    """Give Ashby in which everybody is called, and everything says, something hostile."""
    async with dashboard(Path(tmp_path_factory.mktemp("hostile"))) as d:
        await lively(d)
        for number, attack in enumerate(ATTACKS):
            sender = f"+4477009003{number:02d}"
            for words in (f"HELP {attack}", attack, "today", attack, "PERSON", attack):
                await d.village.text(sender, words)
            for words in ("JOIN", attack, "2", "1"):
                await d.village.text(f"+4477009004{number:02d}", words)
            for words in ("FOODBANK", "2", "1", "other", attack, attack, "kettle", "AB-1", "collect", "1"):
                await d.village.text(f"+4477009005{number:02d}", words)
            client = await d.client(Role.COORDINATOR)
            await client.post("/help/1/note", {"words": attack})
            await client.post("/flows/lift/texts/en", {"sms.left": attack})
        await d.store.write(_rename)
        await d.store.write(raise_urgent, "help", "help:1", 1, d.now)
        yield d


def _rename(tx: Tx) -> None:
    """Give everybody, and everything that has one, a hostile name."""
    for table in ("resident", "member", "account"):
        for row in tx.all(f"SELECT id FROM {table}"):
            attack = ATTACKS[row["id"] % len(ATTACKS)]
            tx.run(f"UPDATE {table} SET name = :name WHERE id = :id", name=attack, id=row["id"])
    for row in tx.all("SELECT key FROM place"):
        tx.run("UPDATE place SET label = :label WHERE key = :key", label=ATTACKS[1], key=row["key"])


async def test_hostile_words_are_shown_as_words(hostile: Dashboard, browser: Browser) -> None:
    pages = {role: await hostile.page(browser, role) for role in {shown.role for shown in PAGES}}
    for shown in PAGES:
        path = await shown.prepare(hostile) if shown.prepare else None
        page = pages[shown.role].page
        await page.goto(path or shown.path)
        assert await page.evaluate("window.broken") is None, shown.name
        assert await page.locator("iframe").count() == 0, shown.name
        words = (await page.locator("main").inner_text()).split()
        assert "49" not in words, f"{shown.name} worked out what a resident wrote"
        if shown.name == "missing":
            pages[shown.role].complaints.clear()
    for watched in pages.values():
        await watched.close()


async def test_they_are_there_to_be_read(hostile: Dashboard, browser: Browser) -> None:
    watched = await hostile.page(browser)
    await watched.page.goto("/help")
    text = await watched.page.locator("main").inner_text()
    assert "<script>window.broken=1</script>" in text
    await watched.page.goto("/help/foodbank")
    assert "<script>window.broken=1</script>" in await watched.page.locator("main").inner_text()
    await watched.page.goto("/conversations?q=onerror")
    assert "<img src=x" in await watched.page.locator("main").inner_text()
    await watched.close()
