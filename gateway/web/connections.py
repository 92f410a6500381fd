"""Connections to the pages: so many at once, each with little time to say what it wants."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable

from aiohttp import web

# The gateway needs files and memory for its modems and calls, too.
MOST_CONNECTIONS = 768
MOST_OF_ONE_ADDRESS = 64
# Until the first request's headers are here whole. Later ones are watched by the server itself.
HEADER_SECONDS = 15.0
KEEP_ALIVE_SECONDS = 30.0
_END_OF_HEADERS = b"\r\n\r\n"
_LOCAL = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


class Doorkeeper:
    """Counts connections. Where there are too many, the one that has been silent longest makes room."""

    def __init__(self, serve: Callable[[], asyncio.Protocol]) -> None:
        self._serve = serve
        self._open: Counter[str] = Counter()
        self._silent: dict[Connection, None] = {}

    def __call__(self) -> asyncio.Protocol:
        """Give what looks after one new connection."""
        return Connection(self, self._serve)

    def lets_in(self, connection: Connection) -> bool:
        """Count a connection, unless there are too many and none of them is silent."""
        address = connection.address
        if self._open.total() >= MOST_CONNECTIONS and not self._makes_room(""):
            return False
        # A reverse proxy on this machine speaks for everybody.
        full = address not in _LOCAL and self._open[address] >= MOST_OF_ONE_ADDRESS
        if full and not self._makes_room(address):
            return False
        self._open[address] += 1
        self._silent[connection] = None
        return True

    def hears(self, connection: Connection) -> None:
        """Know that a connection has said what it wants."""
        self._silent.pop(connection, None)

    def sees_off(self, connection: Connection) -> None:
        """Count a connection no more."""
        self._silent.pop(connection, None)
        self._open[connection.address] -= 1
        if not self._open[connection.address]:
            del self._open[connection.address]

    def _makes_room(self, address: str) -> bool:
        for silent in self._silent:
            if not address or silent.address == address:
                silent.end()
                return True
        return False


class Connection(asyncio.Protocol):
    """One connection: what it says goes to the server behind it, unless it takes too long to say it."""

    def __init__(self, door: Doorkeeper, serve: Callable[[], asyncio.Protocol]) -> None:
        self.address = ""
        self._door = door
        self._serve = serve
        self._server: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._end = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or end it at once."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - so says create_server
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        if not self._door.lets_in(self):
            transport.abort()
            return
        self._transport, self._server = transport, self._serve()
        self._deadline = asyncio.get_running_loop().call_later(HEADER_SECONDS, transport.abort)
        self._server.connection_made(transport)

    def end(self) -> None:
        """End it at once, and count it no more."""
        if self._server is not None and self._transport is not None:
            self._transport.abort()
            self.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        """Hand on what came."""
        if self._deadline is not None:
            self._end += data
            if _END_OF_HEADERS in self._end:
                self._in_time()
                self._door.hears(self)
            else:
                self._end = self._end[-len(_END_OF_HEADERS) + 1 :]
        if self._server is not None:
            self._server.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand on that nothing more will come."""
        return self._server.eof_received() if self._server is not None else None

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on, once, that the connection is gone."""
        self._in_time()
        server, self._server = self._server, None
        if server is not None:
            self._door.sees_off(self)
            server.connection_lost(exc)

    def pause_writing(self) -> None:
        """Hand on that the other end reads too slowly."""
        if self._server is not None:
            self._server.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that the other end reads again."""
        if self._server is not None:
            self._server.resume_writing()

    def _in_time(self) -> None:
        self._end = b""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


async def listen(
    runner: web.AppRunner, host: str, port: int, private: ssl.SSLContext | None = None
) -> asyncio.Server:
    """Let browsers connect to the site of `runner`, with `private` over TLS; raises OSError."""
    assert runner.server is not None, "the runner was not set up"  # noqa: S101
    return await asyncio.get_running_loop().create_server(
        Doorkeeper(runner.server),
        host,
        port,
        ssl=private,
        ssl_handshake_timeout=HEADER_SECONDS if private else None,
        backlog=128,
    )
