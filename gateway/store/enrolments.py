"""People who asked to become members, until a coordinator decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_COLUMNS = "enrolment.id, code, resident_id, enrolment.name, pin_hash, state, asked_at, number"
_FROM = "FROM enrolment JOIN resident ON resident.id = enrolment.resident_id"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody's wish to become a member. `state`: waiting, approved, refused; `number` is E.164."""

    id: int
    code: str
    resident_id: int
    name: str
    pin_hash: str
    state: str
    asked_at: datetime
    number: str


def ask(tx: Tx, code: str, resident_id: int, name: str, now: datetime) -> int:
    """Write down that somebody wants to be a member, and give the id."""
    return tx.insert(
        "INSERT INTO enrolment (code, resident_id, name, state, asked_at) "
        "VALUES (:code, :resident, :name, 'waiting', :now) RETURNING id",
        code=code,
        resident=resident_id,
        name=name,
        now=to_text(now),
    )


def seal(tx: Tx, enrolment_id: int, pin_hash: str) -> None:
    """Keep the PIN, as a hash, that somebody chose."""
    tx.run("UPDATE enrolment SET pin_hash = :pin_hash WHERE id = :id", pin_hash=pin_hash, id=enrolment_id)


def waiting(tx: Tx) -> list[Enrolment]:
    """Give those who wait for a decision, the longest first."""
    rows = tx.all(f"SELECT {_COLUMNS} {_FROM} WHERE state = 'waiting' ORDER BY enrolment.id")
    return [_enrolment(row) for row in rows]


def waiting_from(tx: Tx, resident_id: int, name: str) -> Enrolment | None:
    """Find the wish of somebody of that name on a handset that waits for a decision."""
    return next((e for e in waiting(tx) if e.resident_id == resident_id and e.name == name), None)


def by_id(tx: Tx, enrolment_id: int) -> Enrolment | None:
    """Find somebody's wish to be a member."""
    row = tx.one(f"SELECT {_COLUMNS} {_FROM} WHERE enrolment.id = :id", id=enrolment_id)
    return _enrolment(row) if row else None


def decide(tx: Tx, enrolment_id: int, state: str, by: str, now: datetime) -> None:
    """Write down what a coordinator decided; the PIN that was chosen is the member's from now on."""
    tx.run(
        "UPDATE enrolment SET state = :state, decided_at = :now, decided_by = :by, pin_hash = '' "
        "WHERE id = :id",
        state=state,
        now=to_text(now),
        by=by,
        id=enrolment_id,
    )


def _enrolment(row: Row) -> Enrolment:
    return Enrolment(
        row["id"],
        row["code"],
        row["resident_id"],
        row["name"],
        row["pin_hash"],
        row["state"],
        from_text(row["asked_at"]),
        row["number"],
    )
