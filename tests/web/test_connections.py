"""Whoever connects and says nothing keeps nobody else out."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.web import connections
from tests.web.site import Dashboard, dashboard

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def idle(d: Dashboard, how_many: int, says: bytes = b"") -> AsyncIterator[list[Line]]:
    """Hold connections open that say no more than the beginning of a request."""
    lines = [await asyncio.open_connection("127.0.0.1", d.url.port) for _ in range(how_many)]
    try:
        for _, writer in lines:
            writer.write(says)
        yield lines
    finally:
        for _, writer in lines:
            writer.close()
        for _, writer in lines:
            with suppress(ConnectionError):
                await writer.wait_closed()


async def ended(lines: list[Line]) -> int:
    """Wait until every line has ended, and count them."""
    async with asyncio.timeout(5):
        for reader, _ in lines:
            with suppress(ConnectionError):
                assert await reader.read() == b""
    return len(lines)


@pytest.mark.parametrize("says", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
async def test_whoever_is_silent_or_slow_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)
    async with dashboard(tmp_path) as d, idle(d, 5, says) as lines:
        assert await ended(lines) == 5


async def test_a_request_in_pieces_is_answered(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d, idle(d, 1) as [(reader, writer)]:
        for piece in (b"GET /login HTTP/1.1\r", b"\nHost: 127.0.0.1\r\n\r", b"\n"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        assert b" 303 " in await reader.readline()


async def test_the_silent_make_room_and_the_speaking_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 4)
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        async with client.session.get(f"{d.address}/live") as feed:
            await feed.content.readuntil(b"\n\n")
            async with idle(d, 3) as first:
                async with idle(d, 3):
                    assert await ended(first) == 3
                assert (await client.get("/")).status == 200
            await d.store.write(Tx.tell, "message.x")
            async with asyncio.timeout(10):  # among other news
                while b"message" not in await feed.content.readuntil(b"\n\n"):
                    pass


async def test_one_address_takes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_OF_ONE_ADDRESS", 2)
    door = connections.Doorkeeper(asyncio.Protocol)
    let_in = []
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.1", "127.0.0.1"):
        line = connections.Connection(door, asyncio.Protocol)
        line.address = address
        let_in.append(door.lets_in(line))
        door.hears(line)
    assert let_in == [True, True, True, False, True]


async def test_two_thousand_that_say_nothing_keep_nobody_out(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        async with dashboard(tmp_path) as d:
            client = await d.client(Role.OBSERVER)
            async with idle(d, 2000):
                async with asyncio.timeout(10):
                    assert (await client.get("/")).status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
