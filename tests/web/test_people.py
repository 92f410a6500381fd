"""People: found among ten thousand, put right by those who may, and nobody's name shown to an observer."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.people import coordinators, coordinators_on_duty, resident_by_number
from tests.village import MONDAY
from tests.web.axe import axe
from tests.web.site import dashboard

ADA = "+447700900123"


def _crowd(tx: Tx) -> None:
    """Make ten thousand residents."""
    for place in range(10_000):
        tx.run(
            "INSERT INTO resident (number, name, created_at) VALUES (:number, :name, :now)",
            number=f"+4478{place:08}",
            name=f"Resident Name {place:05}" if place % 2 else "",
            now=to_text(MONDAY),
        )


async def test_somebody_is_found_among_ten_thousand_at_once(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.store.write(_crowd)
        client = await d.client(Role.ORGANISER)
        began = time.process_time()
        found = (await client.get("/people?q=name+07777")).text
        by_number = (await client.get("/people?q=07777")).text
        last = (await client.get("/people?page=200")).text
        assert time.process_time() - began < 1.5
        assert "Resident Name 07777" in found
        assert found.count('href="/people/') == 1
        assert "+447800007777" in by_number
        assert last.count('href="/people/') == 50
        assert "page=199" in last


async def test_a_name_and_a_language_are_put_right_and_the_log_says_who_did(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ADA, "HELP my gate has come off its hinges")
        page = (await d.page(browser, Role.ORGANISER, width=360)).page
        await page.goto("/people")
        await page.get_by_role("searchbox").fill("900123")
        await page.get_by_role("button", name="Look").click()
        await page.get_by_role("link", name=ADA).click()
        await expect(page.get_by_text("my gate has come off its hinges")).to_be_visible()
        await page.get_by_label("Name").fill("Ada <b>Bell</b>")
        await page.get_by_label("Language").select_option(label="Español")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Ada <b>Bell</b>")
        await axe(page)
        found = await d.store.read(resident_by_number, ADA)
        assert found is not None
        assert (found.name, found.language) == ("Ada <b>Bell</b>", "es")
        log = (await (await d.client()).get("/log")).text
        assert "put somebody&#39;s name right" in log
        assert "Bell" not in log


async def test_a_coordinator_goes_on_and_off_duty_and_the_last_one_is_warned_of(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        on_duty = await d.store.read(coordinators_on_duty)
        client = await d.client()
        for one in on_duty:
            answer = await client.post(f"/people/{one.id}/duty/off")
            assert answer.status == 303
        assert "Nobody is on duty any more" in (await client.get(answer.location)).text
        told = [kind for kind, _ in await d.village.events()]
        assert told == ["coordinator.off_duty"] * len(on_duty)
        assert await d.store.read(coordinators_on_duty) == []
        await client.post(f"/people/{on_duty[0].id}/duty/on")
        assert await d.store.read(coordinators_on_duty) == on_duty[:1]
        assert [kind for kind, _ in await d.village.events()] == ["coordinator.on_duty"]
        await d.village.text(ADA, "MENU")
        ada = await d.store.read(resident_by_number, ADA)
        assert ada is not None
        assert (await client.post(f"/people/{ada.id}/duty/on")).status == 422
        assert ada not in await d.store.read(coordinators)
        organiser = await d.client(Role.ORGANISER)
        assert (await organiser.post(f"/people/{on_duty[0].id}/duty/off")).status == 403


async def test_an_observer_learns_no_name_by_looking_for_it(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        observer = await d.client(Role.OBSERVER)
        everybody = (await observer.get("/people")).text
        assert (await observer.get("/people?q=Margaret")).text.count("Resident ") == everybody.count(
            "Resident "
        )
        assert (await observer.post("/people/1", {"name": "Eve", "language": ""})).status == 403
