"""Webhooks a second to a quick receiver beside a dead and a slow one, how soon they come, what turns pay."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.store.database import Tx
from gateway.store.events import write_event
from modem.driver import Inbox, Part
from tests.benchmarks.table import milliseconds, row
from tests.benchmarks.test_turns import IMSI, TALK
from tests.village import Village, ashby
from tests.webhooks.receiver import Rude
from tests.webhooks.sending import sending, until

WEBHOOKS = 4_000
TURNS, WARM = 200, 20
# Seconds between two turns: a modem brings one every two seconds.
BREATH = 0.15

pytestmark = pytest.mark.bench


@asynccontextmanager
async def receiving(kind: str) -> AsyncIterator[Rude]:
    """Run a receiver in a process of its own, as real ones are; it prints when each webhook came."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.webhook_receiver", kind, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    port = int(await child.stdout.readline())
    try:
        yield Rude(port)
    finally:
        child.kill()
        await child.wait()


async def all_came(receiver: Rude, number: int) -> list[float]:
    """Wait until so many webhooks came to a receiver, and give when (CLOCK_MONOTONIC)."""
    times: list[float] = []

    async def done() -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        writer.write(b"GET /times HTTP/1.1\r\n\r\n")
        times[:] = map(float, (await reader.read()).partition(b"\r\n\r\n")[2].split())
        writer.close()
        return len(times) >= number

    await until(done, 300)
    return times


async def test_webhooks_a_second_beside_a_dead_and_a_slow_receiver(tmp_path: Path) -> None:
    async with (
        receiving("quick") as quick,
        receiving("slow") as slow,
        receiving("dead") as dead,
        sending(tmp_path) as out,
    ):
        endpoint = await out.add(quick.url, ["help.*"], name="Quick")
        for other in (slow, dead):
            await out.add(other.url, ["help.*"], name="Other")

        def happen(tx: Tx, first: int) -> None:
            for n in range(first, first + 200):
                write_event(tx, "help.opened", f"help:{n}", {"code": "4F"}, out.village.hands.now)

        began = time.monotonic()
        for first in range(0, WEBHOOKS, 200):
            await out.village.store.write(happen, first)
        times = await all_came(quick, WEBHOOKS)
        assert (await out.counts(endpoint.id)).failed == 0
    row(
        "webhooks a second to a quick receiver, one dead and one slow beside it",
        f"{WEBHOOKS / (max(times) - began):,.0f}",
    )


async def test_delay_from_commit_to_delivery(tmp_path: Path) -> None:
    async with (
        receiving("quick") as quick,
        receiving("slow") as slow,
        receiving("dead") as dead,
        sending(tmp_path) as out,
    ):
        for receiver in (quick, slow, dead):
            await out.add(receiver.url, ["help.*"])
        committed = []
        for n in range(300):
            await out.happen("help.opened", f"help:{n}", code="4F")
            committed.append(time.monotonic())
            await asyncio.sleep(0.05)
        times = await all_came(quick, len(committed))
    delays = [came - went for went, came in zip(committed, sorted(times), strict=True)]
    row("delay from commit to a quick receiver, p50", milliseconds(delays, 50))
    row("delay from commit to a quick receiver, p99", milliseconds(delays, 99))


async def take_turn(village: Village, number: int) -> float:
    """Take a turn, and give how long it took."""
    part = Part(f"SM:{number}", "+447700900123", TALK[number % len(TALK)], village.hands.now)
    began = time.perf_counter()
    await village.intake.take("bench", IMSI, Inbox((part,)))
    return time.perf_counter() - began


async def test_what_a_turn_pays_for_webhooks(tmp_path: Path) -> None:
    """Turns with and without take turns, so that both meet the same machine; ten times a modem's pace."""
    (tmp_path / "with").mkdir()
    async with (
        receiving("quick") as quick,
        receiving("slow") as slow,
        receiving("dead") as dead,
        sending(tmp_path / "with") as out,
        ashby(tmp_path) as alone,
    ):
        for receiver in (quick, slow, dead):
            await out.add(receiver.url, ["*"])
        without: list[float] = []
        beside: list[float] = []
        for turn in range(TURNS):
            for village, times in ((alone, without), (out.village, beside)):
                times.append(await take_turn(village, turn))
                await asyncio.sleep(BREATH)
    for percent in (50, 99):
        row(f"a turn nobody is told of, p{percent}", milliseconds(without[WARM:], percent))
        row(
            f"a turn a quick, a slow and a dead receiver are told of, p{percent}",
            milliseconds(beside[WARM:], percent),
        )
