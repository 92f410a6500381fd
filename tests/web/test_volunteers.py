"""The volunteers' page: what each offers, how often they were asked, and a pause by a coordinator's hand."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from gateway.store import volunteers as store_volunteers
from gateway.store.accounts import Role
from gateway.store.community import install
from gateway.store.database import Tx
from gateway.store.journal import latest_entries
from gateway.store.people import resident_by_number
from gateway.web.pages.volunteers import hours_in_words
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard
from tests.web.test_help import ANN, GRACE, ROSE, insulin


async def id_of(d: Dashboard, number: str) -> int:
    """Give the id of whoever has a number."""
    found = await d.store.read(resident_by_number, number)
    assert found is not None
    return found.id


async def test_a_volunteer_is_seen_with_what_they_offer_and_were_asked(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        await offered(d)
        page = (await d.page(browser, Role.ORGANISER)).page
        await page.goto("/help")
        await page.get_by_role("link", name="Volunteers").click()
        ann = page.locator(".card").filter(has_text="Ann Whitlock")
        await expect(ann).to_contain_text("Mon–Fri 09:00–17:00")
        await expect(ann).to_contain_text("Mill Lane")
        await expect(ann).to_contain_text("1 of 3")
        await expect(page.locator(".card").filter(has_text="Bill Fairley")).to_contain_text("any time")
        await axe(page)
        await ann.get_by_role("link").click()
        await expect(page.get_by_text("no answer yet")).to_be_visible()
        await page.get_by_label("Ask them again from").fill("2026-03-16")
        await page.get_by_role("button", name="Give them a pause").click()
        await expect(page.get_by_text("They have a pause, and were told.")).to_be_visible()
        await expect(page.get_by_text("paused until 16 Mar 2026")).to_be_visible()
        await axe(page)
        assert (await heard(d, ANN))[-1].startswith("We ask you nothing until Monday 16 March")
        await page.get_by_role("button", name="Ask them again").click()
        await expect(page.get_by_text("They are asked again, and were told.")).to_be_visible()
        assert "Welcome back" in (await heard(d, ANN))[-1]
        deeds = [entry.action for entry in await d.store.read(latest_entries)]
        assert deeds[:2] == ["volunteers.resume", "volunteers.pause"]


async def offered(d: Dashboard) -> set[str]:
    """Let Rose ask to the end, and give whom it was offered to."""
    await insulin(d)
    for words in ("Rose Hill", "text"):
        await d.village.text(ROSE, words)
    return {number for number, words in d.village.to_others if "Can you help?" in words}


async def heard(d: Dashboard, number: str) -> list[str]:
    """Give what somebody was texted."""
    return [words for to, words in await d.village.sent() if to == number]


async def test_whoever_is_given_a_pause_is_asked_nothing_and_their_offers_go_to_others(
    tmp_path: Path,
) -> None:
    async with dashboard(tmp_path) as d:
        ann, client = await id_of(d, ANN), await d.client(Role.ORGANISER)
        await client.post(f"/help/volunteers/{ann}/pause", {"until": ""})
        asked = await offered(d)
        assert GRACE in asked
        assert ANN not in asked
        assert "paused until they say BACK" in (await client.get("/help/volunteers")).text
        for until in ("2026-03-02", "2028-01-01", "soon"):
            await client.post(f"/help/volunteers/{ann}/pause", {"until": until})
            seen = (await client.get(f"/help/volunteers/{ann}")).text
            assert "paused until they say BACK" in seen


async def test_a_changed_limit_outlives_a_restart_until_the_file_says_something_new(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        ann, client = await id_of(d, ANN), await d.client(Role.ORGANISER)
        assert (await client.post(f"/help/volunteers/{ann}/limit", {"weekly_offers": "1"})).status == 303
        community = d.village.turns.community
        await d.store.write(install, community, d.now, trusted=True)
        changed = await d.store.read(store_volunteers.volunteer, ann)
        assert changed is not None
        assert changed.weekly_offers == 1

        def file_says(tx: Tx, weekly_offers: int) -> int:
            store_volunteers.install_volunteer(tx, ann, ["medicine"], [], [], weekly_offers)
            found = store_volunteers.volunteer(tx, ann)
            assert found is not None
            return found.weekly_offers

        assert await d.store.write(file_says, 5) == 5
        assert await d.store.write(file_says, 3) == 3


async def test_an_observer_changes_nothing_and_learns_no_name(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        ann, observer = await id_of(d, ANN), await d.client(Role.OBSERVER)
        for path in ("/help/volunteers", f"/help/volunteers/{ann}"):
            seen = (await observer.get(path)).text
            assert "Whitlock" not in seen
            assert f"Resident {ann}" in seen
        for deed in ("pause", "resume", "limit"):
            assert (await observer.post(f"/help/volunteers/{ann}/{deed}", {})).status == 403


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], []),
        ([(day, time(9), time(17)) for day in range(5)], ["Mon–Fri 09:00–17:00"]),
        (
            [(0, time(9), time(12)), (2, time(9), time(12)), (3, time(9), time(12)), (0, time(14), time(16))],
            ["Mon 09:00–12:00", "Mon 14:00–16:00", "Wed–Thu 09:00–12:00"],
        ),
    ],
)
def test_days_in_a_row_with_the_same_times_are_said_together(
    hours: list[tuple[int, time, time]], words: list[str]
) -> None:
    assert hours_in_words(hours, "en") == words
