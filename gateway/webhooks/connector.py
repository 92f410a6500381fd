"""The way out for webhooks: it connects to nothing but what `addresses` permits, at the socket.

One connector an endpoint, so that no receiver uses up what another needs: connections, DNS, threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
import threading
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.version import VERSION
from gateway.webhooks.addresses import Allowed, is_global, on_own_link, refusal

DNS_SECONDS = 5.0
CONNECT_SECONDS = 8.0  # of each address, the TLS handshake included
READ_SECONDS = 15.0
TOTAL_SECONDS = 20.0
NAMES_KEPT_SECONDS = 30
IDLE_SECONDS = 4.0  # many receivers hang up after five
MOST_HEADER_BYTES = 8190

Lookup = Callable[[str, int], list[tuple[Any, ...]]]
"""As `socket.getaddrinfo(host, port, type=SOCK_STREAM)`."""


class AddressRefused(OSError):
    """A socket was about to connect to an address that webhooks may not go to: it was not made."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EACCES, f"this address is not permitted: {reason}")


class Resolver(AbstractResolver):
    """Asks the system for addresses, in a thread of its own: a name server that hangs holds up nobody."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """Give the addresses of `host`; raises OSError when there are none in time."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[tuple[Any, ...]]] = loop.create_future()

        def settle(result: list[tuple[Any, ...]] | Exception) -> None:
            if found.done():
                return
            if isinstance(result, Exception):
                found.set_exception(result)
            else:
                found.set_result(result)

        def look_up() -> None:
            try:
                result: list[tuple[Any, ...]] | Exception = self._lookup(host, port)
            except Exception as error:
                result = error
            with contextlib.suppress(RuntimeError):  # the loop was closed in the meantime
                loop.call_soon_threadsafe(settle, result)

        # A daemon: the gateway can stop while a name server still keeps it waiting.
        threading.Thread(target=look_up, daemon=True, name="webhook-dns").start()
        try:
            async with asyncio.timeout(DNS_SECONDS):
                infos = await found
        except TimeoutError:
            raise OSError(errno.ETIMEDOUT, "no name server answered in time") from None
        except UnicodeError as error:
            raise OSError(errno.EINVAL, "it is no name") from error
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in infos
            if kind in (socket.AF_INET, socket.AF_INET6)
        ]

    async def close(self) -> None:
        """Nothing is kept open."""


def look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    """Ask the system for the addresses of a host."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)


def open_session(
    url: str,
    *,
    allowed: Allowed,
    connections: int,
    lookup: Lookup = look_up,
    tls: ssl.SSLContext | None = None,
) -> ClientSession:
    """Open the way to one endpoint's receiver at `url`, with up to so many connections."""
    target = URL(url)
    host, encrypted = target.host or "", target.scheme == "https"

    def make_socket(info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for an address that is about to be connected to, or refuse."""
        family, kind, protocol, _, destination = info
        ip, port = destination[0], destination[1]
        reason = refusal(ip, port, host=host, encrypted=encrypted, allowed=allowed)
        named = allowed.names(host, port) or allowed.names(ip, port)
        if not reason and is_global(ip_address(ip)) and not named and _next_door(family, destination):
            reason = "it is this machine or one beside it, and [webhooks] local does not name it"
        if reason:
            raise AddressRefused(reason)
        return socket.socket(family=family, type=kind, proto=protocol)

    return ClientSession(
        connector=TCPConnector(
            socket_factory=make_socket,
            resolver=Resolver(lookup),
            ttl_dns_cache=NAMES_KEPT_SECONDS,
            limit=connections,
            keepalive_timeout=IDLE_SECONDS,
            ssl=tls or True,
        ),
        timeout=ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
        trust_env=False,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": f"Plainline/{VERSION}", "Accept-Encoding": "identity"},
        max_line_size=MOST_HEADER_BYTES,
        max_field_size=MOST_HEADER_BYTES,
    )


def _next_door(family: int, destination: tuple[Any, ...]) -> bool:
    """Ask the kernel which address it would speak from (nothing is sent) and compare."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(destination)
        except OSError:
            return False
        return on_own_link(probe.getsockname()[0], destination[0])
