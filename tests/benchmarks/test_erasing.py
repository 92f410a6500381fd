"""A night's work: a thousand people who asked to be forgotten, and what is too old of a large town."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.retention import Retention
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.privacy import ask_to_forget
from gateway.terms import Terms
from tests.benchmarks.table import row
from tests.village import Village, ashby

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
PEOPLE, TEXTS_EACH = 1_000, 20


def fill(tx: Tx, village: Village) -> None:
    """Let a thousand people have texted, have been answered, and want to be forgotten."""
    now = village.hands.now
    for person in range(PEOPLE):
        number = f"+44770{person + 1_000_000}"
        resident = tx.insert(
            "INSERT INTO resident (number, name, created_at) VALUES (:number, :name, :now) RETURNING id",
            number=number,
            name=f"Resident Number {person}",
            now=to_text(now),
        )
        for one in range(TEXTS_EACH):
            at = to_text(now - timedelta(days=one))
            tx.run(
                "INSERT INTO inbound (key, twin, bodyless, link, sender, resident_id, body, received_at, "
                "state) VALUES (:key, :key, :key, 'm0', :number, :id, 'Is the hall open?', :at, 'handled')",
                key=f"bench:{person}:{one}",
                number=number,
                id=resident,
                at=at,
            )
            tx.run(
                "INSERT INTO outbound (resident_id, number, body, kind, lane, state, parts, not_before, "
                "valid_until, created_at, ended_at) VALUES (:id, :number, 'It is, until six.', 'statement', "
                "0, 'delivered', 1, :at, :at, :at, :at)",
                id=resident,
                number=number,
                at=at,
            )
        ask_to_forget(tx, resident, now)


async def test_a_thousand_people_are_erased(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.store.write(fill, village)
        village.hands.pass_time(timedelta(days=2))
        begin, worked = time.perf_counter(), time.process_time()
        erased = await Retention(village.store, village.turns, village.clock, Terms()).night()
        seconds, worked = time.perf_counter() - begin, time.process_time() - worked
        assert erased >= PEOPLE
        row(
            f"erasing {PEOPLE:,} people, each with {TEXTS_EACH} texts and as many answers",
            f"{seconds:.1f} s, {worked:.1f} s of it CPU",
        )
