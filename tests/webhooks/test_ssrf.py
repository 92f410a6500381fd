"""No webhook reaches into the network at home: every way in ends before a socket connects."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from gateway.webhooks.addresses import NOBODY, Allowed, read_allowed
from gateway.webhooks.attempt import Answer, post
from gateway.webhooks.connector import Lookup, look_up, open_session
from tests.webhooks.receiver import Receiver, Rude, receiver, rude

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


async def attempt(url: str, allowed: Allowed = NOBODY, lookup: Lookup = look_up) -> Answer:
    async with open_session(url, allowed=allowed, connections=1, lookup=lookup) as session:
        return await post(session, url, {"webhook-id": "evt_1"}, b"{}", NOW)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


@pytest.fixture
async def inside() -> AsyncIterator[Rude]:
    """Something at home that must never hear of a webhook."""
    async with rude(hang_up) as one:
        yield one


@pytest.fixture
async def named() -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
async def test_no_way_of_writing_it_leads_inside(inside: Rude, scheme: str, host: str) -> None:
    answer = await attempt(f"{scheme}://{host}:{inside.port}/")
    assert not answer.taken
    assert answer.status is None
    assert inside.connections == 0


async def test_the_ipv6_loopback_is_inside_too() -> None:
    async with rude(hang_up, "::1") as inside:
        for host in ("[::1]", "[0:0:0:0:0:0:0:1]", "ip6-localhost"):
            assert not (await attempt(f"https://{host}:{inside.port}/")).taken
        assert inside.connections == 0


def leads_to(*ips: str) -> Lookup:
    """Give a name server that leads every name there."""
    found = [
        (
            socket.AF_INET6 if ":" in ip else socket.AF_INET,
            socket.SOCK_STREAM,
            6,
            "",
            (ip, 0, 0, 0) if ":" in ip else (ip, 0),
        )
        for ip in ips
    ]
    return lambda host, port: found


@pytest.mark.parametrize(
    "ips",
    [
        ("127.0.0.1",),
        ("127.0.0.1", "::1"),
        ("169.254.169.254", "127.0.0.1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
    ],
)
async def test_a_name_that_leads_inside_is_refused_whatever_else_it_leads_to(
    inside: Rude, ips: tuple[str, ...]
) -> None:
    answer = await attempt(f"https://rebinding.example:{inside.port}/", lookup=leads_to(*ips))
    assert "not permitted" in answer.reason
    assert inside.connections == 0


async def test_a_name_that_led_elsewhere_when_it_was_checked_is_checked_again(named: Receiver) -> None:
    """The name is good the first time; then its owner points it inside."""
    url = f"http://box.example:{named.port}/"
    allowed = read_allowed([named.place])
    assert (await attempt(url, allowed, leads_to("127.0.0.1"))).taken
    for later in ("127.0.0.2", "10.0.0.1"):
        assert not (await attempt(url, allowed, leads_to(later))).taken
    assert len(named.calls) == 1


async def test_a_resolver_that_gives_no_numbers_is_not_asked_twice(inside: Rude) -> None:
    """Where the address were a name still, the kernel's resolver would have the last word."""
    for text in ("localhost", "127.1", "2130706433"):
        answer = await attempt(f"https://odd.example:{inside.port}/", lookup=leads_to(text))
        assert not answer.taken
    assert inside.connections == 0


async def test_redirects_are_not_followed(inside: Rude, named: Receiver) -> None:
    for status in (301, 302, 303, 307, 308):

        async def redirect(request: web.Request, status: int = status) -> web.Response:
            return web.Response(status=status, headers={"Location": f"http://127.0.0.1:{inside.port}/"})

        named.usually = redirect
        answer = await attempt(named.url, read_allowed([named.place, inside.place]))
        assert answer.status == status
        assert "leads elsewhere" in answer.reason
    assert inside.connections == 0


async def test_proxy_variables_are_not_heeded(
    inside: Rude, named: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{inside.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert (await attempt(named.url, read_allowed([named.place]))).taken
    assert not (await attempt("https://cases.example/", lookup=leads_to("10.0.0.1"))).taken
    assert inside.connections == 0


async def test_a_named_receiver_at_home_is_reached_and_its_neighbours_are_not(
    inside: Rude, named: Receiver
) -> None:
    allowed = read_allowed([named.place])
    assert (await attempt(named.url, allowed)).taken
    assert not (await attempt(inside.url, allowed)).taken
    assert inside.connections == 0


async def test_no_cookie_is_kept_and_none_sent(named: Receiver) -> None:
    async def sweet(request: web.Request) -> web.Response:
        return web.Response(headers={"Set-Cookie": "crumb=1; Path=/"})

    named.usually = sweet
    url, allowed = f"http://box.example:{named.port}/", read_allowed([named.place])
    lookup = leads_to("127.0.0.1")  # for addresses without a name no jar keeps cookies anyway
    async with open_session(url, allowed=allowed, connections=1, lookup=lookup) as session:
        for _ in range(2):
            await post(session, url, {}, b"{}", NOW)
    assert [call.headers.get("cookie") for call in named.calls] == [None, None]


async def test_a_receiver_without_encryption_on_the_internet_is_refused() -> None:
    answer = await attempt("http://cases.example/", lookup=leads_to("8.8.8.8"))
    assert "without encryption" in answer.reason
