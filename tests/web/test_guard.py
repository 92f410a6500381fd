"""What every request is checked for, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import web

from gateway.config_http import HttpConfig
from gateway.store.accounts import Role, accounts
from gateway.web import guard
from gateway.web.access import AccessUnsaid, check_said
from tests.web.site import COOKIE, PASSWORD, Dashboard, dashboard

HERE = "http://127.0.0.1"
FORM = {"name": "Eve", "role": "coordinator"}


async def sent(d: Dashboard, headers: Mapping[str, str]) -> int:
    """Send a form with a coordinator's cookie and these headers alone, and give what came of it."""
    client = await d.client(Role.COORDINATOR)
    filled = {name: value.replace(HERE, d.local) for name, value in headers.items()}
    async with client.session.post(
        f"{d.local}/coordinators/invitations", data=FORM, headers=filled, allow_redirects=False
    ) as response:
        return response.status


FROM_US: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "same-origin", "Origin": HERE},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": HERE},
    {"Referer": f"{HERE}/coordinators"},
    {"Referer": HERE},
)
FROM_ELSEWHERE: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example", "Referer": f"{HERE}/coordinators"},
    {"Origin": "null"},
    {"Origin": "null", "Referer": f"{HERE}/coordinators"},
    {"Origin": f"{HERE}.evil.example"},
    {"Referer": f"{HERE}.evil.example/"},
    {"Referer": f"{HERE}@evil.example/"},
    {"Referer": "https://evil.example/?http://127.0.0.1"},
)


async def test_a_form_counts_only_when_it_comes_from_a_page_of_ours(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        assert [headers for headers in FROM_US if await sent(d, headers) != 200] == []
        assert [headers for headers in FROM_ELSEWHERE if await sent(d, headers) != 403] == []


async def test_another_port_of_this_machine_is_another_origin(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        answer = await client.post(
            "/coordinators/invitations", FORM, headers={"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": ""}
        )
        assert answer.status == 403


async def test_a_web_socket_from_another_site_is_refused(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "https://evil.example"}
        assert (await client.get("/", headers=asked)).status == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost", 303),
        ("localhost.", 303),
        ("192.168.1.5:8470", 403),
        ("[::1]", 303),
        ("[bad", 421),
        ("lines.example.org", 403),
        ("village.local", 403),
    ],
)
async def test_only_names_of_ours_are_answered_to(tmp_path: Path, host: str, status: int) -> None:
    http = HttpConfig(port=0, public_url="https://lines.example.org", allowed_hosts=("village.local",))
    async with dashboard(tmp_path, http=http) as d:
        client = await d.anybody()
        client.address = d.local
        assert (await client.get("/", headers={"Host": host})).status == status


async def test_no_header_makes_an_open_line_private(tmp_path: Path) -> None:
    async with dashboard(tmp_path, http=HttpConfig(port=0, allowed_hosts=("lines.local",))) as d:
        client = await d.anybody()
        for headers in ({"X-Forwarded-Proto": "https"}, {"Forwarded": "proto=https"}):
            assert (await client.get("/", headers={"Host": "lines.local", **headers})).status == 403
            assert (await client.get("/", headers=headers)).status == 403


async def test_every_answer_tells_the_browser_what_it_may_do(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        for path in ("/", "/login", "/nowhere", "/static/nothing.css", "/healthz"):
            headers = (await client.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert headers["Cache-Control"] == "no-store"
            assert "Server" not in headers


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        for length in ("Content-Length: 10000000", "Transfer-Encoding: chunked"):
            reader, writer = await asyncio.open_connection("127.0.0.1", d.url.port)
            writer.write(
                f"POST /logout HTTP/1.1\r\nHost: 127.0.0.1:{d.url.port}\r\nOrigin: {d.address}\r\n"
                f"Cookie: {COOKIE}={client.token}\r\n{length}\r\n\r\n".encode()
            )
            chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
            with suppress(ConnectionError):
                for _ in range(24 if "chunked" in length else 0):
                    writer.write(chunk)
                    await writer.drain()
            async with asyncio.timeout(5):
                assert b" 413 " in await reader.readline()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        assert (await client.get("/")).status == 200  # and was not signed out


async def test_a_body_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.2)
    async with dashboard(tmp_path) as d:
        port = d.url.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {d.address}\r\n"
            "Content-Length: 100\r\n\r\nlogin=".encode()
        )
        async with asyncio.timeout(5):
            assert b" 408 " in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_a_fault_says_nothing_of_anybody_and_can_be_found_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Ada Ashby +447700900123 wrote: my secret")

    monkeypatch.setattr("gateway.web.pages.log.latest_entries", fail)
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        answer = await client.get("/log")
        assert answer.status == 500
        assert "447700900123" not in answer.text
        assert "secret" not in answer.text
        (record,) = [record for record in caplog.records if record.message == "a page failed"]
        assert record.fault in answer.text  # type: ignore[attr-defined]
        assert record.page == "/log"  # type: ignore[attr-defined]


async def test_a_database_that_fails_is_told_in_words(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        await d.store.close()
        answer = await client.get("/")
        assert answer.status == 503
        assert "none is lost" in answer.text


def test_a_handler_that_does_not_say_who_may_use_it_stops_the_site() -> None:
    async def open_to_all(_request: web.Request) -> web.Response:
        return web.Response()

    site = web.Application()
    site.router.add_get("/secrets", open_to_all)
    with pytest.raises(AccessUnsaid, match="/secrets"):
        check_said(site)


async def test_the_health_page_is_for_this_machine_unless_it_is_opened(tmp_path: Path) -> None:
    for opened in (False, True):
        folder = tmp_path / str(opened)
        folder.mkdir()
        async with dashboard(folder, http=HttpConfig(port=0, open_health=opened)) as d:
            client = await d.anybody()
            assert (await client.get("/healthz")).status == 200
            through_a_proxy = await client.get("/healthz", headers={"X-Forwarded-For": "198.51.100.7"})
            assert through_a_proxy.status == (200 if opened else 404)


async def test_a_password_in_the_address_is_not_taken(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.OBSERVER)
        client = await d.anybody()
        answer = await client.post(f"/login?login=observer&password={PASSWORD}")
        assert answer.status == 422
        assert not answer.cookies
        assert len(await d.store.read(accounts)) == 1


@pytest.mark.parametrize(
    "path", ["/static/../site.py", "/static/..%2fsite.py", "/static/%2e%2e/site.py", "/static//etc/passwd"]
)
async def test_files_outside_are_out_of_reach(tmp_path: Path, path: str) -> None:
    async with dashboard(tmp_path) as d:
        reader, writer = await asyncio.open_connection("127.0.0.1", d.url.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).decode()
        assert answer.startswith("HTTP/1.1 404")
        assert "import" not in answer
        writer.close()
