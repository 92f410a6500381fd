"""How much there is of everything, for monitoring: counted in indexes, never by reading what grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Tx
from gateway.store.lift_runs import HOLDING
from gateway.store.outbound import parts_sent, queue_length


@dataclass(frozen=True, slots=True)
class Activity:
    """Counts. `received`, `made`, `calls` and `events` are of all time; the others of now."""

    received: int
    made: int
    calls: int
    events: int
    waiting: int
    parts_today: int
    conversations: int
    requests: int
    booked: int
    standby: int
    polls: int
    urgent: int


def activity(tx: Tx, midnight: datetime, tomorrow: datetime) -> Activity:
    """Count what there is; `midnight` and `tomorrow` bound the local day."""
    return Activity(
        # Ids only grow: the newest one says how many there were, erased ones and all.
        received=_one(tx, "SELECT MAX(id) FROM inbound"),
        made=_one(tx, "SELECT MAX(id) FROM outbound"),
        calls=_one(tx, "SELECT MAX(id) FROM call"),
        events=_one(tx, "SELECT MAX(id) FROM event"),
        waiting=queue_length(tx),
        parts_today=parts_sent(tx, midnight, tomorrow),
        conversations=_one(tx, "SELECT COUNT(*) FROM conversation WHERE status IN ('active', 'person')"),
        requests=_one(tx, "SELECT COUNT(*) FROM help_request WHERE closed_at IS NULL"),
        booked=_one(tx, f"SELECT COUNT(*) FROM trip WHERE state IN {HOLDING}"),  # noqa: S608
        standby=_one(tx, "SELECT COUNT(*) FROM trip WHERE state = 'standby'"),
        polls=_one(tx, "SELECT COUNT(*) FROM poll WHERE state = 'open'"),
        urgent=_one(tx, "SELECT COUNT(*) FROM urgent WHERE taken_at IS NULL"),
    )


def _one(tx: Tx, sql: str) -> int:
    row = tx.one(sql)
    return int(row[0]) if row and row[0] is not None else 0
