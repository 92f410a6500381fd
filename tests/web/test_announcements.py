"""Announcements: previewed with their price, told a few at a time in civil hours, each kind stopped alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from gateway.store.announcements import announcements, progress
from gateway.store.calls import set_reads_no_texts
from gateway.store.database import Tx
from gateway.store.people import resident_by_number
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard

ROSE, ANN = "+447700900123", "+447700900021"
FAIR = {
    "category": "events",
    "group": "volunteers",
    "language": "",
    "area": "",
    "words.en": "Fair on Saturday.",
}


async def state(d: Dashboard) -> tuple[str, dict[str, int]]:
    """Give how far the latest announcement is."""
    latest = (await d.store.read(announcements, 1))[0]
    return latest.state, await d.store.read(progress, latest.id)


async def told(d: Dashboard, words: str) -> list[str]:
    """Give whom something was texted to since this was last asked."""
    return [number for number, body in await d.village.sent() if words in body]


def lane_of_latest(tx: Tx) -> int:
    row = tx.one("SELECT lane FROM outbound ORDER BY id DESC LIMIT 1")
    assert row is not None
    return int(row["lane"])


def end_all(tx: Tx) -> None:
    tx.run("UPDATE outbound SET state = 'sent' WHERE state = 'queued'")


async def test_it_is_previewed_and_sent(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser)).page
        await page.goto("/announcements/new")
        await page.get_by_label("Kind", exact=True).select_option("events")
        await page.get_by_label("Volunteers").check()
        await page.get_by_label("What they read (English)").fill("Fair on Saturday.")
        await page.get_by_label("What they read (Español)").fill("Feria el sábado.")
        await page.get_by_role("button", name="Look at it first").click()
        await expect(page.get_by_text("To stop these, text STOP EVENTS.")).to_be_visible()
        await expect(page.get_by_text("Para no recibir esto mande ALTO EVENTOS.")).to_be_visible()
        await expect(page.get_by_text("Texts in all")).to_be_visible()
        await axe(page)
        assert await told(d, "Fair") == []
        await page.get_by_role("button", name="Send it").click()
        await expect(page.get_by_text("It is on its way.")).to_be_visible()
        await d.village.timers.tick()
        first = await told(d, "F")
        assert ANN in first
        assert await d.store.read(lane_of_latest) == 2


async def test_whoever_stopped_the_kind_is_not_told_and_it_waits_for_the_morning(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        await d.village.text(ANN, "STOP EVENTS")
        await d.village.move_to(datetime(2026, 3, 2, 21, 30, tzinfo=UTC))
        await d.village.sent()
        await client.post("/announcements", FAIR)
        await d.village.timers.tick()
        assert await told(d, "Fair") == []
        await d.village.text("+447700900022", "STOP EVENTS")
        await d.village.move_to(datetime(2026, 3, 3, 8, 1, tzinfo=UTC))
        heard = await told(d, "Fair")
        assert heard
        assert not {ANN, "+447700900022"} & set(heard)
        assert (await state(d))[1]["skipped"] == 1


async def test_only_a_few_wait_at_a_time_and_the_rest_can_be_stopped(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        for place in range(15):
            await d.village.text(f"+4477009005{place:02}", "START NEWS")
        await d.village.sent()
        await client.post("/announcements", {**FAIR, "category": "news", "group": "asked"})
        await d.village.timers.tick()
        await d.village.timers.tick()
        assert len(await told(d, "Fair")) == 10
        await d.store.write(end_all)
        latest = (await d.store.read(announcements, 1))[0]
        await client.post(f"/announcements/{latest.id}/stop", {})
        await d.village.timers.tick()
        assert await told(d, "Fair") == []
        assert await state(d) == ("stopped", {"told": 10, "waiting": 5})


async def test_who_reads_no_texts_is_rung(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        d.village.turns.rings = d.gateway.turns.rings = True
        await d.village.text(ROSE, "START NEWS")
        rose = await d.store.read(resident_by_number, ROSE)
        assert rose is not None
        await d.store.write(set_reads_no_texts, rose.id, reads_none=True)
        await d.village.sent()
        client = await d.client(Role.ORGANISER)
        fields = {**FAIR, "category": "news", "group": "asked"}
        assert "Read no texts and are rung: 1" in (await client.post("/announcements/preview", fields)).text
        await client.post("/announcements", fields)
        await d.village.timers.tick()
        assert await told(d, "Fair") == []
        assert await d.store.read(calls_to, rose.id) == ["announcement"]


def calls_to(tx: Tx, resident_id: int) -> list[str]:
    rows = tx.all("SELECT purpose FROM outgoing_call WHERE resident_id = :id", id=resident_id)
    return [row["purpose"] for row in rows]


async def test_who_is_in_no_list_hears_nothing_they_did_not_ask_for(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "BOARD")
        client = await d.client(Role.ORGANISER)
        answer = await client.post("/announcements", {**FAIR, "group": "asked"})
        assert answer.location == "/announcements"
        assert "Nobody would hear it" in (await client.get("/announcements")).text
        assert (await client.post("/announcements/preview", {**FAIR, "words.en": ""})).status == 422
