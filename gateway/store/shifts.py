"""The rota of shifts: when each is, and whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_SELECT = (
    "SELECT s.id, s.what, s.starts_at, s.ends_at, s.duty, s.state, s.resident_id, s.taken_at, s.reminded_at, "
    "COALESCE(r.name, '') AS name, COALESCE(r.number, '') AS number, COALESCE(r.language, '') AS language "
    "FROM shift s LEFT JOIN resident r ON r.id = s.resident_id"
)


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift, its moments aware; `resident_id` is whose it is, with their name, number and language."""

    id: int
    what: str
    starts_at: datetime
    ends_at: datetime
    duty: bool
    state: str
    resident_id: int | None
    taken_at: datetime | None
    reminded_at: datetime | None
    name: str
    number: str
    language: str


def add_shift(tx: Tx, what: str, starts_at: datetime, ends_at: datetime, *, duty: bool) -> int:
    """Put a shift into the rota, and give its number."""
    return tx.insert(
        "INSERT INTO shift (what, starts_at, ends_at, duty, state) "
        "VALUES (:what, :starts, :ends, :duty, 'open') RETURNING id",
        what=what,
        starts=to_text(starts_at),
        ends=to_text(ends_at),
        duty=int(duty),
    )


def shift(tx: Tx, shift_id: int) -> Shift | None:
    """Find a shift by its number."""
    row = tx.one(f"{_SELECT} WHERE s.id = :id", id=shift_id)
    return _shift(row) if row else None


def shifts_ahead(tx: Tx) -> list[Shift]:
    """Give the shifts that are not over, soonest first."""
    rows = tx.all(f"{_SELECT} WHERE s.state IN ('open', 'taken', 'swap', 'on') ORDER BY s.starts_at, s.id")
    return [_shift(row) for row in rows]


def move_shift(tx: Tx, shift_id: int, state: str, resident_id: int | None, taken_at: datetime | None) -> None:
    """Write down how far a shift is, and whose it is since when."""
    tx.run(
        "UPDATE shift SET state = :state, resident_id = :resident, taken_at = :taken WHERE id = :id",
        state=state,
        resident=resident_id,
        taken=to_text(taken_at) if taken_at else None,
        id=shift_id,
    )


def set_reminded(tx: Tx, shift_id: int, at: datetime | None) -> None:
    """Remember when whoever has a shift was reminded (None: whoever has it now was not)."""
    tx.run("UPDATE shift SET reminded_at = :at WHERE id = :id", at=to_text(at) if at else None, id=shift_id)


def holders_since(tx: Tx, since: datetime, most: int) -> list[int]:
    """Give some of those who had a shift since a moment, or have one to come."""
    rows = tx.all(
        "SELECT DISTINCT resident_id FROM shift WHERE resident_id IN (SELECT resident_id FROM volunteer "
        "WHERE active = 1 UNION SELECT resident_id FROM coordinator) AND ends_at >= :since LIMIT :most",
        since=to_text(since),
        most=most,
    )
    return [int(row["resident_id"]) for row in rows]


def leave_shifts(tx: Tx, resident_id: int) -> None:
    """Take a resident off the rota: what is to come is free again, what is over is nobody's."""
    tx.run(
        "UPDATE shift SET resident_id = NULL, taken_at = NULL, "
        "state = CASE WHEN state IN ('taken', 'swap') THEN 'open' WHEN state = 'on' THEN 'over' "
        "ELSE state END "
        "WHERE resident_id = :id",
        id=resident_id,
    )


def _shift(row: Row) -> Shift:
    def moment(name: str) -> datetime | None:
        return from_text(row[name]) if row[name] else None

    return Shift(
        id=row["id"],
        what=row["what"],
        starts_at=from_text(row["starts_at"]),
        ends_at=from_text(row["ends_at"]),
        duty=bool(row["duty"]),
        state=row["state"],
        resident_id=row["resident_id"],
        taken_at=moment("taken_at"),
        reminded_at=moment("reminded_at"),
        name=row["name"],
        number=row["number"],
        language=row["language"],
    )
