"""An emergency goes to one coordinator after the other until somebody sees to it, and then to nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.store import people
from gateway.store.accounts import Role, add_account
from gateway.store.database import Tx
from gateway.store.help_urgent import alarms_to_repeat
from gateway.store.urgent import open_urgent, take_urgent
from tests.village import Village, ashby

ROSE = "+447700900123"
MARGARET, DANIEL = "+447700900001", "+447700900002"
CRY = "my husband has collapsed"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def told(village: Village, minutes: int) -> list[str]:
    """Let minutes pass one by one; give whom something was texted to meanwhile, in order."""
    for _ in range(minutes):
        await village.move_to(village.hands.now + MINUTE)
    return [number for number, _ in await village.sent()]


async def test_whoever_is_on_duty_is_told_first_and_then_the_next_again_and_again(village: Village) -> None:
    await village.text(ROSE, CRY)
    assert [number for number, _ in village.to_others] == [MARGARET]
    assert await told(village, 16) == [DANIEL, MARGARET, DANIEL]


async def test_after_an_hour_it_goes_on_more_slowly_and_never_stops(village: Village) -> None:
    await village.text(ROSE, CRY)
    assert len(await told(village, 60)) == 12
    assert len(await told(village, 60)) == 4


async def test_got_it_ends_it_for_everybody(village: Village) -> None:
    await village.text(ROSE, CRY)
    await told(village, 6)
    assert "Please ring: +447700900123" in (await village.text(MARGARET, "got it"))[0]
    assert await village.store.read(open_urgent) == []
    assert await told(village, 2) == [DANIEL], "who was told before hears who sees to it"
    assert await told(village, 30) == []


async def test_who_was_not_told_cannot_take_it(village: Village) -> None:
    await village.text(ROSE, CRY)
    await village.text(DANIEL, "got it")
    assert len(await village.store.read(open_urgent)) == 1


async def test_taking_it_on_the_dashboard_ends_the_texts_too(village: Village) -> None:
    await village.text(ROSE, CRY)

    def take(tx: Tx) -> bool:
        account = add_account(tx, "grace", "Grace", Role.COORDINATOR, "x", village.hands.now)
        return take_urgent(tx, open_urgent(tx)[0].id, account, village.hands.now)

    assert await village.store.write(take)
    assert await told(village, 1) == [MARGARET]
    assert await told(village, 30) == []


async def test_the_words_are_forgotten_once_somebody_sees_to_it(village: Village) -> None:
    await village.text(ROSE, CRY)
    assert [alarm.words for alarm in await village.store.read(alarms_to_repeat)] == [CRY]
    await village.text(MARGARET, "got it")
    await told(village, 1)
    rows = await village.store.read(lambda tx: tx.all("SELECT words, repeat_at FROM urgent"))
    assert [tuple(row) for row in rows] == [("", None)]


async def test_more_words_go_to_whoever_was_told_last_and_open_nothing_new(village: Village) -> None:
    await village.text(ROSE, CRY)
    await told(village, 6)
    await village.text(ROSE, "he is not breathing")
    assert [number for number, _ in village.to_others] == [DANIEL]
    assert len(await village.store.read(open_urgent)) == 1


async def test_who_cries_for_help_is_not_asked_to_help_themselves(village: Village) -> None:
    await village.text(MARGARET, CRY)
    assert [number for number, _ in village.to_others] == [DANIEL]
    assert set(await told(village, 20)) == {DANIEL}


async def test_a_coordinator_who_said_stop_is_passed_over(village: Village) -> None:
    def stop(tx: Tx) -> None:
        people.set_stopped(tx, people.meet(tx, MARGARET, village.hands.now).id, stopped=True)

    await village.store.write(stop)
    await village.text(ROSE, CRY)
    assert [number for number, _ in village.to_others] == [DANIEL]


async def test_one_got_it_takes_everything_one_was_told_of(village: Village) -> None:
    await village.text(ROSE, CRY)
    await village.text("+447700900124", "I can't breathe")
    said = (await village.text(MARGARET, "GOT IT"))[0]
    assert "+447700900123" in said
    assert "+447700900124" in said
    assert await village.store.read(open_urgent) == []
