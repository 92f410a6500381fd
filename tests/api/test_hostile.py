"""Whatever is sent, nothing is done that is not described, and no answer is a fault of ours."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest

from gateway.api import bodies
from gateway.api.bodies import BODY_BYTES
from gateway.api.door import PREFIX
from tests.api.asking import ROSE, Asker

JSON = {"Content-Type": "application/json"}


async def text_to_rose(system: Asker) -> dict[str, Any]:
    """Give the body of a text to Rose."""
    await system.village.text(ROSE, "MENU")
    await system.village.sent()
    return {"person": await system.person(), "body": "Hello"}


@pytest.mark.parametrize(
    "more",
    [
        {"id": 1},
        {"state": "sent"},
        {"parts": 0},
        {"lane": -1},
        {"number": "+447700900999"},
        {"__proto__": {"admin": True}},
        {"": 1},
        {"\u0000": 1},
    ],
)
async def test_nothing_can_be_set_that_is_not_asked_for(system: Asker, more: dict[str, Any]) -> None:
    answer = await system.post("/messages/sent", {**await text_to_rose(system), **more})
    assert (answer.status, answer.code) == (422, "bad_body")
    assert await system.village.sent() == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null\x00",
        b"\xff\xfe",
        b"{'a': 1}",
        b"NaN",
        b"[Infinity]",
        b'{"a": 1, "a": 2}',
        b"[" * 30_000,
        b'{"a":' * 8_000,
        b'"\\ud800"',
        b'{"person": "\\udfff"}',
        b"9" * 5_000,
        b"-" + b"9" * 40,
        b"\xef\xbb\xbf{}",
    ],
)
async def test_what_is_no_json_for_every_reader_is_refused(system: Asker, raw: bytes) -> None:
    answer = await system.ask("POST", "/messages/sent", data=raw, headers=JSON)
    assert (answer.status, answer.code) == (400, "bad_json")


@pytest.mark.parametrize(
    "body",
    [None, True, 0, 1e308, "x", [], [[]], {}, {"person": None, "body": []}, {"person": 1, "body": 2}],
)
async def test_a_wrong_type_is_refused_and_said_where(system: Asker, body: Any) -> None:
    answer = await system.ask("POST", "/messages/sent", data=json.dumps(body), headers=JSON)
    assert (answer.status, answer.code) == (422, "bad_body")
    assert answer.json["errors"]


@pytest.mark.parametrize("words", ["a\x00b", "a\x1bb", "\x7f", "a\tb", "\x85", "x" * 307, ""])
async def test_no_text_holds_what_no_telephone_shows(system: Asker, words: str) -> None:
    answer = await system.post("/messages/sent", {**await text_to_rose(system), "body": words})
    assert (answer.status, answer.code) == (422, "bad_body")


@pytest.mark.parametrize("number", [0, -1, 2**53, 2**63, 10**30, 1.5, "1e3", "0x10", "１", "1\x00", "%00"])
async def test_an_id_that_is_none_leads_nowhere(system: Asker, number: Any) -> None:
    answer = await system.get(f"/requests/{number}")
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/../now",
        "/api/v1/%2e%2e/now",
        "/api/v1/..%2f..%2fetc%2fpasswd",
        "/api/v1//requests",
        "/api/v1/requests/",
        "/api/v1/requests/1/../../people",
        "/api/v1/requests;/1",
        "/api/v1/exports/..%2f..%2fplainline.csv",
        "/api/v1/exports/people.csv%00.json",
        "/api/v1/exports/sqlite_master.csv",
        "/api/v1/calendars/..%2f..%2f.ics",
        "/api/v1/open311/v2/requests/%27%20OR%201=1.json",
        "/api/v1/\udcff",
    ],
)
async def test_no_path_leads_anywhere_else(system: Asker, path: str) -> None:
    status, headers, _ = await raw_request(
        system, f"GET {path} HTTP/1.1".encode("utf-8", "surrogateescape"), b""
    )
    assert status in (400, 404)
    assert b"passwd" not in headers


async def test_an_address_that_is_not_there_is_a_problem_too(system: Asker) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        answer = await system.ask(method, "/nothing/here")
        assert (answer.status, answer.code) == (404, "not_found")
    answer = await system.ask("PATCH", "/requests")
    assert (answer.status, answer.code) == (405, "no_method")
    assert "GET" in answer.headers["Allow"]


async def test_another_type_of_body_is_refused(system: Asker) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""):
        answer = await system.ask("POST", "/messages/sent", data=b"{}", headers={"Content-Type": kind})
        assert (answer.status, answer.code) == (415, "not_json")
    zipped = {**JSON, "Content-Encoding": "gzip"}
    answer = await system.ask("POST", "/messages/sent", data=b"\x1f\x8b", headers=zipped)
    assert answer.status in (400, 415)


async def test_ten_megabytes_are_refused_before_they_are_read(system: Asker) -> None:
    head = request_head(system, "POST", "/messages/sent", f"Content-Length: {10 * 1024 * 1024}")
    status, headers, body = await raw_request(system, head, b"{")
    assert (status, json.loads(body)["code"]) == (413, "too_long")
    assert b"connection: close" in headers.lower()


async def test_a_body_of_unknown_length_ends_where_ours_do(system: Asker) -> None:
    async def endless() -> Any:
        for _ in range(3 * BODY_BYTES // 1024):
            yield b" " * 1024

    answer = await system.ask("POST", "/messages/sent", data=endless(), headers=JSON)
    assert (answer.status, answer.code) == (413, "too_long")


async def test_a_body_that_never_comes_is_not_waited_for(
    system: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)
    head = request_head(system, "POST", "/messages/sent", "Content-Length: 40")
    status, _, body = await raw_request(system, head, b"{")
    assert (status, json.loads(body)["code"]) == (408, "too_slow")


async def test_no_problem_repeats_what_was_sent(system: Asker) -> None:
    person = await text_to_rose(system)
    for body in (
        {**person, "secretword": 1},
        {**person, "body": "secretword" * 50},
        {"person": "secretword"},
    ):
        answer = await system.post("/messages/sent", body)
        assert b"secretword" not in answer.raw
    answer = await system.get("/requests?state=secretword&secretword=1")
    assert b"secretword" not in answer.raw


async def test_a_fault_of_ours_says_nothing(
    system: Asker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from gateway.store import api_read

    def broken(*_: Any) -> Any:
        raise RuntimeError(f"{ROSE} wrote of her insulin")

    await system.request_of()
    monkeypatch.setattr(api_read, "request_page", broken)
    answer = await system.get("/requests")
    assert (answer.status, answer.code) == (500, "fault")
    assert b"insulin" not in answer.raw


async def test_every_answer_is_for_no_browser(system: Asker) -> None:
    for answer in (
        await system.get("/requests"),
        await system.get("/nothing"),
        await system.get("/openapi.json"),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_what_did_not_change_is_not_sent_again(system: Asker) -> None:
    request = await system.request_of()
    first = await system.get(f"/requests/{request}")
    same = await system.get(f"/requests/{request}", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status, same.raw) == (304, b"")
    await system.post(f"/requests/{request}/state", {"state": "looking"})
    changed = await system.get(f"/requests/{request}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status == 200


def request_head(system: Asker, method: str, path: str, *more: str) -> bytes:
    """Give the head of a request, by hand."""
    lines = [f"{method} {PREFIX}{path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {system.token}"]
    return "\r\n".join([*lines, "Content-Type: application/json", *more]).encode()


async def raw_request(system: Asker, head: bytes, body: bytes) -> tuple[int, bytes, bytes]:
    """Send bytes as they are and give status, headers and body of the answer."""
    if b"\r\nHost:" not in head:
        head += f"\r\nHost: localhost\r\nAuthorization: Bearer {system.token}".encode()
    reader, writer = await asyncio.open_connection(
        system.client.host, system.client.port, family=socket.AF_INET
    )
    try:
        writer.write(head + b"\r\n\r\n" + body)
        await writer.drain()
        async with asyncio.timeout(10):
            headers = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in headers.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            answer = await reader.readexactly(length)
    finally:
        writer.close()
    return int(headers.split()[1]), headers, answer
