"""Texts on their way out: queued in the turn's transaction, written down before each attempt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

REPORT_WINDOW = timedelta(days=4)
# Due whatever the clock says: a turn goes by the network's time while the clock is in doubt, and a
# reply that waited for the clock to reach that moment would wait for years.
AT_ONCE = "0001-01-01T00:00:00.000Z"


class Lane(IntEnum):
    """What goes first: emergencies before answers before notices before broadcasts."""

    URGENT = -1
    ANSWER = 0
    NOTICE = 1
    BROADCAST = 2


# How long a text is still worth hearing.
VALIDITY = {
    Lane.URGENT: timedelta(hours=24),
    Lane.ANSWER: timedelta(hours=12),
    Lane.NOTICE: timedelta(hours=24),
    Lane.BROADCAST: timedelta(hours=6),
}


@dataclass(frozen=True, slots=True)
class Outbound:
    """A text to `number`. `parts_sent` parts have been taken by the network already.

    Of `attempts` to hand it over, `doubts` had an end nobody knows.
    """

    id: int
    resident_id: int | None
    number: str
    body: str
    kind: str
    lane: Lane
    ref: str
    parts: int
    parts_sent: int
    attempts: int
    doubts: int
    not_before: datetime
    valid_until: datetime

    @property
    def waited(self) -> bool:
        """Whether it was put back before, to wait."""
        return self.not_before > from_text(AT_ONCE)


_COLUMNS = (
    "id, resident_id, number, body, kind, lane, ref, parts, parts_sent, attempts, doubts, not_before, "
    "valid_until"
)


def queue_text(
    tx: Tx,
    *,
    number: str,
    body: str,
    parts: int,
    kind: str,
    lane: Lane,
    now: datetime,
    resident_id: int | None = None,
    inbound_id: int | None = None,
    ref: str = "",
) -> int:
    """Queue one text of `parts` parts, to go as soon as it may, and give its id."""
    tx.tell("message.queued")
    return tx.insert(
        "INSERT INTO outbound (resident_id, number, body, kind, lane, ref, inbound_id, state, parts, "
        "not_before, valid_until, created_at) VALUES (:resident, :number, :body, :kind, :lane, :ref, "
        ":inbound, 'queued', :parts, :at_once, :valid, :now) RETURNING id",
        resident=resident_id,
        number=number,
        body=body,
        kind=kind,
        lane=int(lane),
        ref=ref,
        inbound=inbound_id,
        parts=parts,
        at_once=AT_ONCE,
        now=to_text(now),
        valid=to_text(now + VALIDITY[lane]),
    )


def next_queued(tx: Tx, now: datetime, others: Collection[str] = ()) -> Outbound | None:
    """Give the text that goes next, if one may go now; what the modems `others` shall say is theirs."""
    ours, names = _but_theirs(others)
    row = tx.one(
        f"SELECT {_COLUMNS} FROM outbound WHERE state = 'queued' AND not_before <= :now {ours} "  # noqa: S608
        "ORDER BY lane, id LIMIT 1",
        now=to_text(now),
        **names,
    )
    return _outbound(row) if row else None


def next_wait(tx: Tx, others: Collection[str] = ()) -> datetime | None:
    """Give the earliest moment a queued text may go that is not left to `others`, None when there is none."""
    ours, names = _but_theirs(others)
    row = tx.one(f"SELECT MIN(not_before) AS at FROM outbound WHERE state = 'queued' {ours}", **names)  # noqa: S608
    return from_text(row["at"]) if row and row["at"] else None


def _but_theirs(others: Collection[str]) -> tuple[str, dict[str, str]]:
    """Leave out texts to people who last texted another modem: they shall be answered from that number."""
    if not others:
        return "", {}
    names = {f"other{place}": link for place, link in enumerate(sorted(others))}
    listed = ", ".join(f":{name}" for name in names)
    texted = (
        "SELECT link FROM inbound WHERE inbound.resident_id = outbound.resident_id ORDER BY id DESC LIMIT 1"
    )
    return f"AND COALESCE(({texted}), '') NOT IN ({listed})", names


def begin_attempt(tx: Tx, outbound_id: int) -> None:
    """Write down that a text is about to be handed to the modem."""
    tx.run(
        "UPDATE outbound SET state = 'sending', attempts = attempts + 1 WHERE id = :id",
        id=outbound_id,
    )


def take_back_attempt(tx: Tx, outbound_id: int) -> None:
    """Queue a text again that was not handed to the modem after all."""
    tx.run(
        "UPDATE outbound SET state = 'queued', attempts = attempts - 1 WHERE id = :id",
        id=outbound_id,
    )


def forget_waits(tx: Tx) -> None:
    """Let every queued text go at once: its wait was counted by the clock of another run."""
    tx.run("UPDATE outbound SET not_before = :at_once WHERE state = 'queued'", at_once=AT_ONCE)


def sending(tx: Tx) -> list[Outbound]:
    """Give the texts whose attempt has begun and not ended."""
    rows = tx.all(f"SELECT {_COLUMNS} FROM outbound WHERE state = 'sending' ORDER BY id")  # noqa: S608
    return [_outbound(row) for row in rows]


def outbound_by_id(tx: Tx, outbound_id: int) -> Outbound | None:
    """Find a text on its way out."""
    row = tx.one(f"SELECT {_COLUMNS} FROM outbound WHERE id = :id", id=outbound_id)  # noqa: S608
    return _outbound(row) if row else None


def record_part_sent(tx: Tx, outbound_id: int, part: int, reference: int, now: datetime) -> None:
    """Write down that the network took one part under message reference `reference`."""
    tx.run(
        "INSERT INTO sent_part (outbound_id, part, number, reference, sent_at) "
        "SELECT id, :part, number, :reference, :now FROM outbound WHERE id = :id "
        "ON CONFLICT (outbound_id, part) DO UPDATE SET reference = :reference, sent_at = :now",
        id=outbound_id,
        part=part,
        reference=reference,
        now=to_text(now),
    )
    tx.run(
        "UPDATE outbound SET parts_sent = :sent WHERE id = :id AND parts_sent < :sent",
        id=outbound_id,
        sent=part + 1,
    )


def end_attempt(tx: Tx, outbound_id: int, state: str, now: datetime, reason: str = "") -> None:
    """Write down how a text ended: sent, failed, uncertain, expired or held."""
    tx.run(
        "UPDATE outbound SET state = :state, reason = :reason, ended_at = :now WHERE id = :id",
        id=outbound_id,
        state=state,
        reason=reason,
        now=to_text(now),
    )
    if tx.run("UPDATE outbound SET body = '' WHERE id = :id AND kind = 'secret'", id=outbound_id):
        forget_length(tx, outbound_id)
        tx.forget_log()


def forget_length(tx: Tx, outbound_id: int) -> None:
    """Let a text whose words are erased seem to have taken one part: how many it took tells them apart.

    The day's count of parts falls by what it took beyond one.
    """
    tx.run("DELETE FROM sent_part WHERE outbound_id = :id AND part > 0", id=outbound_id)
    tx.run(
        "UPDATE outbound SET parts = 1, parts_sent = CASE WHEN parts_sent > 1 THEN 1 ELSE parts_sent END "
        "WHERE id = :id",
        id=outbound_id,
    )


def put_back(tx: Tx, outbound_id: int, not_before: datetime, body: str, reason: str) -> None:
    """Queue a text again, from the first part the network has not taken."""
    tx.run(
        "UPDATE outbound SET state = 'queued', not_before = :at, body = :body, reason = :reason "
        "WHERE id = :id",
        id=outbound_id,
        at=to_text(not_before),
        body=body,
        reason=reason,
    )


def send_from_start(tx: Tx, outbound_id: int) -> None:
    """Let a text go whole again, because nobody knows whether it was heard."""
    tx.run("UPDATE outbound SET parts_sent = 0, doubts = doubts + 1 WHERE id = :id", id=outbound_id)


def record_report(tx: Tx, number: str, reference: int, outcome: str, now: datetime) -> int | None:
    """Match a delivery report to its part; give the text's id, None unless that settles the text."""
    row = tx.one(
        "SELECT outbound_id, part FROM sent_part WHERE reference = :reference AND number = :number "
        "AND sent_at > :since ORDER BY sent_at DESC LIMIT 1",
        reference=reference,
        number=number,
        since=to_text(now - REPORT_WINDOW),
    )
    if row is None or outcome == "pending":
        return None
    tx.run(
        "UPDATE sent_part SET outcome = :outcome WHERE outbound_id = :id AND part = :part",
        outcome=outcome,
        id=row["outbound_id"],
        part=row["part"],
    )
    return int(row["outbound_id"])


