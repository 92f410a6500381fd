"""Signatures are those of Standard Webhooks, both ways."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from gateway.webhooks.signing import SignatureRefused, key_of, new_secret, sign, verify

BODY = '{"type":"help.opened","note":"né ✓"}'.encode()
NOW = datetime.now(UTC)


def test_the_reference_library_verifies_what_we_sign() -> None:
    secret = new_secret()
    headers = sign([key_of(secret)], "evt_1", datetime.now(UTC), BODY)  # the library looks at the clock
    assert Webhook(secret).verify(BODY, headers)["type"] == "help.opened"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_while_a_secret_changes_both_verify() -> None:
    new, old = new_secret(), new_secret()
    now = datetime.now(UTC)  # the library looks at the clock
    headers = sign([key_of(new), key_of(old)], "evt_1", now, BODY)
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, headers)
        assert verify([key_of(secret)], headers, BODY, now) == "evt_1"


def test_we_verify_what_the_reference_library_signs() -> None:
    secret = new_secret()
    signature = Webhook(secret).sign("msg_9", NOW, BODY.decode())
    headers = {
        "webhook-id": "msg_9",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": f"v1a,other v1,{base64.b64encode(b'x' * 32).decode()} {signature}",
    }
    assert verify([key_of(secret)], headers, BODY, NOW) == "msg_9"


def test_a_secret_has_the_form_the_specification_gives() -> None:
    assert new_secret() != new_secret()
    assert len(key_of(new_secret())) == 32
    for wrong in ("", "whsec_", "abc", "whsec_c2hvcnQ=", "whsec_???", "whsec_" + "QUFB" * 30):
        with pytest.raises(ValueError):
            key_of(wrong)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_was_signed_more_than_five_minutes_from_now_is_refused(minutes: int) -> None:
    key = key_of(new_secret())
    headers = sign([key], "evt_1", NOW, BODY)
    with pytest.raises(SignatureRefused, match="five minutes"):
        verify([key], headers, BODY, NOW + timedelta(minutes=minutes))
    assert verify([key], headers, BODY, NOW + timedelta(minutes=minutes * 4 / 6)) == "evt_1"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_2"},
        {"webhook-id": ""},
        {"webhook-id": "x" * 200},
        {"webhook-id": "evt\n1"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-5"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-timestamp": "٣"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v2,AAAA"},
    ],
)
def test_whatever_is_changed_it_is_refused(change: dict[str, str]) -> None:
    key = key_of(new_secret())
    headers = {**sign([key], "evt_1", NOW, BODY), **change}
    with pytest.raises(SignatureRefused):
        verify([key], headers, BODY, NOW)


def test_a_changed_body_is_refused() -> None:
    key = key_of(new_secret())
    with pytest.raises(SignatureRefused):
        verify([key], sign([key], "evt_1", NOW, BODY), BODY + b" ", NOW)
