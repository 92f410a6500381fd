"""Whom an urgent matter was texted to, when it is texted to the next, and who sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_SELECT = (
    "SELECT u.id, u.subject, u.at, u.words, u.repeat_at, u.taken_at, u.resident_id, "
    "COALESCE(a.name, t.name, '') AS taker, r.name, r.number FROM urgent u "
    "LEFT JOIN resident r ON r.id = u.resident_id LEFT JOIN account a ON a.id = u.taken_by "
    "LEFT JOIN resident t ON t.id = u.taken_by_resident "
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An urgent matter as it is texted about; `taker` is who has taken it, empty while nobody has."""

    id: int
    subject: str
    resident_id: int | None
    at: datetime
    words: str
    repeat_at: datetime | None
    taken_at: datetime | None
    taker: str
    name: str
    number: str


def open_alarm(tx: Tx, subject: str) -> Alarm | None:
    """Find the open urgent matter about a subject."""
    row = tx.one(f"{_SELECT} WHERE u.subject = :subject AND u.taken_at IS NULL", subject=subject)
    return _alarm(row) if row else None


def alarms_to_repeat(tx: Tx) -> list[Alarm]:
    """Give those that are texted about until somebody answers, and those taken since."""
    rows = tx.all(f"{_SELECT} WHERE u.repeat_at IS NOT NULL ORDER BY u.repeat_at")
    return [_alarm(row) for row in rows]


def keep_alarm(tx: Tx, alarm_id: int, words: str, repeat_at: datetime | None) -> None:
    """Keep what is texted and when to the next (None, without words: no more)."""
    tx.run(
        "UPDATE urgent SET words = :words, repeat_at = :at WHERE id = :id",
        words=words,
        at=to_text(repeat_at) if repeat_at else None,
        id=alarm_id,
    )


def add_telling(tx: Tx, alarm_id: int, resident_id: int, now: datetime) -> None:
    """Write down that somebody was told."""
    tx.insert(
        "INSERT INTO urgent_telling (urgent_id, resident_id, at) VALUES (:urgent, :resident, :now) "
        "RETURNING id",
        urgent=alarm_id,
        resident=resident_id,
        now=to_text(now),
    )


def told_of(tx: Tx, alarm_id: int) -> list[int]:
    """Give whom it was told, in order, each as often as they were."""
    rows = tx.all("SELECT resident_id FROM urgent_telling WHERE urgent_id = :id ORDER BY id", id=alarm_id)
    return [row["resident_id"] for row in rows]


def alarms_told_to(tx: Tx, resident_id: int, since: datetime) -> list[Alarm]:
    """Give what somebody was told of since a moment, whether it is taken or not."""
    rows = tx.all(
        f"{_SELECT} WHERE u.id IN (SELECT urgent_id FROM urgent_telling "  # noqa: S608
        "WHERE resident_id = :resident AND at >= :since) ORDER BY u.id",
        resident=resident_id,
        since=to_text(since),
    )
    return [_alarm(row) for row in rows]


def take_alarm(tx: Tx, alarm_id: int, resident_id: int, now: datetime) -> bool:
    """Give an urgent matter to whoever answered; False where somebody was quicker."""
    taken = tx.run(
        "UPDATE urgent SET taken_by_resident = :resident, taken_at = :now "
        "WHERE id = :id AND taken_at IS NULL",
        resident=resident_id,
        now=to_text(now),
        id=alarm_id,
    )
    tx.tell("urgent.taken")
    return bool(taken)


def _alarm(row: Row) -> Alarm:
    return Alarm(
        id=row["id"],
        subject=row["subject"],
        resident_id=row["resident_id"],
        at=from_text(row["at"]),
        words=row["words"],
        repeat_at=from_text(row["repeat_at"]) if row["repeat_at"] else None,
        taken_at=from_text(row["taken_at"]) if row["taken_at"] else None,
        taker=row["taker"],
        name=row["name"] or "",
        number=row["number"] or "",
    )
