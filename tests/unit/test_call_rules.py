"""Who hangs up while it rings is rung back, unless that could cost more, wake a household, or never end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.conversation import Called, Heard, HungUp
from gateway.call_book import CallBook
from gateway.call_rules import CallRules
from gateway.call_turns import take_call_turn
from gateway.store import calls, people
from gateway.store.database import Tx
from tests.unit.asking import LONDON
from tests.village import MONDAY, Village, ashby

ROSE = "+447700900123"
RULES = CallRules(
    rings=2,
    ring_back=True,
    closed=False,
    minutes_per_day=60,
    region="GB",
    countries=("GB",),
    own=("+447700900000",),
    zone=LONDON,
)


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as open_village:
        yield open_village


async def missed(village: Village, number: str, at: datetime, rules: CallRules = RULES) -> bool:
    """Ring and hang up; whether they are to be rung back."""
    book = CallBook("main", village.turns, rules)
    before = await village.store.read(waiting)
    await village.store.write(book.miss, number, at)
    return await village.store.read(waiting) > before


def waiting(tx: Tx) -> int:
    row = tx.one("SELECT COUNT(*) AS n FROM outgoing_call WHERE purpose = 'ring_back'")
    return int(row["n"]) if row else 0


async def test_whoever_hangs_up_by_day_is_rung_back(village: Village) -> None:
    assert await missed(village, ROSE, MONDAY)


@pytest.mark.parametrize("number", ["+12025550123", "+34612345678", "+449098790000", "+447700900000"])
async def test_no_number_that_costs_extra_and_none_of_ours_is_rung_back(
    village: Village, number: str
) -> None:
    assert not await missed(village, number, MONDAY)


@pytest.mark.parametrize(("hour", "rung"), [(6, False), (7, True), (21, True), (22, False), (23, False)])
async def test_nobody_is_rung_back_at_night(village: Village, hour: int, rung: bool) -> None:
    assert await missed(village, ROSE, MONDAY.replace(hour=hour, minute=5)) is rung


async def test_nobody_is_rung_back_again_and_again(village: Village) -> None:
    times = [MONDAY + timedelta(minutes=minutes) for minutes in (0, 1, 5, 10, 15, 20, 60, 1441)]
    rung = [await missed(village, ROSE, at) for at in times]
    assert rung == [True, False, True, True, True, False, False, True]


async def test_the_days_minutes_bound_what_we_ring(village: Village) -> None:
    def call(tx: Tx) -> None:
        resident = people.meet(tx, "+447700900199", MONDAY)
        made = calls.begin_call(tx, "main", "out", "reminder", resident.id, MONDAY)
        calls.answer_call(tx, made, MONDAY)
        calls.end_call(tx, made, "finished", MONDAY + timedelta(minutes=61))

    await village.store.write(call)
    assert not await missed(village, ROSE, MONDAY + timedelta(hours=2))
    assert await missed(village, ROSE, MONDAY + timedelta(days=1)), "tomorrow is another day"


async def test_whoever_said_stop_is_left_alone_and_ring_back_can_be_switched_off(village: Village) -> None:
    assert not await missed(village, ROSE, MONDAY, replace(RULES, ring_back=False))

    def stop(tx: Tx) -> None:
        people.set_stopped(tx, people.meet(tx, ROSE, MONDAY).id, stopped=True)

    await village.store.write(stop)
    assert not await missed(village, ROSE, MONDAY)


async def test_whoever_once_asked_for_slower_is_spoken_to_slowly_on_every_call(village: Village) -> None:
    resident = (await village.store.write(people.meet, ROSE, MONDAY)).id
    slow = []
    for event in (Called(), Heard(("slower",)), HungUp(), Called()):
        turn = await village.store.write(take_call_turn, village.turns, resident, event, MONDAY)
        slow.append(turn.slow)
    assert slow == [False, True, True, True]
