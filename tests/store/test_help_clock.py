"""A clock that was wrong ends no offer and no alarm before its time, and puts none off for years."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.store.database import Tx
from tests.village import Village, ashby

ROSE = "+447700900123"
TEN_YEARS = timedelta(days=3652)


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def ask(village: Village) -> None:
    """Ask for help until somebody is asked."""
    for said in ("HELP get my tablets", "today", "medicine", "mill lane", "Rose Hill", "either"):
        await village.text(ROSE, said)


def waits(tx: Tx) -> tuple[list[str], list[str]]:
    """Give when requests and alarms are looked at next."""
    requests = tx.all("SELECT due_at FROM help_request WHERE due_at IS NOT NULL")
    alarms = tx.all("SELECT repeat_at FROM urgent WHERE repeat_at IS NOT NULL")
    return [row["due_at"] for row in requests], [row["repeat_at"] for row in alarms]


@pytest.mark.parametrize("wrong", [TEN_YEARS, -TEN_YEARS], ids=["ahead", "behind"])
async def test_a_term_keeps_its_length_while_the_clock_is_wrong(village: Village, wrong: timedelta) -> None:
    await ask(village)
    await village.text("+447700900124", "my husband has collapsed")
    before = await village.store.read(waits)
    village.hands.synchronised = False
    village.hands.now += wrong
    await village.timers.tick()
    moved = await village.store.read(waits)
    assert moved != before
    await village.events()
    village.hands.now -= wrong
    village.hands.synchronised = True
    await village.timers.tick()
    assert await village.store.read(waits) == before
    assert "offer.lapsed" not in [kind for kind, _ in await village.events()]


async def test_what_a_wrong_clock_put_off_for_years_is_looked_at_once_it_is_right(village: Village) -> None:
    village.hands.synchronised = False
    village.hands.now += TEN_YEARS
    await village.timers.tick()
    await ask(village)
    village.hands.now -= TEN_YEARS
    village.hands.synchronised = True
    await village.timers.tick()
    (due,), _ = await village.store.read(waits)
    assert due < (village.hands.now + timedelta(days=1)).isoformat()
