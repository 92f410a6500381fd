"""What goes over the wire: the thin payload of an event, and what an organiser ticked besides."""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Collection
from datetime import datetime

from flows.value import Json
from gateway.api.secrets import Secrets
from gateway.store.instant import to_text
from gateway.store.packed import pack
from gateway.store.webhook_deliveries import Parcel
from gateway.webhooks.catalogue import EVENT_TYPES
from gateway.webhooks.fields import KINDS, LOOKED_UP

_ID_BYTES = 15


def webhook_id(key: bytes, event: int, type: str, at: datetime) -> str:  # noqa: A002
    """Give the id of an event's webhooks: the same at every attempt, and no other event's.

    An old backup gives its event numbers out once more, and a receiver must not take what then
    happens for what it has heard already: the moment is part of it.
    """
    digest = hmac.digest(key, f"webhook\0{event}\0{type}\0{to_text(at)}".encode(), "sha256")
    return f"evt_{b32encode(digest[:_ID_BYTES]).decode().lower()}"


def body_of(parcel: Parcel, ticked: Collection[str], secrets: Secrets) -> bytes:
    """Write the webhook of an event as JSON; a type the catalogue does not know carries its id alone."""
    kind = EVENT_TYPES.get(parcel.type)
    about, _, key = parcel.subject.partition(":")
    data: dict[str, Json] = {"id": _id(about, key, secrets), "object": KINDS.get(about, about)}
    if kind is not None:
        if kind.state:
            data["state"] = kind.state
        offered = [name for name in kind.offered if name in ticked]
        for name in (*kind.sent, *offered):
            values = parcel.looked_up if name in LOOKED_UP else parcel.data
            if name in values:
                data[name] = secrets.pseudonym(int(str(values[name]))) if name == "person" else values[name]
    return pack({"type": parcel.type, "timestamp": to_text(parcel.at), "data": data}).encode()


def _id(about: str, key: str, secrets: Secrets) -> Json:
    if about == "resident":
        return secrets.pseudonym(int(key))
    return int(key) if key.isascii() and key.isdigit() else key or None
