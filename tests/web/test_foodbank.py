"""The food bank's page: who waits, what they need, when there is room, and how each referral ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store import help_foodbank as store_foodbank
from gateway.store.accounts import Role
from gateway.store.help_settings import keep_foodbank
from gateway.store.journal import latest_entries
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard

JOAN, OMAR = "+447700900141", "+447700900142"
HOUSEHOLD = ("FOODBANK", "2", "1", "other", "nothing with gelatine", "peanuts", "microwave", "QX-77")


async def ask(d: Dashboard, number: str) -> None:
    """Let a household ask to collect a parcel at the first time there is."""
    for words in (*HOUSEHOLD, "1", "1"):
        await d.village.text(number, words)


async def heard(d: Dashboard, number: str) -> list[str]:
    """Give what somebody was texted."""
    return [words for to, words in await d.village.sent() if to == number]


async def test_a_parcel_is_given_another_time_and_handed_out(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.ORGANISER)).page
        await page.goto("/help")
        await page.get_by_role("link", name="Food bank").click()
        await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
        await ask(d, JOAN)
        card = page.locator("#foodbank .card")
        for words in ("2 adults, 1 child", "nothing with gelatine", "peanuts", "A microwave", "QX-77"):
            await expect(card).to_contain_text(words)
        await expect(page.get_by_text("1 of 12")).to_be_visible()
        await axe(page)
        await card.get_by_role("link").click()
        await page.get_by_label("Time", exact=True).select_option("round@2026-03-05")
        await page.get_by_role("button", name="Give it and tell them").click()
        await expect(page.get_by_text("no address is known")).to_be_visible()
        await page.get_by_label("Time", exact=True).select_option("round@2026-03-05")
        await page.get_by_label("Address").fill("4 Mill Lane")
        await page.get_by_role("button", name="Give it and tell them").click()
        await expect(page.get_by_text("They have that time, and were told.")).to_be_visible()
        await axe(page)
        told = (await heard(d, JOAN))[-1]
        assert "We bring your food parcel" in told
        assert "Thursday" in told
        await page.goto("/help/foodbank")
        await card.get_by_role("button", name="Parcel given").click()
        await expect(page.get_by_text("Marked as given.")).to_be_visible()
        await expect(card).to_have_count(0)
        await page.locator("#foodbank ul.plain a").click()
        await expect(page.get_by_text("Parcel given (Omar Reed)")).to_be_visible()
        deeds = [entry.action for entry in await d.store.read(latest_entries)]
        assert deeds[:2] == ["foodbank.give", "foodbank.time"]


async def test_a_full_time_is_given_only_where_somebody_says_so(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        bank = d.village.turns.community.foodbank
        assert bank is not None
        for number in (JOAN, OMAR):
            await ask(d, number)
        small = replace(bank, slots=[replace(bank.slots[0], capacity=1)])
        await d.store.write(keep_foodbank, small)
        client = await d.client(Role.ORGANISER)
        tuesday = {"time": "tuesday@2026-03-10"}
        assert (await client.post("/help/foodbank/1/time", tuesday)).status == 303
        await client.post("/help/foodbank/2/time", tuesday)
        first, second = await d.store.read(store_foodbank.open_referrals)
        assert first.slot_date != second.slot_date
        assert "is full by now" in (await client.get("/help/foodbank/2")).text
        await client.post("/help/foodbank/2/time", {**tuesday, "crowd": "on"})
        first, second = await d.store.read(store_foodbank.open_referrals)
        assert first.slot_date == second.slot_date
        assert "2 of 1 (full)" in (await client.get("/help/foodbank/2")).text


async def test_a_cancelled_parcel_is_told_of_and_its_place_is_free(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await ask(d, JOAN)
        client = await d.client(Role.ORGANISER)
        assert "1 of 12" in (await client.get("/help/foodbank")).text
        await client.post("/help/foodbank/1/cancel")
        assert "is cancelled" in (await heard(d, JOAN))[-1]
        after = (await client.get("/help/foodbank")).text
        assert "1 of 12" not in after
        await client.post("/help/foodbank/1/give")
        assert "It could not go that way" in (await client.get("/help/foodbank")).text


async def test_an_observer_sees_no_name_and_nothing_of_what_a_household_eats(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await ask(d, JOAN)
        observer = await d.client(Role.OBSERVER)
        for path in ("/help/foodbank", "/help/foodbank/1"):
            seen = (await observer.get(path)).text
            for private in (JOAN, "gelatine", "peanuts", "microwave", "QX-77"):
                assert private not in seen
            assert "2 adults, 1 child" in seen
        assert (await observer.post("/help/foodbank/1/give")).status == 403
        assert (await observer.post("/help/foodbank/1/time", {"time": "friday@2026-03-06"})).status == 403


async def test_a_household_for_which_there_is_no_room_waits_on_now_until_it_has_a_time(
    tmp_path: Path,
) -> None:
    async with dashboard(tmp_path) as d:
        bank = d.village.turns.community.foodbank
        assert bank is not None
        full = replace(bank, slots=[replace(slot, capacity=0) for slot in bank.slots])
        await d.store.write(keep_foodbank, full)
        for words in HOUSEHOLD:
            await d.village.text(JOAN, words)
        client = await d.client(Role.ORGANISER)
        assert "1 household has no time yet" in (await client.get("/")).text
        seen = (await client.get("/help/foodbank")).text
        assert "Waiting for a time (1)" in seen
        assert "Find a time" in seen
        await client.post("/help/foodbank/1/time", {"time": "friday@2026-03-06", "crowd": "on"})
        assert "Friday 6 March" in (await heard(d, JOAN))[-1]
        assert "no time yet" not in (await client.get("/")).text


async def test_where_there_is_no_food_bank_the_page_says_how_to_have_one(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.store.write(keep_foodbank, None)
        client = await d.client(Role.ORGANISER)
        assert "foodbank.toml" in (await client.get("/help/foodbank")).text
