"""Deliveries: which event each endpoint still has to hear of, in order for one subject.

Of the open deliveries about one subject to one endpoint exactly one is `waiting`; the others are
`behind` it, so that what is due is found without looking at what has to wait anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flows.value import Json
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import unpack

# How many events about one subject are taken in hand together, to go out one after the other.
MOST_IN_A_ROW = 16


class Happening(NamedTuple):
    """An event, as far as it decides who is told of it."""

    id: int
    type: str
    subject: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event on its way to one endpoint. `looked_up` holds the ticked fields that no event carries."""

    delivery: int
    event: int
    type: str
    subject: str
    at: datetime
    data: dict[str, Json]
    attempts: int
    began_at: datetime | None
    looked_up: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt: taken, to be tried again at `next_at`, or given up.

    `status` is the HTTP status, None where there was no answer.
    """

    parcel: Parcel
    at: datetime
    taken: bool
    status: int | None
    reason: str = ""
    next_at: datetime | None = None


def events_after(tx: Tx, event_id: int, limit: int, until: int | None = None) -> list[Happening]:
    """Give the events after an id, in the order of their commits, up to and with `until`."""
    rows = tx.all(
        "SELECT id, type, subject FROM event WHERE id > :id AND id <= :until ORDER BY id LIMIT :limit",
        id=event_id,
        until=2**62 if until is None else until,
        limit=limit,
    )
    return [Happening(row["id"], row["type"], row["subject"]) for row in rows]


def open_deliveries(
    tx: Tx, endpoint_id: int, happenings: Iterable[Happening], now: datetime, *, again: bool = False
) -> None:
    """Note that an endpoint has to hear of events; of those it has heard already only with `again`."""
    # One that is open stays as it is, or it would be tried twice at the same time.
    known = (
        "DO UPDATE SET state = excluded.state, attempts = 0, next_at = excluded.next_at, began_at = NULL, "
        "status = NULL, reason = '', ended_at = NULL WHERE webhook_delivery.ended_at IS NOT NULL"
        if again
        else "DO NOTHING"
    )
    for happening in happenings:
        tx.run(
            "INSERT INTO webhook_delivery (endpoint_id, event_id, subject, state, next_at) "  # noqa: S608
            "VALUES (:endpoint, :event, :subject, CASE WHEN EXISTS ("
            "SELECT 1 FROM webhook_delivery WHERE endpoint_id = :endpoint AND subject = :subject "
            "AND ended_at IS NULL) THEN 'behind' ELSE 'waiting' END, :now) "
            f"ON CONFLICT (endpoint_id, event_id) {known}",
            endpoint=endpoint_id,
            event=happening.id,
            subject=happening.subject,
            now=to_text(now),
        )


def noted_to(tx: Tx, endpoint_id: int) -> int | None:
    """Give up to which event an endpoint's deliveries are noted, None while it is not on."""
    row = tx.one("SELECT cursor FROM webhook_endpoint WHERE id = :id AND state = 'on'", id=endpoint_id)
    return int(row["cursor"]) if row else None


def move_cursor(tx: Tx, endpoint_id: int, cursor: int) -> None:
    """Write down up to which event an endpoint's deliveries are noted."""
    tx.run(
        "UPDATE webhook_endpoint SET cursor = :cursor WHERE id = :id AND cursor < :cursor",
        cursor=cursor,
        id=endpoint_id,
    )


def move_replay(tx: Tx, endpoint_id: int, cursor: int, until: int) -> None:
    """Write down how far a replay has come; one asked for in the meantime is left as it is."""
    tx.run(
        "UPDATE webhook_endpoint SET replay_from = CASE WHEN :cursor < :until THEN :cursor END, "
        "replay_until = CASE WHEN :cursor < :until THEN :until END "
        "WHERE id = :id AND replay_until = :until AND replay_from < :cursor",
        cursor=cursor,
        until=until,
        id=endpoint_id,
    )


def settle(tx: Tx, endpoint_id: int, results: Sequence[Result]) -> None:
    """Write down what became of attempts, and let what was behind them go next."""
    for result in results:
        parcel = result.parcel
        over = result.taken or result.next_at is None
        tx.run(
            "UPDATE webhook_delivery SET state = CASE WHEN :over THEN :end ELSE state END, "
            "attempts = :attempts, began_at = COALESCE(began_at, :at), status = :status, reason = :reason, "
            "next_at = COALESCE(:next, next_at), ended_at = CASE WHEN :over THEN :at END "
            "WHERE id = :id AND ended_at IS NULL",
            over=over,
            end="delivered" if result.taken else "failed",
            attempts=parcel.attempts + 1,
            at=to_text(result.at),
            status=result.status,
            reason=result.reason,
            next=to_text(result.next_at) if result.next_at else None,
            id=parcel.delivery,
        )
    for subject in {result.parcel.subject for result in results}:
        let_next_go(tx, endpoint_id, subject)


