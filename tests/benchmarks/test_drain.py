"""A morning's texts wait on the network for a small SIM: until all are taken in and the SIM is empty.

Plainline and gammu-smsd one after the other, on the same software modem, with the same texts. Each
runs and is idle; then the modem finds the network. The modem is kept from saying that its SIM is
full, a line after which libgammu on its own stalls for 40 seconds.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from modem.virtual.client import Simulator
from modem.virtual.process import running
from tests.benchmarks import smsd
from tests.benchmarks.processes import NUMBER, running_gateway, sim_is_empty, until, write_settings
from tests.benchmarks.table import row
from tests.benchmarks.test_turns import TALK

SLOTS = 40
RESIDENTS = 50
TEXTS = 300
LOOK_SECONDS = 0.02
IDLE_SECONDS = 1.0

pytestmark = pytest.mark.bench


async def test_drain(tmp_path: Path, unused_tcp_port: int) -> None:
    ours = await plainline_drain(tmp_path / "plainline", unused_tcp_port)
    what = f"{TEXTS} waiting texts taken in"
    row(f"{what}, Plainline with full turns", f"{TEXTS / ours:,.0f} texts/s ({ours:.2f} s)")
    if lack := smsd.missing():
        row(f"{what}, gammu-smsd with its script", f"skipped: {lack} is not installed")
        return
    theirs = await smsd_drain(tmp_path / "smsd")
    row(f"{what}, gammu-smsd with its script", f"{TEXTS / theirs:,.0f} texts/s ({theirs:.2f} s)")
    row("Plainline to gammu-smsd", f"{theirs / ours:.0f} times", "10 times")


async def plainline_drain(folder: Path, port: int) -> float:
    """Give the seconds Plainline takes."""
    async with waiting_texts(folder) as (simulator, device):
        async with running_gateway(write_settings(folder, device, port), "searching"):
            took = await drained(simulator)
        with closing(sqlite3.connect(folder / "data" / "plainline.db")) as database:
            states = dict(database.execute("SELECT state, count(*) FROM inbound GROUP BY state"))
            replies = database.execute("SELECT count(*) FROM outbound").fetchone()[0]
    assert states == {"handled": TEXTS}
    assert replies >= TEXTS
    return took


async def smsd_drain(folder: Path) -> float:
    """Give the seconds gammu-smsd takes."""
    async with waiting_texts(folder) as (simulator, device), smsd.running_smsd(folder, device) as database:
        took = await drained(simulator)
    assert smsd.rows(database, "inbox") == TEXTS
    assert smsd.rows(database, "outbox") >= TEXTS * 0.95  # its own lock makes some of its scripts fail
    return took


@asynccontextmanager
async def waiting_texts(folder: Path) -> AsyncIterator[tuple[Simulator, str]]:
    """Run a network that holds the texts for a modem that does not find it yet; gives the device too."""
    await asyncio.to_thread(folder.mkdir)
    async with running([f"{NUMBER}:sim7600::{SLOTS}"], folder) as simulator:
        await simulator.fault(0, "lost_line", line="+SMS FULL", times=None)
        await simulator.set(0, registration="searching")
        for number in range(TEXTS):
            said = TALK[number // RESIDENTS % len(TALK)]
            await simulator.text(f"+4477009002{number % RESIDENTS:02d}", NUMBER, said)
        [place] = await simulator.modems()
        yield simulator, str(place.device.resolve())


async def drained(simulator: Simulator) -> float:
    """Let the modem find the network, and give the seconds until nothing waits there or lies on the SIM."""
    await asyncio.sleep(IDLE_SECONDS)
    begin = time.monotonic()
    await simulator.set(0, registration="home")
    await until(lambda: sim_is_empty(simulator), LOOK_SECONDS)
    return time.monotonic() - begin
