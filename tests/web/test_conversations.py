"""Conversations: read, found, taken over, answered and handed back, in a real browser and without scripts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.config import Limits
from gateway.price import Price
from gateway.store.accounts import Role
from gateway.store.people import resident_by_number
from gateway.store.threads import assigned_to
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard

ROSE, GEORGE = "+447700900123", "+447700900134"


async def thread_of(d: Dashboard, number: str = ROSE) -> str:
    found = await d.store.read(resident_by_number, number)
    assert found is not None
    return f"/conversations/{found.id}"


async def test_a_coordinator_reads_along_answers_and_hands_back(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        d.gateway.limits = Limits((), text_price=Price(Decimal("0.05"), "GBP"))
        await d.village.text(ROSE, "LIFT")
        page = (await d.page(browser, width=360)).page
        await page.goto(await thread_of(d))
        await expect(page.get_by_text("Where shall we pick you up?")).to_be_visible()
        await d.village.text(ROSE, "near the <b>oak</b> tree")
        await expect(page.get_by_text("near the <b>oak</b> tree")).to_be_visible()
        await page.get_by_label("Your words").fill("Hello Rose, Maria here. Which oak tree?")
        await expect(page.locator("#parts")).to_have_text("1 text · £0.05")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Hello Rose, Maria here.")).to_be_visible()
        await expect(page.get_by_text("Maria Hill answers")).to_be_visible()
        await d.village.sent()
        assert await d.village.text(ROSE, "the one on the green") == []
        await page.get_by_role("button", name="Hand back to the flow").click()
        await expect(page.get_by_text("The flow goes on where it stood.")).to_be_visible()
        ((number, asked),) = await d.village.sent()
        assert (number, "Where shall we pick you up?" in asked) == (ROSE, True)
        await axe(page)


async def test_all_of_it_works_without_scripts(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(GEORGE, "PERSON")
        page = (await d.page(browser, Role.ORGANISER, javascript=False)).page
        await page.goto("/conversations")
        await page.get_by_role("region", name="1 waits for a person").get_by_role("link").click()
        await page.get_by_label("Your words").fill("Hello George, how can we help?")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Hello George, how can we help?")).to_be_visible()
        await page.goto("/conversations")
        await expect(page.get_by_text("waits for a person")).to_have_count(0)


async def test_whoever_waits_longest_is_first_and_a_search_finds_by_any_part(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        for number in (GEORGE, ROSE):
            await d.village.text(number, "PERSON")
        client = await d.client(Role.ORGANISER)
        listed = (await client.get("/conversations")).text
        assert listed.index("2 wait for a person") < listed.index(GEORGE) < listed.index(ROSE)
        found = (await client.get("/conversations?q=900134")).text
        assert GEORGE in found
        assert ROSE not in found


async def test_what_cannot_be_sent_is_said_and_what_was_typed_is_kept(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "HELLO")
        client = await d.client(Role.ORGANISER)
        path = await thread_of(d)
        long = "please come to the hall " * 29
        answer = await client.post(path + "/reply", {"body": long})
        assert answer.status == 422
        assert "more than four texts" in answer.text
        assert long.strip() in answer.text
        await d.village.text(ROSE, "STOP")
        answer = await client.post(path + "/reply", {"body": "Hello?"})
        assert answer.status == 422
        assert "nothing may be sent until they text START" in answer.text


async def test_an_observer_sees_no_names_numbers_or_words_and_does_nothing(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "HELP with my insulin please")
        client = await d.client(Role.OBSERVER)
        path = await thread_of(d)
        for page in ("/conversations", "/conversations?q=insulin", path, path + "/entries"):
            answer = await client.get(page)
            assert answer.status == 200
            assert ROSE not in answer.text
            assert "insulin please" not in answer.text
        for deed in ("reply", "take", "back", "close", "assign"):
            assert (await client.post(f"{path}/{deed}", {"body": "x", "to": "1"})).status == 403
        assert (await client.get("/recordings/1")).status == 403


async def test_every_deed_stands_in_the_log_without_a_name_or_number(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.village.text(ROSE, "LIFT")
        client = await d.client(Role.COORDINATOR)
        other = await d.account(Role.ORGANISER)
        path = await thread_of(d)
        for deed in ("take", "assign", "reply", "back", "close"):
            answer = await client.post(f"{path}/{deed}", {"body": "Good morning", "to": str(other)})
            assert answer.status == 303, deed
        log = (await client.get("/log")).text
        for words in (
            "took over",
            "asked somebody else",
            "replied to",
            "handed a conversation back",
            "closed",
        ):
            assert words in log
        assert ROSE not in log
        assert "Good morning" not in log


async def test_a_thread_that_is_not_there_is_a_page_in_words(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        assert (await client.get("/conversations/99999")).status == 404
        assert (await client.post("/conversations/99999/take")).status == 422
        assert (await client.get("/conversations?before=rubbish~x")).status == 200
        assert (await client.get("/conversations/1?before=rubbish")).status in (200, 404)


async def test_whoever_has_never_written_can_be_written_to_and_given_to_somebody(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.ORGANISER)
        other = await d.account(Role.COORDINATOR)
        member = "+447700900001"  # on the community's lists
        path = await thread_of(d, member)
        resident_id = int(path.rpartition("/")[2])
        assert (await client.post(f"{path}/assign", {"to": str(other)})).status == 303
        assert await d.store.read(assigned_to, resident_id) == other
        assert (await client.post(f"{path}/reply", {"body": "Are you in on Monday?"})).status == 303
        assert path in (await client.get("/conversations")).text