def take(
    tx: Tx, endpoint_id: int, now: datetime, in_hand: Collection[int], wanted: frozenset[str], limit: int
) -> list[list[Parcel]]:
    """Give what is due, up to `limit` subjects; what belongs to one subject is one list, in order.

    `in_hand` are deliveries already under way; `wanted` the fields to be looked up.
    """
    rows = tx.all(
        "SELECT id, event_id, subject, attempts, began_at FROM webhook_delivery "
        "WHERE endpoint_id = :endpoint AND state = 'waiting' AND next_at <= :now "
        "ORDER BY next_at, event_id LIMIT :limit",
        endpoint=endpoint_id,
        now=to_text(now),
        limit=limit + len(in_hand),
    )
    heads = [row for row in rows if row["id"] not in in_hand][:limit]
    return [
        [_parcel(tx, row, wanted) for row in (head, *_followers(tx, endpoint_id, head["subject"], in_hand))]
        for head in heads
    ]


def next_due(tx: Tx, endpoint_id: int, now: datetime) -> datetime | None:
    """Give when the next delivery that waits for its time may be tried, None when there is none."""
    row = tx.one(
        "SELECT MIN(next_at) AS at FROM webhook_delivery "
        "WHERE endpoint_id = :endpoint AND state = 'waiting' AND next_at > :now",
        endpoint=endpoint_id,
        now=to_text(now),
    )
    return from_text(row["at"]) if row and row["at"] else None


def try_all_now(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Make everything due that waits: the receiver answers again."""
    tx.run(
        "UPDATE webhook_delivery SET next_at = :now "
        "WHERE endpoint_id = :endpoint AND state = 'waiting' AND next_at > :now",
        endpoint=endpoint_id,
        now=to_text(now),
    )


def pull_in(tx: Tx, endpoint_id: int, now: datetime, too_far: datetime) -> None:
    """Make due what waits for a moment that no schedule gives: the clock was ahead when it was written."""
    tx.run(
        "UPDATE webhook_delivery SET next_at = :now "
        "WHERE endpoint_id = :endpoint AND state = 'waiting' AND next_at > :too_far",
        endpoint=endpoint_id,
        now=to_text(now),
        too_far=to_text(too_far),
    )


def let_next_go(tx: Tx, endpoint_id: int, subject: str) -> None:
    """Let the first of what is behind about a subject go, unless something of it is on its way."""
    tx.run(
        "UPDATE webhook_delivery SET state = 'waiting' WHERE id = (SELECT id FROM webhook_delivery "
        "WHERE endpoint_id = :endpoint AND subject = :subject AND state = 'behind' AND ended_at IS NULL "
        "ORDER BY event_id LIMIT 1) AND NOT EXISTS (SELECT 1 FROM webhook_delivery "
        "WHERE endpoint_id = :endpoint AND subject = :subject AND state = 'waiting' AND ended_at IS NULL)",
        endpoint=endpoint_id,
        subject=subject,
    )


def _followers(tx: Tx, endpoint_id: int, subject: str, in_hand: Collection[int]) -> list[Row]:
    rows = tx.all(
        "SELECT id, event_id, subject, attempts, began_at FROM webhook_delivery "
        "WHERE endpoint_id = :endpoint AND subject = :subject AND state = 'behind' AND ended_at IS NULL "
        "ORDER BY event_id LIMIT :limit",
        endpoint=endpoint_id,
        subject=subject,
        limit=MOST_IN_A_ROW - 1,
    )
    return [] if any(row["id"] in in_hand for row in rows) else rows


def _parcel(tx: Tx, row: Row, wanted: frozenset[str]) -> Parcel:
    event = tx.one("SELECT type, subject, at, data FROM event WHERE id = :id", id=row["event_id"])
    assert event is not None, "a foreign key held an event that is not there"  # noqa: S101
    return Parcel(
        delivery=row["id"],
        event=row["event_id"],
        type=event["type"],
        subject=event["subject"],
        at=from_text(event["at"]),
        data=unpack(event["data"]),
        attempts=row["attempts"],
        began_at=from_text(row["began_at"]) if row["began_at"] else None,
        looked_up=_look_up(tx, event["subject"]) if wanted else {},
    )


def _look_up(tx: Tx, subject: str) -> dict[str, Json]:
    """Give what an organiser may have sent although no event carries it, as it is now: erased is erased."""
    kind, _, key = subject.partition(":")
    query = {
        "resident": "SELECT id AS person, name, number FROM resident WHERE id = :id",
        "trip": "SELECT r.id AS person, r.name, r.number FROM trip t "
        "JOIN resident r ON r.id = t.resident_id WHERE t.id = :id",
        "help": "SELECT r.id AS person, r.name, r.number, h.what AS words FROM help_request h "
        "JOIN resident r ON r.id = h.resident_id WHERE h.id = :id",
    }.get(kind)
    row = tx.one(query, id=int(key)) if query else None
    return dict(row) if row else {}
