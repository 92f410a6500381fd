"""What is due happens once, and one thing that fails keeps nothing else from happening."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway import timers
from gateway.errors import StoreError
from gateway.services.acting import Timing
from gateway.store.conversations import latest_conversation, overdue
from gateway.store.database import Tx
from tests.village import MONDAY, Village, ashby

ANA = "+447700900123"
BOB = "+447700900124"
LATER = MONDAY + timedelta(days=3)


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def status(village: Village, number: str) -> str:
    def read(tx: Tx) -> str:
        row = tx.one("SELECT id FROM resident WHERE number = :number", number=number)
        assert row is not None
        kept = latest_conversation(tx, row["id"])
        assert kept is not None
        return kept.conversation.status

    return await village.store.read(read)


async def test_a_conversation_left_alone_ends(village: Village) -> None:
    await village.text(ANA, "LIFT")
    await village.move_to(LATER)
    assert await status(village, ANA) == "expired"


async def test_a_conversation_that_went_on_at_the_last_moment_does_not_end(village: Village) -> None:
    await village.text(ANA, "LIFT")
    village.hands.pass_time(LATER - MONDAY)
    now = village.clock.now()
    [resident] = await village.store.read(overdue, now)
    await village.text(ANA, "village hall")
    await village.store.write(village.timers._expire, resident, now)
    assert await status(village, ANA) == "active"


async def test_a_conversation_that_cannot_end_keeps_no_other_from_ending(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    await village.text(ANA, "LIFT")
    await village.text(BOB, "LIFT")
    end = village.turns.expire

    def fault(turns: object, tx: Tx, resident_id: int, *rest: object) -> object:
        if resident_id == first:
            tx.run("DELETE FROM conversation")
            raise ZeroDivisionError
        return end(tx, resident_id, *rest)  # type: ignore[arg-type]

    village.hands.pass_time(LATER - MONDAY)
    first, _ = await village.store.read(overdue, village.clock.now())
    monkeypatch.setattr(type(village.turns), "expire", fault)
    await village.timers.tick()
    assert (await status(village, ANA), await status(village, BOB)) == ("active", "expired")
    assert await village.store.read(overdue, village.clock.now()) == []
    assert "turn.failed" in {kind for kind, _ in await village.events()}


async def test_a_service_that_fails_keeps_no_other_from_its_time(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def fault(_: Timing) -> None:
        raise ZeroDivisionError

    def sound(_: Timing) -> None:
        ran.append("sound")

    monkeypatch.setattr(timers, "TIMED", (fault, sound))
    with pytest.raises(ZeroDivisionError):  # whoever keeps the timers running tells of it
        await village.timers.tick()
    assert ran == ["sound"]


async def test_a_clock_set_while_the_disk_is_full_is_accounted_for_afterwards(village: Village) -> None:
    await village.text(ANA, "LIFT")
    village.hands.now += timedelta(days=3653)
    await village.store.close()
    with pytest.raises(StoreError):
        await village.timers.tick()
    assert village.clock.step == timedelta(days=3653)
