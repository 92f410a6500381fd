"""Signatures of Standard Webhooks 1.0.0: made for what goes out, checked on what comes in."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from gateway.errors import GatewayError

PREFIX = "whsec_"
KEY_BYTES = 32
LEAST_KEY_BYTES, MOST_KEY_BYTES = 24, 64
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
# A call older or newer than this is refused: whoever recorded it could be playing it again.
TOLERANCE = timedelta(minutes=5)
MOST_ID = 128
MOST_SIGNATURES = 8


class SignatureRefused(GatewayError):
    """A call's signature does not hold: it was not taken. The sender's secret or clock is wrong."""


def new_secret() -> str:
    """Make a secret: 32 random bytes, as `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Give the bytes of a `whsec_` secret; raises ValueError for what is none."""
    if not secret.startswith(PREFIX):
        raise ValueError("a secret begins with whsec_")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("after whsec_ comes base64") from None
    if not LEAST_KEY_BYTES <= len(key) <= MOST_KEY_BYTES:
        raise ValueError(f"a secret has {LEAST_KEY_BYTES} to {MOST_KEY_BYTES} bytes")
    return key


def sign(keys: Sequence[bytes], id: str, at: datetime, body: bytes) -> dict[str, str]:  # noqa: A002
    """Give the three headers for `body`, signed with every key: two while a secret is being changed."""
    timestamp = str(int(at.timestamp()))
    signatures = " ".join(_signature(key, id, timestamp, body) for key in keys)
    return {ID: id, TIMESTAMP: timestamp, SIGNATURE: signatures}


def verify(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Check that `body` was signed lately with one of the keys, and give its id; raises SignatureRefused."""
    id_, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    offered = headers.get(SIGNATURE, "").split(" ")[:MOST_SIGNATURES]
    if not 0 < len(id_) <= MOST_ID or not id_.isascii() or not id_.isprintable():
        raise SignatureRefused(f"The header {ID} is missing or unusable.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureRefused(f"The header {TIMESTAMP} must be a moment in whole seconds since 1970.")
    # Before the moment is judged: a stranger learns nothing of our clock.
    wanted = [_signature(key, id_, timestamp, body).encode() for key in keys]
    given = [signature.encode("utf-8", "replace") for signature in offered]
    if not any(hmac.compare_digest(ours, theirs) for ours in wanted for theirs in given):
        raise SignatureRefused(f"No signature in {SIGNATURE} fits. Is the secret the one we gave out?")
    try:
        sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise SignatureRefused(f"The header {TIMESTAMP} is no moment.") from None
    if abs(now - sent_at) > TOLERANCE:
        raise SignatureRefused("It was signed more than five minutes from now. Is the sender's clock right?")
    return id_


def _signature(key: bytes, id_: str, timestamp: str, body: bytes) -> str:
    signed = hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(signed).decode()}"
