"""The database stays quick when it has grown: no statement reads a table of years from end to end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from flows.library import BUILT_IN
from flows.transcript import From, Says, read_transcript
from gateway.sender import Sender, Spending
from gateway.store.outbound import queue_length
from modem.driver import Report, Sent
from tests.store.desk import ScriptedLink
from tests.store.plans import shape, slow_statements
from tests.village import Village, ashby


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def test_no_statement_of_an_ordinary_week_reads_all_that_ever_was(village: Village) -> None:
    seen: set[str] = set()
    for connection in (village.store._writer, village.store._reader):
        await connection.set_trace_callback(seen.add)
    await _live_a_week(village)
    statements = {shape(sql): sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
    assert len(statements) > 60
    slow = await village.store.read(slow_statements, sorted(statements.values()))
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
