"""Lifts: a booking appears on the day's timeline and is cancelled there; runs come and go."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard

ROSE = "+447700900123"
DAY = "/lifts?day=2026-03-03"


async def booked(d: Dashboard) -> None:
    """Let Rose book a lift for tomorrow morning."""
    heard = [""]
    for words in ("LIFT", "church hall", "the surgery", "tomorrow", "10.30", "1", "yes"):
        heard = await d.village.text(ROSE, words)
    assert "booked" in heard[0].casefold(), heard


async def test_a_booking_by_text_appears_on_the_timeline_and_is_cancelled_there(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, width=360)).page
        await page.goto(DAY)
        await expect(page.get_by_text("Nobody is booked on it yet.").first).to_be_visible()
        await booked(d)
        await expect(page.locator("svg.timeline rect.trip")).to_have_count(1)
        await expect(page.get_by_role("row").filter(has_text="In: ")).to_be_visible()
        await axe(page)
        card = page.locator(".run-card").filter(has=page.get_by_role("table"))
        await card.locator("summary").click()
        await page.get_by_label("10:30").select_option("cancel")
        await page.get_by_role("button", name="Do it").click()
        await expect(page.get_by_text("Cancelled, and the rider was told.")).to_be_visible()
        await expect(page.locator("svg.timeline rect.trip")).to_have_count(0)
        assert any(number == ROSE for number, _ in await d.village.sent())


async def test_a_drivers_sheet_is_for_the_driver_alone(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await booked(d)
        client = await d.client(Role.ORGANISER)
        page = (await client.get(DAY)).text
        sheet = page.split("/lifts/sheet/")[1].split('"')[0]
        answer = await client.get(f"/lifts/sheet/{sheet.replace('&amp;', '&')}")
        assert answer.status == 200
        assert "Time" in answer.text
        assert (await client.get("/lifts/sheet/99999?day=2026-03-03")).status == 404
        observer = await d.client(Role.OBSERVER)
        assert (await observer.get(f"/lifts/sheet/{sheet}")).status == 403


async def test_a_run_is_added_and_taken_away_again(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        page = (await client.get(DAY)).text
        driver = page.split('<select id="driver" name="driver"><option value="')[1].split('"')[0]
        vehicle = page.split('<select id="vehicle" name="vehicle"><option value="')[1].split('"')[0]
        before = page.count('class="card run-card"')
        run = {"deed": "add_run", "day": "2026-03-03", "vehicle": vehicle, "driver": driver}
        assert (await client.post("/lifts/runs", run | {"starts": "19:00", "ends": "21:30"})).status == 303
        page = (await client.get(DAY)).text
        assert page.count('class="card run-card"') == before + 1
        assert (await client.post("/lifts/runs", run | {"starts": "19:30", "ends": "21:00"})).status == 303
        assert (await client.get(DAY)).text.count('class="card run-card"') == before + 1, "one at a time"
        assert (await client.post("/lifts/runs", run | {"starts": "soon", "ends": "21:00"})).status == 422
        assert (await client.post("/lifts/runs", run | {"vehicle": "bus-x", "starts": "1:00"})).status == 422
        assert (await client.post("/lifts/runs", {"deed": "cancel_run", "run": "99999"})).status == 422
        assert (await client.get("/lifts?day=yesterday")).status == 404


async def test_an_observer_sees_seats_and_no_names(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await booked(d)
        client = await d.client(Role.OBSERVER)
        page = (await client.get(DAY)).text
        assert "Taken after it" in page
        assert ROSE not in page
        assert (await client.post("/lifts/trips/1", {"deed": "cancel"})).status == 403
