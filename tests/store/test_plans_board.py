"""The board, announcements and shifts stay quick when years of them are there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from gateway.store import announcements, board, holdings, shifts
from gateway.store.announcements import GROUPS, Audience
from gateway.store.database import Tx
from tests.store.plans import shape, slow_statements
from tests.village import ashby

LONG_AGO, NOW = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def read_all(tx: Tx) -> None:
    """Read everything that pages and time read of them."""
    board.ideas_in(tx, "waiting", "listed", "planned")
    board.closed_ideas(tx, LONG_AGO, 10)
    board.public_ideas(tx, LONG_AGO, NOW, 10)
    board.waiting_of(tx, 1)
    board.meetings_before(tx, NOW)
    board.joiners(tx, 1)
    announcements.reached(tx, "news", Audience(GROUPS, area="mill_lane"))
    announcements.being_sent(tx)
    announcements.next_recipients(tx, 1, 10)
    announcements.progress(tx, 1)
    announcements.broadcasts_waiting(tx, 10)
    shifts.shifts_ahead(tx)
    shifts.holders_since(tx, LONG_AGO, 10)
    holdings.holdings(tx, 1)


async def test_nothing_reads_all_that_ever_was(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        seen: set[str] = set()
        await village.store._reader.set_trace_callback(seen.add)
        await village.store.read(read_all)
        statements = {shape(sql): sql for sql in seen if sql.startswith("SELECT")}
        assert len(statements) > 10
        slow = await village.store.read(slow_statements, sorted(statements.values()))
        assert slow == [], "\n".join(f"{plan}: {sql}" for plan, sql in slow)
