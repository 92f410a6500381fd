"""What residents tell a coordinator about their texts and their data is done as if they had texted it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.store.accounts import Role
from gateway.store.announcements import choices
from gateway.store.consents import FlowConsent, consents, keep_consent
from gateway.store.database import Tx
from gateway.store.journal import latest_entries
from gateway.store.people import resident_by_number
from gateway.store.privacy import asked_to_forget
from gateway.store.tokens import add_token
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard

ADA = "+447700900151"
WORDS = "my neighbour's dog barks all night"


async def met(d: Dashboard, *texts: str) -> int:
    """Let Ada text, and give her id."""
    for words in texts or ("MENU",):
        await d.village.text(ADA, words)
    found = await d.store.read(resident_by_number, ADA)
    assert found is not None
    return found.id


async def deeds(d: Dashboard) -> list[str]:
    """Give what was done, the newest first."""
    return [entry.action for entry in await d.store.read(latest_entries)]


async def test_a_kind_of_text_is_stopped_and_wanted_again_on_the_page(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        ada = await met(d, "STOP EVENTS")
        page = (await d.page(browser, Role.ORGANISER, javascript=False)).page
        await page.goto(f"/people/{ada}")
        await expect(page.get_by_label("Events")).to_have_value("no")
        await expect(page.get_by_label("News")).to_have_value("")
        await page.get_by_label("Events").select_option("wants them")
        await page.get_by_label("Reminders").select_option("wants none")
        await page.get_by_role("button", name="Keep what they want").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        assert await d.store.read(choices, ada) == {"events": True, "reminders": False}
        assert sorted((await deeds(d))[:2]) == ["people.wants", "people.wants_none"]
        told = [data for kind, data in await d.village.events() if kind.startswith("announcement.")]
        assert told[-2:] == [{"category": "events"}, {"category": "reminders"}]
        await page.get_by_role("button", name="Keep what they want").click()
        await expect(page.get_by_text("Nothing was different")).to_be_visible()


async def test_a_consent_to_another_system_is_taken_back(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        ada, client = await met(d), await d.client(Role.ORGANISER)

        def agree(tx: Tx) -> None:
            token = add_token(tx, kind="api", name="surveys", prefix="p", hashed="1f", now=d.now)
            keep_consent(tx, FlowConsent(ada, "survey", "on paper", date(2026, 3, 1), token, d.now))

        await d.store.write(agree)
        assert "on paper" in (await client.get(f"/people/{ada}")).text
        await client.post(f"/people/{ada}/consent", {"flow": "survey"})
        assert await d.store.read(consents, ada) == []
        assert (await deeds(d))[0] == "people.consent_withdrawn"
        assert (await client.post(f"/people/{ada}/consent", {"flow": "survey"})).status == 422


async def test_whoever_asks_a_coordinator_is_forgotten_as_by_text(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        ada = await met(d, WORDS)
        page = (await d.page(browser)).page
        await page.goto(f"/people/{ada}")
        await page.get_by_text("They asked to be forgotten").click()
        await axe(page)
        await page.get_by_label("Yes, they asked for it themselves").check()
        await page.get_by_role("button", name="Erase it all").click()
        await expect(page.get_by_text("What they wrote is erased.").first).to_be_visible()
        await expect(page.get_by_text("goes as soon as nothing needs it")).to_be_visible()
        assert await d.store.read(asked_to_forget) == [ada]
        assert (await deeds(d))[0] == "people.forgotten"
        assert [kind for kind, _ in await d.village.events()][-1] == "resident.forget_asked"
        (told,) = [words for number, words in await d.village.sent() if number == ADA]
        assert told.startswith("What you told us is erased.")
        assert WORDS not in (await (await d.client()).get(f"/conversations/{ada}")).text


async def test_nobody_is_forgotten_unsure_or_while_a_list_would_bring_them_back(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        ada, client = await met(d, WORDS), await d.client()
        await client.post(f"/people/{ada}/forget", {})
        assert "Nothing was erased" in (await client.get(f"/people/{ada}")).text
        ann = await d.store.read(resident_by_number, "+447700900021")
        assert ann is not None
        page = (await client.get(f"/people/{ann.id}")).text
        assert "Take them out of the lists first" in page
        assert "Erase it all" not in page
        await client.post(f"/people/{ann.id}/forget", {"sure": "on"})
        assert await d.store.read(asked_to_forget) == []


async def test_who_may_not_forget_or_change_does_not(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        ada = await met(d, WORDS)
        organiser, observer = await d.client(Role.ORGANISER), await d.client(Role.OBSERVER)
        assert (await organiser.post(f"/people/{ada}/forget", {"sure": "on"})).status == 403
        assert "Erase it all" not in (await organiser.get(f"/people/{ada}")).text
        for deed in ("kinds", "consent", "forget"):
            assert (await observer.post(f"/people/{ada}/{deed}", {})).status == 403
        assert await d.store.read(asked_to_forget) == []
