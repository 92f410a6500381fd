"""Whatever a receiver does with a webhook, the attempt ends in time, in little memory, with words."""

from __future__ import annotations

import asyncio
import ssl
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.webhooks import attempt, connector
from gateway.webhooks.attempt import Answer, post
from gateway.webhooks.connector import open_session
from tests.webhooks.receiver import Rudeness, receiver, rude
from tests.webhooks.sending import LOOPBACK

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUICK = 0.3


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DNS_SECONDS", "CONNECT_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(connector, name, QUICK)
    monkeypatch.setattr(connector, "TOTAL_SECONDS", 2 * QUICK)
    monkeypatch.setattr(attempt, "TOTAL_SECONDS", 2 * QUICK)
    monkeypatch.setattr(attempt, "BODY_SECONDS", QUICK)


async def attempt_on(url: str, **more: Any) -> Answer:
    began = time.monotonic()
    async with open_session(url, allowed=LOOPBACK, connections=1, **more) as session:
        answer = await post(session, url, {"webhook-id": "evt_1"}, b'{"type":"x"}', NOW)
    assert time.monotonic() - began < 10 * QUICK
    return answer


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def hang_after_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(60)


async def dribble_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(1000):
        writer.write(b"X-%d: y\r\n" % n)
        await writer.drain()
        await asyncio.sleep(QUICK / 5)


async def endless_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        writer.write(b"y" * 65536)
        await writer.drain()


async def many_heads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Again: yes\r\n" * 4096)
        await writer.drain()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def speak_smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")
    await reader.read()


async def continue_for_ever(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(QUICK / 10)


@pytest.mark.parametrize(
    "behaviour",
    [
        hang,
        hang_after_reading,
        dribble_head,
        endless_head,
        many_heads,
        reset,
        hang_up,
        speak_smtp,
        continue_for_ever,
    ],
)
async def test_it_ends_in_time_with_words(behaviour: Rudeness) -> None:
    async with rude(behaviour) as receiver:
        answer = await attempt_on(receiver.url)
    assert answer.status is None
    assert answer.reason.endswith(".")


@pytest.mark.parametrize(
    "length", [b"Content-Length: 1000000000000\r\n", b"Transfer-Encoding: chunked\r\n", b""]
)
async def test_an_endless_body_is_not_read_and_does_not_undo_that_it_was_taken(length: bytes) -> None:
    written = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        while True:
            writer.write((b"10000\r\n" if b"chunked" in length else b"") + b"y" * 65536 + b"\r\n")
            await writer.drain()
            written += 65536

    async with rude(flood) as receiver:
        tracemalloc.start()
        try:
            answer = await attempt_on(receiver.url)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert answer.taken
    assert peak < 3_000_000
    assert written < 20_000_000


async def test_a_compressed_bomb_stays_compressed() -> None:
    import gzip

    bomb = gzip.compress(b"0" * 30_000_000)[:4000]

    async def explode(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
        writer.write(head + bomb)
        await writer.drain()

    async with rude(explode) as receiver:
        tracemalloc.start()
        try:
            answer = await attempt_on(receiver.url)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert answer.taken
    assert peak < 600_000


async def test_a_body_that_hangs_does_not_undo_that_it_was_taken() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive5")
        await asyncio.sleep(60)

    async with rude(half) as receiver:
        assert (await attempt_on(receiver.url)).taken


async def test_a_connection_is_used_again_after_a_short_body() -> None:
    async with receiver() as one, open_session(one.url, allowed=LOOPBACK, connections=1) as session:
        ports = set()

        async def note(request: Any) -> Any:
            ports.add(request.transport.get_extra_info("peername")[1])
            from aiohttp import web

            return web.Response(text="thank you")

        one.usually = note
        for _ in range(3):
            assert (await post(session, one.url, {}, b"{}", NOW)).taken
        assert len(ports) == 1


async def test_nobody_there_is_said(unused_tcp_port: int) -> None:
    answer = await attempt_on(f"http://127.0.0.1:{unused_tcp_port}/")
    assert answer.reason == "Nothing answers at its address."


async def test_a_name_server_that_hangs_costs_only_its_own_time() -> None:
    def lookup(host: str, port: int) -> list[tuple[Any, ...]]:
        time.sleep(5 * QUICK)
        return []

    began = time.monotonic()
    answer = await attempt_on("https://slow-name.example/", lookup=lookup)
    assert "name server" in answer.reason
    assert time.monotonic() - began < 3 * QUICK


async def test_a_name_nobody_knows_is_said() -> None:
    def lookup(host: str, port: int) -> list[tuple[Any, ...]]:
        raise OSError(-2, "Name or service not known")

    assert "name server" in (await attempt_on("https://nobody.example/", lookup=lookup)).reason


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    served = certificate(tmp_path)
    async with receiver(served) as one:
        url = one.url.replace("http:", "https:")
        assert "certificate" in (await attempt_on(url)).reason
        assert one.calls == []
        trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        assert (await attempt_on(url, tls=trusting)).taken
        assert "certificate" in (await attempt_on(url.replace("127.0.0.1", "localhost"), tls=trusting)).reason


async def test_a_handshake_that_hangs_ends_in_time() -> None:
    async with rude(hang) as receiver:
        answer = await attempt_on(receiver.url.replace("http:", "https:"))
    assert "in time" in answer.reason


async def test_plain_http_where_tls_was_expected_is_said() -> None:
    async with receiver() as one:
        answer = await attempt_on(one.url.replace("http:", "https:"))
    assert not answer.taken
    assert one.calls == []


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate for 127.0.0.1 that vouches for itself, and serve by it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
