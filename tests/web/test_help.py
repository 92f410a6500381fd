"""Help: a request comes in, is offered, claimed and seen through, on the board and by text."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from gateway.store.people import resident_by_number
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard

ROSE = "+447700900123"
ANN, GRACE = "+447700900021", "+447700900026"


async def insulin(d: Dashboard) -> None:
    """Let Rose ask for her medicine, and be answered to the end."""
    for words in ("HELP need my insulin collected from the chemist", "today", "medicine", "Mill Lane"):
        await d.village.text(ROSE, words)


async def test_a_request_is_offered_on_the_page_and_seen_claimed(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser)).page
        await page.goto("/help")
        await insulin(d)
        card = page.locator(".card").filter(has_text="need my insulin collected")
        await expect(card).to_be_visible()
        await card.get_by_role("link").first.click()
        await page.get_by_label("Grace Adeyemi").check()
        await page.get_by_role("button", name="Offer").click()
        await expect(page.get_by_text("It was offered.")).to_be_visible()
        offers = [words for number, words in await d.village.sent() if number == GRACE]
        assert offers
        assert ROSE not in offers[-1]
        code = re.search(r"YES (\w+)", offers[-1])
        assert code is not None
        await d.village.text(GRACE, f"YES {code[1]}")
        await expect(page.get_by_text("helped by Grace Adeyemi")).to_be_visible()
        await axe(page)


async def test_a_card_is_moved_by_keyboard_and_by_mouse(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        await insulin(d)
        page = (await d.page(browser)).page
        await page.goto("/help")
        card = page.locator(".card").filter(has_text="insulin")
        await card.get_by_role("combobox").focus()
        await card.get_by_role("combobox").select_option("fail")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("It did not work out, and they were told.")).to_be_visible()
        await d.village.text("+447700900134", "HELP my gate is broken")
        card = page.locator(".card").filter(has_text="gate is broken")
        await expect(card).to_be_visible()
        await card.drag_to(page.locator(".drop").first)
        await expect(page.get_by_text("It is done.")).to_be_visible()
        await expect(page.locator(".card")).to_have_count(0)


async def test_notes_sorting_and_history_stand_with_the_request(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await insulin(d)
        client = await d.client(Role.ORGANISER)
        answer = await client.post("/help/1/note", {"words": "Rang her: <i>back door</i> is open"})
        assert answer.status == 303
        answer = await client.post(
            "/help/1/sort",
            {"category": "medicine", "urgency": "today", "area": "", "wanted_on": "2026-03-02"},
        )
        assert answer.status == 303
        page = (await client.get("/help/1")).text
        assert "Monday, 2 March 2026" in page, "a day is written as people say it"
        assert "Rang her: &lt;i&gt;back door&lt;/i&gt; is open" in page
        assert "Omar Reed saw to it" in page or "Omar Reed left a note" in page
        assert (await client.post("/help/1/sort", {"category": "nothing", "urgency": ""})).status == 422
        assert (await client.post("/help/1/duplicate", {"of": "77"})).status == 422
        assert (await client.post("/help/77/note", {"words": "x"})).status == 422
        assert (await client.get("/help/77")).status == 404


async def test_an_impossible_move_is_told_and_changes_nothing(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await insulin(d)
        client = await d.client(Role.ORGANISER)
        await client.post("/help/1/move", {"move": "withdraw"})
        await client.get("/help/1")
        assert (await client.post("/help/1/move", {"move": "complete"})).location == "/help/1"
        page = (await client.get("/help/1")).text
        assert "could not go that way" in page
        assert "Taken back" in page


async def test_an_observer_sees_how_many_and_of_whom_nothing(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await insulin(d)
        client = await d.client(Role.OBSERVER)
        for path in ("/help", "/help/board", "/help/1"):
            page = (await client.get(path)).text
            assert "insulin" not in page
            assert ROSE not in page
        assert (await client.post("/help/1/move", {"move": "complete"})).status == 403


async def test_an_unsorted_request_is_offered_and_claimed_in_words_that_make_sense(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(
            ROSE, "HELP my garden gate has come off and I cannot get my bins out to the road."
        )
        client = await d.client(Role.ORGANISER)
        grace = await d.store.read(resident_by_number, GRACE)
        assert grace is not None
        await client.post("/help/1/offer", {"volunteer": str(grace.id)})
        (offer,) = [words for number, words in await d.village.sent() if number == GRACE]
        code = re.search(r"YES (\w+)", offer)
        assert code is not None
        assert offer.startswith(f"Can you help? {code[1]}: Help for a neighbour. Text YES")
        (won,) = await d.village.text(GRACE, f"YES {code[1]}")
        assert "out to the road. Place not known yet. Any time. Then DONE" in won
        (told,) = [words for number, words in d.village.to_others if number == ROSE]
        assert told.endswith("my garden gate has come off and I ...")
