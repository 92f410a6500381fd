"""What goes first, and what may be spent in an hour and in a day."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.sender import Spending
from gateway.store.database import Store, open_store
from gateway.store.events import events_since
from gateway.store.outbound import Lane
from modem.driver import Send
from tests.store.desk import NOW, desk


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    yield store
    await store.close()


async def test_answers_go_before_notices_before_broadcasts(store: Store) -> None:
    d = desk(store)
    for lane in (Lane.BROADCAST, Lane.NOTICE, Lane.ANSWER):
        await d.queue(lane.name, lane=lane)
    assert await d.drain() == ["ANSWER", "NOTICE", "BROADCAST"]


async def test_todays_cap_holds_and_tomorrow_it_goes_on(store: Store) -> None:
    d = desk(store, spending=Spending(3, 20, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(5):
        await d.queue(str(n))
    assert await d.drain() == ["0", "1", "2"]
    d.hands.pass_time(timedelta(hours=15))
    assert await d.drain() == ["3", "4"]


@pytest.mark.parametrize(
    "number", ["60777", "+449061234567", "+34612345678", "Vodafone", "+447700900000", "+447012345678"]
)
async def test_nothing_goes_where_it_must_not(store: Store, number: str) -> None:
    d = desk(store)
    text = await d.queue(number=number)
    assert await d.drain() == []
    assert await d.state(text) == "held"


async def test_one_number_does_not_get_a_flood(store: Store) -> None:
    d = desk(store, spending=Spending(500, 4, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(6):
        await d.queue(str(n))
    await d.queue("somebody else", number="+447700900199")
    assert await d.drain() == ["0", "1", "2", "3", "somebody else"]


async def test_texts_keep_the_pace_of_the_modem(store: Store) -> None:
    d = desk(store)
    d.sender.gap = 0.05
    d.sender.steady = asyncio.get_running_loop().time
    for n in range(3):
        await d.queue(str(n))
    times: list[float] = []
    send = d.link.send

    async def timed(message: Send) -> None:
        times.append(asyncio.get_running_loop().time())
        await send(message)

    d.link.send = timed  # type: ignore[method-assign]
    d.sender.link_ready(True)
    running = asyncio.create_task(d.sender.run())
    async with asyncio.timeout(10):
        while len(times) < 3:
            d.sender.wake()
            await asyncio.sleep(0.01)
    running.cancel()
    assert all(later - earlier >= 0.049 for earlier, later in itertools.pairwise(times))


async def test_a_clock_that_was_ahead_once_uses_up_no_later_day(store: Store) -> None:
    d = desk(store, spending=Spending(2, 2, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    d.hands.now = NOW.replace(year=NOW.year + 10)
    for n in range(2):
        await d.queue(str(n))
    assert await d.drain() == ["0", "1"]
    d.hands.now = NOW
    await d.queue("2")
    assert await d.drain() == ["2"]


async def test_an_emergency_overtakes_every_answer(store: Store) -> None:
    d = desk(store)
    await d.queue("answer")
    await d.queue("emergency", lane=Lane.URGENT)
    assert await d.drain() == ["emergency", "answer"]


async def test_an_emergency_is_told_although_the_day_and_the_hour_are_used_up(store: Store) -> None:
    d = desk(store, spending=Spending(3, 2, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(4):
        await d.queue(str(n))
    await d.queue("3", number="+447700900199")
    assert await d.drain() == ["0", "1", "3"]
    assert d.sender.trouble == ""
    await d.queue("4", number="+447700900199")
    assert await d.drain() == []
    assert "Today's 3 texts are used up" in d.sender.trouble
    await d.queue("emergency", lane=Lane.URGENT)
    assert await d.drain() == ["emergency"]
    await d.queue("a flood of emergencies", lane=Lane.URGENT)
    assert await d.drain() == []


async def test_a_notice_to_somebody_who_had_too_many_waits_and_is_not_lost(store: Store) -> None:
    d = desk(store, spending=Spending(500, 2, "GB", ("GB",), (), ZoneInfo("Europe/London")))
    for n in range(3):
        await d.queue(str(n), lane=Lane.NOTICE)
    assert await d.drain() == ["0", "1"]
    d.hands.pass_time(timedelta(minutes=15))
    assert await d.drain() == []
    d.hands.pass_time(timedelta(minutes=60))
    assert await d.drain() == ["2"]
    delays = [kind for _, kind, _, _ in await store.read(events_since, 0) if kind == "message.delayed"]
    assert len(delays) == 1, "a wait is told once"