def settle_by_reports(tx: Tx, outbound_id: int) -> str:
    """Let a sent text be delivered once every part is, or failed once one is; give that state, else ''."""
    row = tx.one(
        "SELECT SUM(outcome = 'delivered') AS delivered, SUM(outcome = 'failed') AS failed "
        "FROM sent_part WHERE outbound_id = :id",
        id=outbound_id,
    )
    state = "failed" if row and row["failed"] else "delivered"
    settled = tx.run(
        "UPDATE outbound SET state = :state WHERE id = :id AND state = 'sent' "
        "AND (:state = 'failed' OR parts = :delivered)",
        id=outbound_id,
        state=state,
        delivered=row["delivered"] if row else 0,
    )
    return state if settled else ""


def parts_sent(tx: Tx, since: datetime, until: datetime) -> int:
    """Count the parts the network took from one moment until before another."""
    # An end as well as a beginning: a clock that was ahead once must not use up the days after it.
    row = tx.one(
        "SELECT COUNT(*) AS n FROM sent_part WHERE sent_at >= :since AND sent_at < :until",
        since=to_text(since),
        until=to_text(until),
    )
    return int(row["n"]) if row else 0


def texts_sent_to(tx: Tx, number: str, since: datetime, until: datetime) -> int:
    """Count the texts to a number whose sending ended from one moment up to another."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM outbound WHERE number = :number AND ended_at >= :since "
        "AND ended_at <= :until AND state IN ('sent', 'delivered', 'failed', 'uncertain')",
        number=number,
        since=to_text(since),
        until=to_text(until),
    )
    return int(row["n"]) if row else 0


def texts_made_for(tx: Tx, number: str, since: datetime, until: datetime) -> int:
    """Count the texts that were made for a number between two moments, whatever became of them."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM outbound WHERE number = :number AND created_at >= :since "
        "AND created_at <= :until",
        number=number,
        since=to_text(since),
        until=to_text(until),
    )
    return int(row["n"]) if row else 0


