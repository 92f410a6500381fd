"""A gateway with a certificate of its own: people sign in from elsewhere, and the doctor still finds it."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.config import Config, Limits, ModemConfig
from gateway.config_http import HttpConfig
from gateway.doctor.running import ask_gateway
from gateway.store.accounts import Role
from gateway.web.front import private_context
from tests.web.site import PASSWORD, dashboard


@pytest.fixture
def own(tmp_path: Path) -> HttpConfig:
    """Give settings with a certificate that nobody else vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lines.example.org")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return HttpConfig(
        port=0, tls_certificate=files[0], tls_key=files[1], allowed_hosts=("lines.example.org",)
    )


async def test_people_sign_in_and_their_cookie_stays_private(tmp_path: Path, own: HttpConfig) -> None:
    async with dashboard(tmp_path, http=own) as d:
        await d.account(Role.ORGANISER)
        assert d.address.startswith("https://127.0.0.1:")
        client = await d.anybody()
        headers = {"Host": "lines.example.org", "Origin": "https://lines.example.org"}
        typed = {"login": "organiser", "password": PASSWORD}
        answer = await client.post("/login", typed, headers=headers, ssl=False)
        assert answer.status == 303
        assert answer.cookies["__Host-plainline"]["secure"]
        plain = await client.post("/login", typed, headers={"Origin": "http://lines.example.org"}, ssl=False)
        assert plain.status == 403


async def test_the_doctor_finds_it(tmp_path: Path, own: HttpConfig) -> None:
    async with dashboard(tmp_path, http=own) as d:
        port = d.url.port
        assert port
        http = HttpConfig(port=port, tls_certificate=own.tls_certificate, tls_key=own.tls_key)
        config = Config(tmp_path, tmp_path, (ModemConfig("m", "software"),), Limits(("GB",)), http=http)
        page = await asyncio.to_thread(ask_gateway, config)
        assert page is not None
        assert page["ready"]


async def test_a_certificate_that_cannot_be_used_is_told_and_texts_go_on(
    tmp_path: Path, own: HttpConfig
) -> None:
    assert own.tls_key is not None
    own.tls_key.write_text("nothing", encoding="utf-8")
    with pytest.raises(AssertionError, match="certificate"):
        async with dashboard(tmp_path, http=own):
            pass


def test_old_protocols_are_not_spoken(own: HttpConfig) -> None:
    context = private_context(own)
    assert context is not None
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
