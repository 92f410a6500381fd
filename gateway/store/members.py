"""Members: people with one vote each, who may share a handset, and their tries at a PIN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_COLUMNS = "id, resident_id, name, pin_hash, wrong_pins, wrong_pin_at, locked"


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a vote; `pin_hash` is empty for one without a PIN."""

    id: int
    resident_id: int
    name: str
    pin_hash: str
    wrong_pins: int
    wrong_pin_at: datetime | None
    locked: bool


def members_on(tx: Tx, resident_id: int) -> list[Member]:
    """Give the members who vote from a resident's handset."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM member WHERE resident_id = :resident ORDER BY id",  # noqa: S608
        resident=resident_id,
    )
    return [_member(row) for row in rows]


def is_member(tx: Tx, resident_id: int, name: str) -> bool:
    """Say whether a member of that name votes from a resident's handset."""
    row = tx.one(
        "SELECT 1 FROM member WHERE resident_id = :resident AND name = :name", resident=resident_id, name=name
    )
    return row is not None


def add_member(tx: Tx, resident_id: int, name: str, pin_hash: str) -> int:
    """Write down a new member and give the id."""
    return tx.insert(
        "INSERT INTO member (resident_id, name, pin_hash) VALUES (:resident, :name, :pin_hash) RETURNING id",
        resident=resident_id,
        name=name,
        pin_hash=pin_hash,
    )


def note_wrong_pin(tx: Tx, member_id: int, tries: int, now: datetime, *, lock: bool) -> None:
    """Write down that `tries` wrong PINs have been given, and lock the member if that was too many."""
    tx.run(
        "UPDATE member SET wrong_pins = :tries, wrong_pin_at = :now, locked = :lock WHERE id = :id",
        tries=tries,
        now=to_text(now),
        lock=lock,
        id=member_id,
    )


def unlock(tx: Tx, member_id: int) -> None:
    """Forget a member's wrong tries, and let a locked one vote again."""
    tx.run("UPDATE member SET wrong_pins = 0, wrong_pin_at = NULL, locked = 0 WHERE id = :id", id=member_id)


def residents_on_roll(tx: Tx, poll_id: int) -> list[int]:
    """Give the residents from whose handsets the members on a poll's roll vote."""
    rows = tx.all(
        "SELECT DISTINCT member.resident_id FROM roll JOIN member ON member.id = roll.member_id "
        "WHERE roll.poll_id = :poll ORDER BY member.resident_id",
        poll=poll_id,
    )
    return [int(row["resident_id"]) for row in rows]


def _member(row: Row) -> Member:
    return Member(
        row["id"],
        row["resident_id"],
        row["name"],
        row["pin_hash"],
        row["wrong_pins"],
        from_text(row["wrong_pin_at"]) if row["wrong_pin_at"] else None,
        bool(row["locked"]),
    )