def parts_waiting(tx: Tx) -> int:
    """Count the parts of the texts that wait to go."""
    row = tx.one(
        "SELECT (SELECT COALESCE(SUM(parts - parts_sent), 0) FROM outbound WHERE state = 'queued') "
        "+ (SELECT COALESCE(SUM(parts - parts_sent), 0) FROM outbound WHERE state = 'sending') AS n"
    )
    return int(row["n"]) if row else 0


def recent_to(tx: Tx, number: str, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """Give bodies and moments of the texts made for a number between two moments, newest first."""
    rows = tx.all(
        "SELECT body, created_at FROM outbound WHERE number = :number AND created_at >= :since "
        "AND created_at <= :until ORDER BY created_at DESC, id DESC LIMIT 50",
        number=number,
        since=to_text(since),
        until=to_text(until),
    )
    return [(row["body"], from_text(row["created_at"])) for row in rows]


def overdue_queued(tx: Tx, now: datetime) -> list[int]:
    """Give the queued texts that are no longer worth hearing."""
    rows = tx.all("SELECT id FROM outbound WHERE state = 'queued' AND valid_until < :now", now=to_text(now))
    return [int(row["id"]) for row in rows]


def queue_length(tx: Tx) -> int:
    """Count the texts that wait to go."""
    row = tx.one(
        "SELECT (SELECT COUNT(*) FROM outbound WHERE state = 'queued') "
        "+ (SELECT COUNT(*) FROM outbound WHERE state = 'sending') AS n"
    )
    return int(row["n"]) if row else 0


def _outbound(row: Row) -> Outbound:
    return Outbound(
        row["id"],
        row["resident_id"],
        row["number"],
        row["body"],
        row["kind"],
        Lane(row["lane"]),
        row["ref"],
        row["parts"],
        row["parts_sent"],
        row["attempts"],
        row["doubts"],
        from_text(row["not_before"]),
        from_text(row["valid_until"]),
    )
