"""A receiver of webhooks on loopback, that answers as a test wants."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """A webhook as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Its id."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> dict[str, Any]:
        """What it says."""
        said: dict[str, Any] = json.loads(self.body)
        return said


@dataclass
class Receiver:
    """Answers 204, or what `answers` holds (a status, or something that answers), one after the other."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: deque[int | Behaviour] = field(default_factory=deque)
    usually: int | Behaviour = 204
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def place(self) -> str:
        """Its host and port, as in the settings."""
        return f"127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take one webhook."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(headers, await request.read())
        async with self._came:
            self.calls.append(call)
            self._came.notify_all()
        how = self.answers.popleft() if self.answers else self.usually
        return web.Response(status=how) if isinstance(how, int) else await how(request)

    async def wait_for(self, count: int, seconds: float = 10.0) -> list[Call]:
        """Wait until there were so many calls in all, and give them."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self.calls) >= count)
        return list(self.calls)

    def types(self) -> list[str]:
        """Give the types of everything that came, in order."""
        return [call.json["type"] for call in self.calls]


@asynccontextmanager
async def receiver(tls: Any = None) -> AsyncIterator[Receiver]:
    """Run a receiver for as long as the context lasts."""
    one = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", one.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    assert site._server is not None
    one.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield one
    finally:
        await runner.cleanup()


Rudeness = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Rude:
    """A receiver that heeds no protocol; `connections` counts who came."""

    port: int = 0
    connections: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def place(self) -> str:
        """Its host and port, as in the settings."""
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def rude(behaviour: Rudeness, host: str = "127.0.0.1") -> AsyncIterator[Rude]:
    """Run a receiver that does what `behaviour` does with every connection."""
    one = Rude()
    handling: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        one.connections += 1
        task = asyncio.current_task()
        assert task is not None
        handling.add(task)
        try:
            await behaviour(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            handling.discard(task)
            writer.close()

    server = await asyncio.start_server(handle, host, 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        for task in list(handling):
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
