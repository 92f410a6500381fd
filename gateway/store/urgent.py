"""What a person must take on at once: open until somebody takes it, and then whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text


@dataclass(frozen=True, slots=True)
class Urgent:
    """Something urgent: `kind` is `emergency` or `help`, `subject` what it is about (`help:12`).

    `times` counts how often it was raised while open; `name`, `number` and `words` are the resident's.
    """

    id: int
    kind: str
    subject: str
    resident_id: int | None
    at: datetime
    last_at: datetime
    times: int
    name: str
    number: str
    words: str


def raise_urgent(tx: Tx, kind: str, subject: str, resident_id: int | None, now: datetime) -> None:
    """Have something shown on every page until somebody takes it; once more makes it sound once more."""
    tx.run(
        "INSERT INTO urgent (kind, subject, resident_id, at, last_at) "
        "VALUES (:kind, :subject, :resident, :now, :now) "
        "ON CONFLICT (subject) WHERE taken_at IS NULL "
        "DO UPDATE SET times = urgent.times + 1, last_at = excluded.last_at",
        kind=kind,
        subject=subject,
        resident=resident_id,
        now=to_text(now),
    )
    tx.tell("urgent.raised")


def open_urgent(tx: Tx) -> list[Urgent]:
    """Give what nobody has taken yet, the longest waiting first."""
    rows = tx.all(
        "SELECT u.id, u.kind, u.subject, u.resident_id, u.at, u.last_at, u.times, r.name, r.number, "
        "COALESCE(h.what, u.words) AS words FROM urgent u LEFT JOIN resident r ON r.id = u.resident_id "
        "LEFT JOIN help_request h ON u.kind = 'help' AND h.id = CAST(SUBSTR(u.subject, 6) AS INTEGER) "
        "WHERE u.taken_at IS NULL ORDER BY u.at, u.id"
    )
    return [_urgent(row) for row in rows]


def take_urgent(tx: Tx, urgent_id: int, account_id: int, now: datetime) -> bool:
    """Give something urgent to an account; False where somebody was quicker."""
    taken = tx.run(
        "UPDATE urgent SET taken_by = :account, taken_at = :now WHERE id = :id AND taken_at IS NULL",
        account=account_id,
        now=to_text(now),
        id=urgent_id,
    )
    tx.tell("urgent.taken")
    return bool(taken)


def close_urgent(tx: Tx, subject: str, now: datetime) -> None:
    """Show something urgent no more, because what it was about is over: nobody need take it."""
    if tx.run(
        "UPDATE urgent SET taken_at = :now WHERE subject = :subject AND taken_at IS NULL",
        now=to_text(now),
        subject=subject,
    ):
        tx.tell("urgent.taken")


def who_took(tx: Tx, urgent_id: int) -> str | None:
    """Give the name of whoever took something urgent, '' where it was over before; None while it is open."""
    row = tx.one(
        "SELECT COALESCE(a.name, r.name, '') AS name FROM urgent u LEFT JOIN account a ON a.id = u.taken_by "
        "LEFT JOIN resident r ON r.id = u.taken_by_resident WHERE u.id = :id AND u.taken_at IS NOT NULL",
        id=urgent_id,
    )
    return str(row["name"]) if row else None


def _urgent(row: Row) -> Urgent:
    return Urgent(
        row["id"],
        row["kind"],
        row["subject"],
        row["resident_id"],
        from_text(row["at"]),
        from_text(row["last_at"]),
        row["times"],
        row["name"] or "",
        row["number"] or "",
        row["words"] or "",
    )
