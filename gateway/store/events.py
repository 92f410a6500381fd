"""Events: what happened, written in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flows.value import Json
from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack


def write_event(
    tx: Tx,
    type: str,  # noqa: A002
    subject: str,
    data: Mapping[str, Json],
    now: datetime,
) -> int:
    """Write event `type` (`lift.booked`) about `subject` (`trip:12`) and give its id."""
    tx.tell(type)
    return tx.insert(
        "INSERT INTO event (type, subject, at, data) VALUES (:type, :subject, :at, :data) RETURNING id",
        type=type,
        subject=subject,
        at=to_text(now),
        data=pack(data),
    )


def count_events(tx: Tx, type: str, subject: str, since: datetime, until: datetime) -> int:  # noqa: A002
    """Count the events of a type about a subject between two moments."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM event WHERE subject = :subject AND type = :type "
        "AND at >= :since AND at <= :until",
        subject=subject,
        type=type,
        since=to_text(since),
        until=to_text(until),
    )
    return int(row["n"]) if row else 0


def events_about(tx: Tx, subject: str) -> list[tuple[datetime, str, dict[str, Json]]]:
    """Give moment, type and data of all that happened to a subject, in order."""
    rows = tx.all("SELECT at, type, data FROM event WHERE subject = :subject ORDER BY id", subject=subject)
    return [(from_text(row["at"]), row["type"], unpack(row["data"])) for row in rows]


def events_since(tx: Tx, event_id: int, limit: int = 1000) -> list[tuple[int, str, str, dict[str, Json]]]:
    """Give id, type, subject and data of the events after an id, in order."""
    rows = tx.all(
        "SELECT id, type, subject, data FROM event WHERE id > :id ORDER BY id LIMIT :limit",
        id=event_id,
        limit=limit,
    )
    return [(row["id"], row["type"], row["subject"], unpack(row["data"])) for row in rows]
