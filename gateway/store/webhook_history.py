"""What became of deliveries: listed page by page, counted, sent once more, and erased when old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.webhook_deliveries import Happening, let_next_go, open_deliveries
from gateway.store.webhooks import first_event_since

MOST_REPLAYED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as a page shows it. `state`: waiting, behind, delivered, failed."""

    id: int
    endpoint: int
    event: int
    type: str
    subject: str
    at: datetime
    state: str
    attempts: int
    next_at: datetime
    status: int | None
    reason: str
    ended_at: datetime | None


class Counts(NamedTuple):
    """How many deliveries wait, were given up and are still kept, and were taken since a moment."""

    waiting: int
    failed: int
    delivered: int


def deliveries(
    tx: Tx, endpoint_id: int, *, state: str = "", before: int | None = None, limit: int = 50
) -> list[Delivery]:
    """Give a page of an endpoint's deliveries, the newest event first.

    `before` is the last event of the page before. `state`: `failed`, `waiting` (those behind another
    included), or "" for all.
    """
    chosen = {"failed": "AND d.state = 'failed'", "waiting": "AND d.ended_at IS NULL"}.get(state, "")
    rows = tx.all(
        "SELECT d.id, d.endpoint_id, d.event_id, d.subject, d.state, d.attempts, d.next_at, d.status, "  # noqa: S608
        "d.reason, d.ended_at, e.type, e.at FROM webhook_delivery d JOIN event e ON e.id = d.event_id "
        f"WHERE d.endpoint_id = :endpoint AND d.event_id < :before {chosen} "
        "ORDER BY d.event_id DESC LIMIT :limit",
        endpoint=endpoint_id,
        before=2**62 if before is None else before,
        limit=limit,
    )
    return [_delivery(row) for row in rows]


def count_deliveries(tx: Tx, endpoint_id: int, since: datetime) -> Counts:
    """Count an endpoint's deliveries; those that were taken, from `since` on."""
    row = tx.one(
        "SELECT "
        "(SELECT COUNT(*) FROM webhook_delivery WHERE endpoint_id = :id AND ended_at IS NULL) AS open, "
        "(SELECT COUNT(*) FROM webhook_delivery WHERE endpoint_id = :id AND state = 'failed') AS failed, "
        "(SELECT COUNT(*) FROM webhook_delivery WHERE endpoint_id = :id AND ended_at >= :since "
        "AND state = 'delivered') AS delivered",
        id=endpoint_id,
        since=to_text(since),
    )
    return Counts(row["open"], row["failed"], row["delivered"]) if row else Counts(0, 0, 0)


def replay(tx: Tx, endpoint_id: int, delivery_ids: Sequence[int], now: datetime) -> int:
    """Send deliveries of an endpoint once more, and those that still wait at once; give how many."""
    found = 0
    for delivery_id in delivery_ids:
        row = tx.one(
            "SELECT event_id, subject, ended_at FROM webhook_delivery "
            "WHERE id = :id AND endpoint_id = :endpoint",
            id=delivery_id,
            endpoint=endpoint_id,
        )
        if row is None:
            continue
        found += 1
        if row["ended_at"] is None:
            tx.run(
                "UPDATE webhook_delivery SET next_at = :now WHERE id = :id", now=to_text(now), id=delivery_id
            )
        else:
            again = Happening(row["event_id"], "", row["subject"])
            open_deliveries(tx, endpoint_id, [again], now, again=True)
    return found


def failed_deliveries(tx: Tx, endpoint_id: int) -> list[int]:
    """Give the deliveries that were given up, the oldest first, as many as are replayed in one go."""
    rows = tx.all(
        "SELECT id FROM webhook_delivery WHERE endpoint_id = :endpoint AND state = 'failed' "
        "ORDER BY event_id LIMIT :limit",
        endpoint=endpoint_id,
        limit=MOST_REPLAYED_AT_ONCE,
    )
    return [row["id"] for row in rows]


def trim(tx: Tx, endpoint_id: int, before: datetime, limit: int) -> int:
    """Erase up to so many deliveries that ended before a moment, and give how many that were."""
    return tx.run(
        "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery "
        "WHERE endpoint_id = :endpoint AND ended_at < :before LIMIT :limit)",
        endpoint=endpoint_id,
        before=to_text(before),
        limit=limit,
    )


def give_up_old(tx: Tx, endpoint_id: int, before: datetime, now: datetime, limit: int) -> int:
    """Give up to so many deliveries up that wait since before a moment, and give how many that were."""
    rows = tx.all(
        "SELECT id, subject FROM webhook_delivery WHERE endpoint_id = :endpoint AND event_id < :event "
        "AND ended_at IS NULL ORDER BY event_id LIMIT :limit",
        endpoint=endpoint_id,
        event=first_event_since(tx, before),
        limit=limit,
    )
    for row in rows:
        tx.run(
            "UPDATE webhook_delivery "
            "SET state = 'failed', reason = 'It waited for too long.', ended_at = :now WHERE id = :id",
            now=to_text(now),
            id=row["id"],
        )
    for subject in {row["subject"] for row in rows}:
        let_next_go(tx, endpoint_id, subject)
    return len(rows)


def forget(tx: Tx, endpoint_id: int, limit: int) -> int:
    """Erase up to so many deliveries of an endpoint that was removed, and give how many that were."""
    return tx.run(
        "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery "
        "WHERE endpoint_id = :endpoint LIMIT :limit)",
        endpoint=endpoint_id,
        limit=limit,
    )


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        endpoint=row["endpoint_id"],
        event=row["event_id"],
        type=row["type"],
        subject=row["subject"],
        at=from_text(row["at"]),
        state=row["state"],
        attempts=row["attempts"],
        next_at=from_text(row["next_at"]),
        status=row["status"],
        reason=row["reason"],
        ended_at=from_text(row["ended_at"]) if row["ended_at"] else None,
    )
