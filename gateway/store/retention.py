"""Erasing what has become too old, a few rows a transaction, the oldest first."""

from __future__ import annotations

from datetime import datetime

from gateway.store.database import Tx
from gateway.store.instant import to_text

# So many rows a transaction: residents' turns go on between two of them.
BATCH = 200


def erase_texts(tx: Tx, before: datetime) -> int:
    """Erase texts to and from residents that are older than a moment; give how many of this batch."""
    old_out = _oldest(tx, "outbound", "created_at", before, "AND ended_at IS NOT NULL")
    for row_id in old_out:
        tx.run("DELETE FROM sent_part WHERE outbound_id = :id", id=row_id)
        tx.run("DELETE FROM outbound WHERE id = :id", id=row_id)
    old_in = _oldest(tx, "inbound", "received_at", before)
    for row_id in old_in:
        tx.run("UPDATE outbound SET inbound_id = NULL WHERE inbound_id = :id", id=row_id)
        tx.run("DELETE FROM inbound_part WHERE inbound_id = :id", id=row_id)
        tx.run("DELETE FROM inbound WHERE id = :id", id=row_id)
    for row_id in _oldest(tx, "broken_part", "received_at", before):
        tx.run("DELETE FROM broken_part WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old_out) + len(old_in))


def erase_conversations(tx: Tx, before: datetime) -> int:
    """Erase conversations that ended before a moment, with what they still hold of answers."""
    old = _oldest(tx, "conversation", "changed_at", before, "AND status NOT IN ('active', 'person')")
    for row_id in old:
        tx.run("DELETE FROM conversation WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old))


def erase_events(tx: Tx, before: datetime) -> int:
    """Erase events that are older than a moment and of which no delivery is kept."""
    old = _oldest(
        tx,
        "event",
        "at",
        before,
        "AND NOT EXISTS (SELECT 1 FROM webhook_delivery WHERE webhook_delivery.event_id = event.id)",
    )
    for row_id in old:
        tx.run("DELETE FROM event WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old))


def erase_calls(tx: Tx, before: datetime) -> int:
    """Erase calls that are older than a moment and of which no recording is kept."""
    old = _oldest(
        tx,
        "call",
        "began_at",
        before,
        "AND ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM recording WHERE recording.call_id = call.id)",
    )
    for row_id in old:
        tx.run("DELETE FROM call WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old))


def _oldest(tx: Tx, table: str, moment: str, before: datetime, besides: str = "") -> list[int]:
    """Give the rows at the old end of a table that are older than a moment.

    Ids grow with time, so the first rows are the oldest, and one that is too young ends the search.
    """
    rows = tx.all(
        f"SELECT id, {moment} AS at FROM {table} WHERE 1 = 1 {besides} ORDER BY id LIMIT :batch",  # noqa: S608
        batch=BATCH,
    )
    limit = to_text(before)
    return [int(row["id"]) for row in rows if row["at"] < limit]


def _forgotten(tx: Tx, count: int) -> int:
    if count:
        tx.forget_log()
    return count
