"""The guide to webhooks is true: its programs run, its numbers are those of the code."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.services.outside import REQUEST_MOVES, TRIP_MOVES
from gateway.store import webhook_sources
from gateway.store.database import Tx
from gateway.webhooks import connector, lane, schedule, sources
from gateway.webhooks.inbound import Inbound
from tests.village import ashby
from tests.webhooks.sending import sending

GUIDE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
RECEIVER, SENDER = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


async def test_the_receiver_has_twenty_lines_and_takes_what_we_send(tmp_path: Path) -> None:
    assert len([line for line in RECEIVER.splitlines() if line.strip()]) <= 20
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with sending(tmp_path, now=datetime.now(UTC)) as out:
        endpoint = await out.add(f"http://127.0.0.1:{port}/", ["help.*"])
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RECEIVER,
            env={**os.environ, "WEBHOOK_SECRET": endpoint.secret, "PORT": str(port)},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert child.stdout is not None
        try:
            await _listens(port)
            await out.happen("help.opened", "help:7", code="4F")
            async with asyncio.timeout(10):
                said = (await child.stdout.readline()).decode()
            await out.settled(endpoint.id)
        finally:
            child.kill()
            await child.wait()
    assert said == "help.opened {'id': 7, 'object': 'request', 'state': 'new', 'code': '4F'}\n"


async def test_the_sender_closes_a_request(tmp_path: Path) -> None:
    async with ashby(tmp_path, now=datetime.now(UTC)) as village:
        id_ = await village.store.write(sources.add_source, "cases", sources.SCOPES, village.hands.now)
        source = await village.store.read(webhook_sources.source_by_id, id_)
        assert source is not None
        await village.text("+447700900123", "HELP my gate is broken")
        app = web.Application()
        app.add_routes(Inbound(village.store, village.turns, village.clock, lambda: None).routes())
        async with TestServer(app) as server:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", SENDER,
                env={**os.environ, "WEBHOOK_SECRET": source.secret, "REQUEST": "1",
                     "ADDRESS": str(server.make_url("/hooks/cases"))},
                stdout=subprocess.PIPE,
            )  # fmt: skip
            async with asyncio.timeout(20):
                said, _ = await child.communicate()
        assert said.decode() == '{"done":true,"told":true}\n'
        assert await village.store.read(_states) == ["done"]


def test_the_numbers_of_the_guide_are_those_of_the_code() -> None:
    seconds = [int(gap.total_seconds()) for gap in schedule.GAPS]
    told = "5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 24 hours"
    assert told in " ".join(GUIDE.split())
    assert seconds == [5, 300, 1800, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24))]
    assert f"After {connector.TOTAL_SECONDS:.0f} seconds we hang up" in GUIDE
    assert schedule.FAILING == 3
    assert lane.CONCURRENCY > 1
    for state in REQUEST_MOVES:
        assert f"`help.{state}`" in GUIDE
    for state in TRIP_MOVES:
        assert f"`lift.{state}`" in GUIDE


def _states(tx: Tx) -> list[str]:
    return [row["state"] for row in tx.all("SELECT state FROM help_request")]


async def _listens(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
