"""Votes: made step by step, previewed, voted in by text, closed, and reported on with every round."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from gateway.store.polls import poll_by_key
from gateway.web.words import catalogue
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard

ROSE = "+447700900123"
POLL = {
    "question.en": "Which tree shall we plant?",
    "options.en": "Oak\nElm\nAsh",
    "method": "plurality",
    "seats": "1",
    "tie_rule": "listed",
    "quorum": "0",
    "opens": "2026-03-02T09:00",
    "closes": "2026-03-20T18:00",
    "publish": "at_close",
}


async def voted(d: Dashboard, *words: str) -> str:
    heard = [""]
    for body in words:
        heard = await d.village.text(ROSE, body)
    return " ".join(heard)


async def test_a_poll_is_made_voted_in_closed_and_its_report_read(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser)).page
        await page.goto("/votes/new")
        await page.get_by_label("Question (English)").fill("Which tree shall we plant?")
        await page.get_by_label("Options, one a line (English)").fill("Oak\nElm <b>\nAsh")
        await page.get_by_label("Opens", exact=True).fill("2026-03-02T09:00")
        await page.get_by_label("Closes", exact=True).fill("2026-03-20T18:00")
        await page.get_by_label("Tell every member").uncheck()
        await page.get_by_role("button", name="Keep it and look at it").click()
        await expect(page.get_by_role("heading", name="What members read and hear")).to_be_visible()
        await expect(page.get_by_text("Elm <b>").first).to_be_visible()
        await axe(page)
        await page.get_by_role("button", name="Open it at its time").click()
        await expect(page.get_by_text("open", exact=True)).to_be_visible()
        heard = await voted(d, "VOTE")
        number = next(line for line in heard.splitlines() if "Which tree" in line).split()[0]
        await voted(d, number, "oak", "yes")
        await expect(page.locator("#turnout").get_by_text("1 of ")).to_be_visible()
        await expect(page.get_by_text("Nothing of the result is shown")).to_be_visible()
        assert "wins" not in await page.content()
        await page.get_by_role("button", name="Close it now").click()
        await expect(page.get_by_text("Decided: Oak")).to_be_visible()
        await expect(page.get_by_role("row", name="Oak wins 1")).to_be_visible()
        await axe(page)
        client = await d.client(Role.OBSERVER)
        report = (await client.get(page.url.removeprefix(d.address) + "/report")).text
        assert "Which tree shall we plant?" in report
        assert "Oak" in report


async def test_what_can_be_voted_on_now_comes_before_what_opens_next_year(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        shown = (await (await d.client(Role.OBSERVER)).get("/votes")).text
        assert shown.index("Where shall the new bench go?") < shown.index("Where shall the summer outing go?")


async def test_nothing_of_an_open_poll_can_be_had(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        assert (await client.get("/votes/bench/report")).status == 404
        assert (await client.get("/votes/bench/change")).location == "/votes/bench"
        assert (await client.get("/votes/nothing")).status == 404


async def test_a_poll_that_was_closed_early_says_when(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        poll = await d.store.read(poll_by_key, "bench")
        assert poll is not None
        planned, moment = f"{poll.closes_at:%Y-%m-%dT}", f'datetime="{d.now:%Y-%m-%dT%H:%M}'
        assert planned in (await client.get("/votes/bench")).text
        await client.post("/votes/bench/close", {})
        for path in ("/votes/bench", "/votes"):
            after = (await client.get(path)).text
            assert moment in after
        assert planned not in (await client.get("/votes/bench")).text


async def test_a_report_says_in_words_why_somebody_could_not_vote(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text("+447700900401", "VOTE")
        client = await d.client()
        assert (await client.post("/votes/bench/close", {})).status == 303
        shown = (await client.get("/votes/bench")).text
        assert "from a number of no member: 1" in shown
        assert "What you can do" not in shown, "there is nothing left to do about it"


async def test_every_reason_that_a_report_prints_has_words_on_the_page() -> None:
    reasons = ("early", "late", "stranger", "wrong_pin", "locked", "not_on_roll", "again", "invalid")
    assert {f"votes.reason_{reason}" for reason in reasons} <= catalogue("en").keys()


async def test_a_mistake_is_told_and_what_was_typed_is_kept(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        for change, words in (
            ({"options.en": "Oak"}, "two options at least"),
            ({"closes": "2026-03-01T09:00"}, "close after it opens"),
            ({"opens": "tomorrow"}, "A day and a time are needed"),
            ({"question.en": ""}, "A question is needed"),
            ({"method": "coin"}, "Please choose one of what is offered"),
        ):
            answer = await client.post("/votes", POLL | change)
            assert answer.status == 422
            assert words in answer.text
            assert "Elm" in answer.text or "options.en" in change
        assert len([1 for _ in (await client.get("/votes")).text.split("vote_")]) == 1, "nothing was kept"


async def test_a_vote_on_paper_is_entered_once_and_counted_as_such(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        page = (await client.get("/votes/bench")).text
        member = page.split('<select id="member" name="member"><option value="')[1].split('"')[0]
        paper = {"member": member, "how": "post", "option": "pond"}
        assert (await client.post("/votes/bench/enter", paper)).status == 303
        assert "By post: 1." in (await client.get("/votes/bench")).text
        await client.post("/votes/bench/enter", paper)
        assert "has voted already" in (await client.get("/votes/bench")).text


async def test_a_member_is_let_in_and_gets_a_pin_that_is_shown_once(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        for words in ("JOIN", "Rosa Lane", "2", "1"):
            await d.village.text("+447700900180", words)
        client = await d.client()
        page = (await client.get("/votes")).text
        assert "Rosa Lane" in page
        wish = page.split('action="/votes/members/approve"><input type="hidden" name="id" value="')[1]
        assert (await client.post("/votes/members/approve", {"id": wish.split('"')[0]})).status == 303
        page = (await client.get("/votes")).text
        row = page.split("Rosa Lane")[1]
        member = row.split('action="/votes/members/pin"><input type="hidden" name="id" value="')[1].split(
            '"'
        )[0]
        answer = await client.post("/votes/members/pin", {"id": member})
        assert "kept nowhere" in answer.text
        pin = answer.text.split('<p class="code long">')[1][:4]
        assert pin.isdigit()
        assert pin not in (await client.get("/votes")).text.replace("900" + pin, "")
        assert "gave a member a new PIN" in (await client.get("/log")).text
        await d.village.move_to(d.now + timedelta(minutes=1))


async def test_only_coordinators_make_and_steer_polls(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        for role in (Role.ORGANISER, Role.OBSERVER):
            client = await d.client(role)
            assert (await client.get("/votes/new")).status == 403
            assert (await client.post("/votes", POLL)).status == 403
            assert (await client.post("/votes/bench/close")).status == 403
            assert (await client.post("/votes/members/pin", {"id": "1"})).status == 403
