"""The board: an idea is let through, joined by text, given a meeting, and seen to its end."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store import privacy
from gateway.store.accounts import Role
from gateway.store.board import idea
from gateway.store.people import resident_by_number
from tests.web.axe import axe
from tests.web.site import dashboard

ROSE, BEN = "+447700900123", "+447700900124"


async def test_an_idea_is_let_through_planned_and_done(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser)).page
        await page.goto("/board")
        await d.village.text(ROSE, "SOMEBODY should mend teh bench")
        await expect(page.get_by_role("heading", name="mend teh bench")).to_be_visible()
        await page.get_by_role("link", name="1 ").click()
        await page.get_by_label("What everybody reads").fill("mend the bench")
        await page.get_by_label("So many people").fill("2")
        await page.get_by_role("button", name="Let it through").click()
        await expect(page.get_by_text("On the board", exact=True)).to_be_visible()
        assert any(
            number == ROSE and "1: mend the bench" in words for number, words in await d.village.sent()
        )
        assert "that is enough people" in (await d.village.text(BEN, "ME 1"))[0]
        await page.reload()
        await page.get_by_label("When they first meet").fill("2026-03-07T10:00")
        await page.get_by_label("Where they meet").fill("Village hall")
        await page.get_by_role("button", name="Set it and tell").click()
        await expect(page.get_by_text("The meeting is set")).to_be_visible()
        await axe(page)
        told = dict(await d.village.sent())
        assert "you meet on Saturday 7 March at 10 am: Village hall" in told[ROSE]
        assert "Village hall" in told[BEN]
        await d.village.move_to(datetime(2026, 3, 6, 18, tzinfo=UTC))
        assert sorted(number for number, words in await d.village.sent() if words.startswith("Tomorrow")) == [
            ROSE,
            BEN,
        ]
        client = await d.client(Role.ORGANISER)  # everybody else's visit has run out by now
        await client.post("/board/1/complete", {"outcome": "It has a new seat"})
        assert "It has a new seat" in (await client.get("/board/1")).text
        assert {number for number, words in await d.village.sent() if "is done" in words} == {ROSE, BEN}


async def test_what_is_kept_off_the_board_is_erased_and_nobody_else_hears_it(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "SOMEBODY should look into Mr Crane's shed")
        client = await d.client(Role.OBSERVER)
        assert "Crane" not in (await client.get("/board")).text
        assert (await client.post("/board/1/refuse", {})).status == 403
        client = await d.client(Role.ORGANISER)
        await client.post("/board/1/refuse", {})
        [(number, words)] = await d.village.sent()
        assert (number, "does not go on the board" in words) == (ROSE, True)
        assert "Crane" not in (await client.get("/board/1")).text
        answer = await client.post("/board/1/let_through", {"what": "x", "enough": "4"})
        assert answer.location == "/board/1"
        assert "could not go that way" in (await client.get("/board/1")).text


async def test_the_log_tells_what_a_coordinator_let_through_by_text(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "SOMEBODY should mend the bench")
        await d.village.text("+447700900001", "LET 1")
        margaret = await d.store.read(resident_by_number, "+447700900001")
        assert margaret is not None
        client = await d.client(Role.OBSERVER)
        assert f"by the text of resident {margaret.id} (board:1)" in (await client.get("/log")).text
        await d.village.text("+447700900001", "LET 1")
        assert (await client.get("/log")).text.count("by the text of") == 1


async def test_whoever_is_forgotten_is_off_the_board_and_what_is_public_stays(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "SOMEBODY should mend the bench")
        await d.village.text(ROSE, "SOMEBODY should ask me about it")
        await d.village.text("+447700900001", "LET 1")
        rose = await d.store.read(resident_by_number, ROSE)
        assert rose is not None
        await d.store.write(lambda tx: privacy.erase_person(tx, rose.id, d.now, keep_number=False))
        public, unread = await d.store.read(idea, 1), await d.store.read(idea, 2)
        assert public is not None
        assert unread is not None
        assert (public.what, public.resident_id, public.joined) == ("mend the bench", None, 0)
        assert (unread.what, unread.resident_id) == ("", None)


async def test_a_meeting_needs_a_time_that_is_still_to_come(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "SOMEBODY should mend the bench")
        client = await d.client(Role.ORGANISER)
        await client.post("/board/1/let_through", {"what": "mend the bench", "enough": "4"})
        await client.post("/board/1/plan", {})
        await client.post("/board/1/meeting", {"meets": "2020-01-01T10:00", "where": "Hall"})
        assert "That time is over already." in (await client.get("/board/1")).text
        await client.post("/board/1/meeting", {"meets": "soon", "where": "Hall"})
        assert "That is no day and time." in (await client.get("/board/1")).text
