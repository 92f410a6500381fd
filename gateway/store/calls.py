"""Calls as they happened, and calls that are still to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.value import Json
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack
from gateway.store.threads import touch_thread

# How long a call is still worth making.
VALIDITY = {
    "ring_back": timedelta(minutes=30),
    "reminder": timedelta(hours=12),
    "announcement": timedelta(hours=48),
    "reading": timedelta(minutes=30),
}


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """A call to make to a resident; one with a `flow` begins that flow with `answers`."""

    id: int
    resident_id: int
    number: str
    purpose: str
    flow: str
    answers: Mapping[str, Json]
    tries: int
    valid_until: datetime


def begin_call(
    tx: Tx, link: str, direction: str, purpose: str, resident_id: int | None, now: datetime
) -> int:
    """Write down a call that begins and give its id."""
    if direction == "in" and resident_id is not None:
        touch_thread(tx, resident_id, now)
    return tx.insert(
        "INSERT INTO call (link, resident_id, direction, purpose, began_at) "
        "VALUES (:link, :resident, :direction, :purpose, :now) RETURNING id",
        link=link,
        resident=resident_id,
        direction=direction,
        purpose=purpose,
        now=to_text(now),
    )


def answer_call(tx: Tx, call_id: int, now: datetime) -> None:
    """Write down that a call was answered: from here on it costs."""
    tx.run("UPDATE call SET answered_at = :now WHERE id = :id", id=call_id, now=to_text(now))


def end_call(tx: Tx, call_id: int, how: str, now: datetime) -> None:
    """Write down how and when a call ended."""
    tx.run(
        "UPDATE call SET ended_at = :now, how = :how WHERE id = :id AND ended_at IS NULL",
        id=call_id,
        how=how,
        now=to_text(now),
    )


def end_cut_calls(tx: Tx, now: datetime) -> list[int]:
    """End the calls a crash cut off; give the residents who were on them, and put back calls to make."""
    rows = tx.all(
        "UPDATE call SET ended_at = :now, how = 'gateway stopped' "
        "WHERE ended_at IS NULL RETURNING resident_id",
        now=to_text(now),
    )
    tx.run("UPDATE outgoing_call SET state = 'waiting' WHERE state = 'calling'")
    return [int(row["resident_id"]) for row in rows if row["resident_id"] is not None]


def seconds_called_since(tx: Tx, since: datetime) -> float:
    """Count the seconds of the calls we made and that were answered since a moment."""
    rows = tx.all(
        "SELECT answered_at, ended_at FROM call WHERE direction = 'out' AND began_at >= :since "
        "AND answered_at IS NOT NULL AND ended_at IS NOT NULL",
        since=to_text(since),
    )
    spans = (from_text(row["ended_at"]) - from_text(row["answered_at"]) for row in rows)
    return sum(max(span.total_seconds(), 0.0) for span in spans)


def queue_call(
    tx: Tx,
    resident_id: int,
    purpose: str,
    now: datetime,
    *,
    delay: timedelta = timedelta(),
    flow: str = "",
    answers: Mapping[str, Json] | None = None,
) -> int:
    """Queue a call to a resident and give its id."""
    return tx.insert(
        "INSERT INTO outgoing_call "
        "(resident_id, purpose, flow, answers, state, not_before, valid_until, created_at) VALUES "
        "(:resident, :purpose, :flow, :answers, 'waiting', :at, :valid, :now) RETURNING id",
        resident=resident_id,
        purpose=purpose,
        flow=flow,
        answers=pack(answers or {}),
        at=to_text(now + delay),
        valid=to_text(now + VALIDITY[purpose]),
        now=to_text(now),
    )


def calls_queued_since(tx: Tx, resident_id: int, purpose: str, since: datetime) -> int:
    """Count the calls of a purpose that were queued for a resident since a moment."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM outgoing_call WHERE resident_id = :resident AND purpose = :purpose "
        "AND created_at >= :since",
        resident=resident_id,
        purpose=purpose,
        since=to_text(since),
    )
    return int(row["n"]) if row else 0


def next_outgoing(tx: Tx, now: datetime, purposes: tuple[str, ...]) -> OutgoingCall | None:
    """Give the call of these purposes that is to be made next, if one may be made now."""
    names = ", ".join(f"'{purpose}'" for purpose in purposes if purpose in VALIDITY)
    row = tx.one(
        "SELECT o.id, o.resident_id, r.number, o.purpose, o.flow, o.answers, o.tries, o.valid_until "  # noqa: S608
        "FROM outgoing_call o JOIN resident r ON r.id = o.resident_id WHERE o.state = 'waiting' "
        f"AND o.not_before <= :now AND o.purpose IN ({names}) ORDER BY o.not_before, o.id LIMIT 1",
        now=to_text(now),
    )
    return _outgoing(row) if row else None


def begin_try(tx: Tx, outgoing_id: int) -> None:
    """Write down that a call is about to be made."""
    tx.run("UPDATE outgoing_call SET state = 'calling', tries = tries + 1 WHERE id = :id", id=outgoing_id)


def undo_try(tx: Tx, outgoing_id: int) -> None:
    """Let a call wait on as if it had not been tried."""
    tx.run("UPDATE outgoing_call SET state = 'waiting', tries = tries - 1 WHERE id = :id", id=outgoing_id)


def end_try(tx: Tx, outgoing_id: int, state: str, reason: str = "", again_at: datetime | None = None) -> None:
    """Write down how a try went: done, failed, expired, or `waiting` until `again_at`."""
    tx.run(
        "UPDATE outgoing_call SET state = :state, reason = :reason, "
        "not_before = COALESCE(:again, not_before) WHERE id = :id",
        id=outgoing_id,
        state=state,
        reason=reason,
        again=to_text(again_at) if again_at else None,
    )


def outgoing_state(tx: Tx, outgoing_id: int) -> tuple[str, str]:
    """Give how far a call to make is, and why: waiting, calling, done, failed or expired."""
    row = tx.one("SELECT state, reason FROM outgoing_call WHERE id = :id", id=outgoing_id)
    return (row["state"], row["reason"]) if row else ("failed", "it was erased")


def set_slow(tx: Tx, resident_id: int) -> None:
    """Remember that somebody wants to be spoken to slowly."""
    tx.run("UPDATE resident SET slow = 1 WHERE id = :id", id=resident_id)


def wants_slow(tx: Tx, resident_id: int) -> bool:
    """Tell whether somebody wants to be spoken to slowly."""
    row = tx.one("SELECT slow FROM resident WHERE id = :id", id=resident_id)
    return bool(row and row["slow"])


def set_reads_no_texts(tx: Tx, resident_id: int, reads_none: bool) -> None:
    """Remember whether somebody reads no texts, and is rung instead."""
    tx.run("UPDATE resident SET reads_no_texts = :none WHERE id = :id", id=resident_id, none=int(reads_none))


def reads_no_texts(tx: Tx, resident_id: int) -> bool:
    """Tell whether somebody reads no texts."""
    row = tx.one("SELECT reads_no_texts FROM resident WHERE id = :id", id=resident_id)
    return bool(row and row["reads_no_texts"])


def _outgoing(row: Row) -> OutgoingCall:
    return OutgoingCall(
        row["id"],
        row["resident_id"],
        row["number"],
        row["purpose"],
        row["flow"],
        unpack(row["answers"]),
        row["tries"],
        from_text(row["valid_until"]),
    )
