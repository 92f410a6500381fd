"""The database stays quick when it has grown: no statement reads a table of years from end to end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.library import BUILT_IN
from flows.transcript import From, Says, read_transcript
from gateway.sender import Sender, Spending
from gateway.store.database import Tx
from gateway.store.outbound import queue_length
from modem.driver import Report, Sent
from tests.store.desk import ScriptedLink
from tests.village import Village, ashby

# What grows with every text, trip or request; the others are as large as the community.
GROWING = frozenset(
    {"inbound", "inbound_part", "outbound", "sent_part", "event", "conversation", "trip", "help_request"}
)
# Read from the newest row backwards until the first that fits, which is the one just written.
NEWEST_FIRST = ("FROM inbound WHERE resident_id = ", "SELECT MAX(id) FROM inbound WHERE resident_id = ")


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def test_no_statement_of_an_ordinary_week_reads_all_that_ever_was(village: Village) -> None:
    seen: set[str] = set()
    for connection in (village.store._writer, village.store._reader):
        await connection.set_trace_callback(seen.add)
    await _live_a_week(village)
    statements = {_shape(sql): sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
    assert len(statements) > 60
    slow = await village.store.read(_slow, sorted(statements.values()))
    assert slow == [], "\n".join(f"{plan}: {sql}" for plan, sql in slow)


async def _live_a_week(village: Village) -> None:
    for tale in sorted(BUILT_IN.glob("*/transcripts/*.txt"))[::3]:
        number = "+447700900123"
        for line in read_transcript(str(tale), tale.read_text(encoding="utf-8")):
            if isinstance(line, From):
                number = line.number
            elif isinstance(line, Says):
                await village.text(number, line.body)
    for _ in range(7):
        await _send(village)
        await village.move_to(village.hands.now + timedelta(days=1))
    await village.store.read(queue_length)


async def _send(village: Village) -> None:
    link = ScriptedLink([lambda message: Sent(message.id)])
    spending = Spending(10_000, 1000, "GB", ("GB",), (), ZoneInfo("Europe/London"))
    sender = Sender(village.store, link, village.clock, spending, Random(1), 0.0, lambda: 0.0)
    link.sender = sender
    await sender.recover()
    while await sender.send_next():
        message = link.sent[-1]
        await sender.on_report(Report(message.number, int(message.id) % 256, "delivered", 0, None))


def _shape(sql: str) -> str:
    return re.sub(r"'[^']*'|\d+", "?", sql)


def _slow(tx: Tx, statements: list[str]) -> list[tuple[str, str]]:
    partial = {
        row["name"] for row in tx.all("SELECT name FROM sqlite_master WHERE sql LIKE '%INDEX% WHERE %'")
    }
    found = []
    for sql in statements:
        if any(words in sql for words in NEWEST_FIRST):
            continue
        for row in tx.all(f"EXPLAIN QUERY PLAN {sql}"):
            scan = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", row["detail"])
            if scan and _table(sql, scan[1]) in GROWING and scan[2] not in partial:
                found.append((row["detail"], _shape(sql)))
    return found


def _table(sql: str, name: str) -> str:
    """Give the table that goes by a name or an alias in a statement."""
    alias: Any = re.search(rf"(?:FROM|JOIN) (\w+) (?:AS )?{name}\b", sql)
    return alias[1] if alias else name
