"""Pages of a town of 10,000 people and 100,000 messages: how fast they are, and what they cost the texts."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.instant import to_text
from tests.benchmarks.table import milliseconds, row
from tests.benchmarks.test_turns import TALK
from tests.web.site import Client, Dashboard, dashboard

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
RESIDENTS, MESSAGES, TURNS = 10_000, 100_000, 1_500
PATHS = ("/", "/conversations", "/conversations/5000", "/help", "/lifts", "/votes", "/flows")
LIVE_PAGES = 200
FOREVER = aiohttp.ClientTimeout(total=None)


def fill(tx: Tx, d: Dashboard) -> None:
    """Put residents and messages into the database, as years would."""
    now = to_text(d.now - timedelta(days=30))
    for one in range(RESIDENTS):
        tx.run(
            "INSERT INTO resident (number, name, created_at) VALUES (:number, :name, :now) "
            "ON CONFLICT (number) DO NOTHING",
            number=f"+44770{one + 1_000_000}",
            name=f"Resident {one}",
            now=now,
        )
    ids = [r["id"] for r in tx.all("SELECT id FROM resident")]
    for one in range(MESSAGES // 2):
        resident, at = ids[one % len(ids)], to_text(d.now - timedelta(minutes=one))
        tx.run(
            "INSERT INTO inbound (key, twin, bodyless, link, sender, resident_id, body, received_at, state) "
            "SELECT :key, :key, :key, 'm0', number, id, 'Could somebody look after the cat?', :at, 'handled' "
            "FROM resident WHERE id = :id",
            key=f"bench:{one}",
            id=resident,
            at=at,
        )
        tx.run(
            "INSERT INTO outbound (resident_id, number, body, kind, lane, state, parts, not_before, "
            "valid_until, created_at, ended_at) SELECT id, number, 'Which day do you need it?', 'question', "
            "0, 'delivered', 1, :at, :at, :at, :at FROM resident WHERE id = :id",
            id=resident,
            at=at,
        )
    tx.run(
        "INSERT INTO thread (resident_id, last_at) SELECT resident_id, MAX(received_at) FROM inbound "
        "WHERE resident_id IS NOT NULL GROUP BY resident_id ON CONFLICT (resident_id) DO NOTHING"
    )


async def turns(d: Dashboard, places: count[int], times: int) -> list[float]:
    """Text one after the other, and time each turn."""
    spent = []
    for turn in range(times):
        next(places)
        begin = time.perf_counter()
        await d.village.text("+447700900199", TALK[turn % len(TALK)])
        spent.append(time.perf_counter() - begin)
    return spent


async def look(client: Client, stop: asyncio.Event, spent: list[float]) -> None:
    """Open one page after the other until told to stop."""
    while not stop.is_set():
        for path in PATHS:
            begin = time.perf_counter()
            answer = await client.get(path)
            spent.append(time.perf_counter() - begin)
            assert answer.status == 200, path
            await asyncio.sleep(0.05)  # whoever looks also reads


async def test_pages_of_a_large_town(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.store.write(fill, d)
        client = await d.client(Role.COORDINATOR)
        alone: list[float] = []
        begin = time.perf_counter()
        for _ in range(40):
            for path in PATHS:
                at = time.perf_counter()
                assert (await client.get(path)).status == 200, path
                alone.append(time.perf_counter() - at)
        row("pages a second, 10,000 residents", f"{len(alone) / (time.perf_counter() - begin):,.0f}")
        row(
            "a page, nothing else going on",
            f"p50 {milliseconds(alone, 50)}, p99 {milliseconds(alone, 99)}",
            "200 ms",
        )
        places = count()
        await turns(d, places, 100)
        quiet = await turns(d, places, TURNS)
        client = await d.client(Role.COORDINATOR)  # hours have passed in Ashby, and the session with them
        stop = asyncio.Event()
        spent: list[float] = []
        looking = asyncio.create_task(look(client, stop, spent))
        busy = await turns(d, places, TURNS)
        stop.set()
        await looking
        row(
            "a page, while texts go on",
            f"p50 {milliseconds(spent, 50)}, p99 {milliseconds(spent, 99)}",
            "200 ms",
        )
        ratio = sorted(busy)[len(busy) // 2] / sorted(quiet)[len(quiet) // 2]
        row("a turn with pages being looked at, against one without (median)", f"{ratio:.2f}", "1.10")


def _spread(spent: list[float]) -> str:
    return f"p50 {milliseconds(spent, 50)}, p99 {milliseconds(spent, 99)}"


async def test_two_hundred_live_pages(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        places = count()
        await turns(d, places, 100)
        quiet = await turns(d, places, TURNS)
        open_now = [asyncio.Event() for _ in range(LIVE_PAGES)]
        listening = [asyncio.create_task(_listen(client, one)) for one in open_now]
        await asyncio.gather(*(one.wait() for one in open_now))
        busy = await turns(d, places, TURNS)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        ratio = sorted(busy)[len(busy) // 2] / sorted(quiet)[len(quiet) // 2]
        row("a turn with 200 live pages open, against one without (median)", f"{ratio:.2f}", "1.10")


async def _listen(client: Client, is_open: asyncio.Event) -> None:
    async with client.session.get(client.address + "/live", timeout=FOREVER) as response:
        assert response.status == 200
        is_open.set()
        async for _ in response.content:
            pass
