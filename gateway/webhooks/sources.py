"""What a coordinator does with systems that may send webhooks to us: one transaction and one event each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.errors import GatewayError
from gateway.store import webhook_sources as store
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.webhook_sources import Source
from gateway.webhooks.signing import new_secret

MOST_SOURCES = 50
OLD_SECRET_IS_GOOD_FOR = timedelta(hours=24)
# What a source may be allowed to do, as the scopes of the API say it.
REQUESTS, TRIPS = "requests:write", "trips:write"
SCOPES = (REQUESTS, TRIPS)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class SourceRefused(GatewayError):
    """A source cannot be as asked for: nothing was changed. The message says what to write instead."""


def add_source(tx: Tx, name: str, scopes: Sequence[str], now: datetime) -> int:
    """Let a system send webhooks to /hooks/`name`; its secret is in the store. Raises SourceRefused."""
    if not _NAME.fullmatch(name):
        raise SourceRefused(
            "Give it a name of up to 40 small letters, digits and -. Write for example: cases"
        )
    if store.source_by_name(tx, name) is not None:
        raise SourceRefused("There is one of that name already. Choose another name.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise SourceRefused("Choose what it may change: requests for help, trips, or both.")
    if len(store.sources(tx)) >= MOST_SOURCES:
        raise SourceRefused(f"There are {MOST_SOURCES} already. Remove one that nobody needs.")
    source_id = store.add_source(tx, name, scopes, new_secret(), now)
    _tell(tx, "added", source_id, now)
    return source_id


def rotate_secret(tx: Tx, source_id: int, now: datetime, *, leaked: bool = False) -> str:
    """Give a source a new secret and return it; the old one is good for a day more, unless it `leaked`."""
    _existing(tx, source_id)
    secret = new_secret()
    store.set_source_secret(tx, source_id, secret, None if leaked else now + OLD_SECRET_IS_GOOD_FOR, now)
    _tell(tx, "secret_changed", source_id, now)
    return secret


def switch_on(tx: Tx, source_id: int, now: datetime) -> None:
    """Take webhooks of a source again."""
    if _existing(tx, source_id).state != "on":
        store.set_source_state(tx, source_id, "on", now)
        _tell(tx, "switched_on", source_id, now)


def switch_off(tx: Tx, source_id: int, now: datetime) -> None:
    """Take no webhooks of a source for now."""
    if _existing(tx, source_id).state == "on":
        store.set_source_state(tx, source_id, "off", now)
        _tell(tx, "switched_off", source_id, now)


def remove_source(tx: Tx, source_id: int, now: datetime) -> None:
    """Take no more webhooks of a source, and forget its secrets."""
    _existing(tx, source_id)
    store.set_source_state(tx, source_id, "removed", now)
    _tell(tx, "removed", source_id, now)


def _existing(tx: Tx, source_id: int) -> Source:
    source = store.source_by_id(tx, source_id)
    if source is None:
        raise SourceRefused("There is no such system any more, so nothing was changed.")
    return source


def _tell(tx: Tx, what: str, source_id: int, now: datetime) -> None:
    write_event(tx, f"source.{what}", f"source:{source_id}", {}, now)
