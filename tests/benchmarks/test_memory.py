"""Memory of gateway and modem process, at rest and with ten thousand conversations under way."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modem.virtual.client import Simulator
from modem.virtual.process import running
from tests.benchmarks.processes import NUMBER, running_gateway, until, write_settings
from tests.benchmarks.table import row

CONVERSATIONS = 10_000
SETTLE_SECONDS = 2.0
LOOK_SECONDS = 0.25
AT_ONCE = 500

pytestmark = pytest.mark.bench


async def test_memory_of_a_gateway_for_texts(tmp_path: Path, unused_tcp_port: int) -> None:
    async with running([f"{NUMBER}:sim7600"], tmp_path) as simulator:
        [place] = await simulator.modems()
        settings = write_settings(tmp_path, str(place.device.resolve()), unused_tcp_port)
        async with running_gateway(settings) as gateway:
            await asyncio.sleep(SETTLE_SECONDS)
            row("memory of both processes at rest, texts alone", str(gateway.weigh()), "80 MB")


async def test_memory_of_a_gateway_for_texts_and_calls(tmp_path: Path, unused_tcp_port: int) -> None:
    settings = write_settings(tmp_path, "software", unused_tcp_port)
    async with running_gateway(settings) as gateway:
        await asyncio.sleep(SETTLE_SECONDS)
        row("memory of both processes at rest, calls too", str(gateway.weigh()), "80 MB")
        await converse(tmp_path / "data")
        row(f"memory after {CONVERSATIONS:,} conversations", str(gateway.weigh()), "80 MB")


async def converse(data: Path) -> None:
    """Let each resident ask for a lift and be asked from where, all through the modem."""
    simulator = await Simulator.connect(data / "simulator")
    try:
        with closing(sqlite3.connect(f"file:{data / 'plainline.db'}?mode=ro", uri=True)) as database:
            for begin in range(0, CONVERSATIONS, AT_ONCE):
                end = min(begin + AT_ONCE, CONVERSATIONS)
                await asyncio.gather(
                    *(simulator.text(f"+4474001{n:05d}", NUMBER, "LIFT") for n in range(begin, end))
                )
                await until(lambda: all_answered(database, end), LOOK_SECONDS)  # noqa: B023 - awaited here
    finally:
        await simulator.close()


async def all_answered(database: sqlite3.Connection, residents: int) -> bool:
    """Say whether so many residents have a conversation and every reply was delivered."""
    conversations = count(database, "SELECT count(*) FROM conversation")
    undelivered = count(database, "SELECT count(*) FROM outbound WHERE state <> 'delivered'")
    return conversations == residents and undelivered == 0


def count(database: sqlite3.Connection, query: str) -> int:
    """Give the one number a query asks for."""
    return int(database.execute(query).fetchone()[0])
