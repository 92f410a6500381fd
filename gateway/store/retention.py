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


def erase_ideas(tx: Tx, before: datetime) -> int:
    """Erase what closed on the board before a moment, with who was in."""
    old = _closed(tx, "board_idea", before)
    for row_id in old:
        tx.run("DELETE FROM board_joining WHERE idea_id = :id", id=row_id)
        tx.run("DELETE FROM board_idea WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old))


def erase_announcements(tx: Tx, before: datetime) -> int:
    """Erase announcements that went out before a moment, with whom they went to."""
    old = _oldest(tx, "announcement", "ended_at", before, "AND ended_at IS NOT NULL")
    for row_id in old:
        tx.run("DELETE FROM announcement_recipient WHERE announcement_id = :id", id=row_id)
        tx.run("DELETE FROM announcement WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old))


def erase_shifts(tx: Tx, before: datetime) -> int:
    """Erase shifts that were over before a moment, with whose they were."""
    rows = tx.all(
        "DELETE FROM shift WHERE id IN (SELECT id FROM shift WHERE ends_at < :before "
        "AND state IN ('over', 'missed', 'cancelled') ORDER BY ends_at LIMIT :batch) RETURNING id",
        before=to_text(before),
        batch=BATCH,
    )
    return _forgotten(tx, len(rows))


def erase_referrals(tx: Tx, before: datetime) -> int:
    """Erase food bank referrals that ended before a moment."""
    old = _closed(tx, "food_referral", before)
    for row_id in old:
        tx.run("DELETE FROM food_referral WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old))


def end_recordings(tx: Tx, before: datetime, *, kind: str) -> int:
    """End the time of recordings of a kind from before a moment, where a longer one was set when they were
    made: the next look erases their files, too.
    """
    old = _oldest(tx, "recording", "made_at", before, "AND kind = :kind AND erase_at > made_at", kind=kind)
    for row_id in old:
        tx.run("UPDATE recording SET transcript = '', erase_at = made_at WHERE id = :id", id=row_id)
    return _forgotten(tx, len(old))


def _closed(tx: Tx, table: str, before: datetime) -> list[int]:
    rows = tx.all(
        f"SELECT id FROM {table} WHERE closed_at IS NOT NULL AND closed_at < :before "  # noqa: S608
        "ORDER BY closed_at LIMIT :batch",
        before=to_text(before),
        batch=BATCH,
    )
    return [int(row["id"]) for row in rows]


def _oldest(
    tx: Tx, table: str, moment: str, before: datetime, besides: str = "", **values: object
) -> list[int]:
    """Give the rows at the old end of a table that are older than a moment.

    Ids grow with time, so the first rows are the oldest, and one that is too young ends the search.
    """
    rows = tx.all(
        f"SELECT id, {moment} AS at FROM {table} WHERE 1 = 1 {besides} ORDER BY id LIMIT :batch",  # noqa: S608
        batch=BATCH,
        **values,
    )
    limit = to_text(before)
    return [int(row["id"]) for row in rows if row["at"] < limit]


def _forgotten(tx: Tx, count: int) -> int:
    if count:
        tx.forget_log()
    return count
