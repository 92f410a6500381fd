"""The rota on the dashboard: shifts for weeks, given, taken away and cancelled, and who is on duty now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from gateway.store.people import resident_by_number
from gateway.store.shifts import shifts_ahead
from tests.web.axe import axe
from tests.web.site import dashboard

ANN = "+447700900021"
DESK = {"what": "Phone desk", "day": "2026-03-02", "starts": "14:00", "ends": "17:00", "weeks": "1"}


async def test_a_rota_is_made_filled_and_changed(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser)).page
        await page.goto("/shifts")
        await page.get_by_label("What").fill("Phone desk")
        await page.get_by_label("Day", exact=True).fill("2026-03-04")
        await page.get_by_label("From").fill("22:00")
        await page.get_by_label("To", exact=True).fill("06:00")
        await page.get_by_label("For so many weeks").fill("2")
        await page.get_by_role("button", name="Put it into the rota").click()
        await expect(page.get_by_text("2 shifts are in the rota now.")).to_be_visible()
        first, second = await d.store.read(shifts_ahead)
        assert (second.starts_at - first.starts_at).days == 7
        assert first.ends_at == datetime(2026, 3, 5, 6, tzinfo=UTC)
        await d.village.text(ANN, "TAKE 1")
        await expect(page.get_by_role("row", name="Ann Whitlock")).to_be_visible()
        await axe(page)
        one = page.locator("main details").nth(1)
        await one.locator("summary").click()
        await one.get_by_label("Who has agreed").select_option(label="Ann Whitlock")
        await one.get_by_role("button", name="Give it to them").click()
        await expect(page.get_by_text("It is theirs, and they were told.")).to_be_visible()
        assert any(
            "This shift is yours: 2 " in words for number, words in await d.village.sent() if number == ANN
        )


async def test_the_page_says_who_is_on_duty_now(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        await client.post("/shifts", {**DESK, "duty": "on"})
        ann = await d.store.read(resident_by_number, ANN)
        assert ann is not None
        await client.post("/shifts/1/give", {"helper": str(ann.id)})
        assert "Margaret Oakes" in (await client.get("/shifts/now")).text.split("<h2>")[1]
        await d.village.move_to(datetime(2026, 3, 2, 14, 5, tzinfo=UTC))
        client = await d.client(Role.ORGANISER)
        duty = (await client.get("/shifts/now")).text.split("<h2>")[1]
        assert ("Ann Whitlock" in duty, "Margaret Oakes" in duty) == (True, False)
        observer = await d.client(Role.OBSERVER)
        assert "Ann Whitlock" not in (await observer.get("/shifts")).text
        assert (await observer.post("/shifts", DESK)).status == 403


async def test_what_cannot_be_is_explained_and_nothing_is_changed(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        past = await client.post("/shifts", {**DESK, "day": "2026-01-01"})
        assert (past.status, "That is over already." in past.text) == (422, True)
        assert (await client.post("/shifts", {**DESK, "day": "soon"})).status == 422
        assert await d.store.read(shifts_ahead) == []
        await client.post("/shifts", DESK)
        await client.post("/shifts/1/cancel", {})
        await client.post("/shifts/1/free", {})
        assert "could not go that way" in (await client.get("/shifts")).text
