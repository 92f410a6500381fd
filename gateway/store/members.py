"""Members: people with one vote each, who may share a handset, and their tries at a PIN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_COLUMNS = (
    "member.id, member.resident_id, member.name, pin_hash, wrong_pins, wrong_pin_at, locked, left_at, number"
)
_FROM = "FROM member JOIN resident ON resident.id = member.resident_id"


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a vote; `pin_hash` is empty for one without a PIN, `number` E.164.

    `left_at` is when the membership ended: such a member is on no roll made later.
    """

    id: int
    resident_id: int
    name: str
    pin_hash: str
    wrong_pins: int
    wrong_pin_at: datetime | None
    locked: bool
    left_at: datetime | None
    number: str


def members_on(tx: Tx, resident_id: int) -> list[Member]:
    """Give the members who vote from a resident's handset."""
    rows = tx.all(
        f"SELECT {_COLUMNS} {_FROM} WHERE resident_id = :resident AND left_at IS NULL ORDER BY member.id",
        resident=resident_id,
    )
    return [_member(row) for row in rows]


def all_members(tx: Tx) -> list[Member]:
    """Give everybody who has a vote, by name."""
    rows = tx.all(f"SELECT {_COLUMNS} {_FROM} WHERE left_at IS NULL ORDER BY member.name, member.id")
    return [_member(row) for row in rows]


def member_by_id(tx: Tx, member_id: int) -> Member | None:
    """Find a member, also one who left."""
    row = tx.one(f"SELECT {_COLUMNS} {_FROM} WHERE member.id = :id", id=member_id)
    return _member(row) if row else None


def members_on_roll(tx: Tx, poll_id: int) -> list[tuple[Member, bool]]:
    """Give everybody on a poll's roll, by name, and whether they have voted; never how."""
    rows = tx.all(
        f"SELECT {_COLUMNS}, roll.voted AS voted {_FROM} "
        "JOIN roll ON roll.member_id = member.id WHERE roll.poll_id = :poll ORDER BY member.name, member.id",
        poll=poll_id,
    )
    return [(_member(row), bool(row["voted"])) for row in rows]


def member_named(tx: Tx, resident_id: int, name: str) -> int | None:
    """Give the id of the member of that name on a resident's handset, also of one who left."""
    row = tx.one(
        "SELECT id FROM member WHERE resident_id = :resident AND name = :name",
        resident=resident_id,
        name=name,
    )
    return int(row["id"]) if row else None


def add_member(tx: Tx, resident_id: int, name: str, pin_hash: str) -> int:
    """Write down a new member and give the id; one who left and comes back is the same member."""
    return tx.insert(
        "INSERT INTO member (resident_id, name, pin_hash) VALUES (:resident, :name, :pin_hash) "
        "ON CONFLICT (resident_id, name) DO UPDATE SET left_at = NULL, pin_hash = :pin_hash, "
        "wrong_pins = 0, wrong_pin_at = NULL, locked = 0 RETURNING id",
        resident=resident_id,
        name=name,
        pin_hash=pin_hash,
    )


def end_membership(tx: Tx, member_id: int, now: datetime) -> bool:
    """Let a member be on no later roll; False: left already."""
    return bool(
        tx.run(
            "UPDATE member SET left_at = :now WHERE id = :id AND left_at IS NULL",
            now=to_text(now),
            id=member_id,
        )
    )


def note_wrong_pin(tx: Tx, member_id: int, tries: int, now: datetime, *, lock: bool) -> None:
    """Write down that `tries` wrong PINs have been given, and lock the member if that was too many."""
    tx.run(
        "UPDATE member SET wrong_pins = :tries, wrong_pin_at = :now, locked = :lock WHERE id = :id",
        tries=tries,
        now=to_text(now),
        lock=int(lock),
        id=member_id,
    )


def unlock(tx: Tx, member_id: int) -> None:
    """Forget a member's wrong tries, and let a locked one vote again."""
    tx.run("UPDATE member SET wrong_pins = 0, wrong_pin_at = NULL, locked = 0 WHERE id = :id", id=member_id)


def set_pin(tx: Tx, member_id: int, pin_hash: str) -> None:
    """Give a member a PIN in place of an earlier one."""
    tx.run("UPDATE member SET pin_hash = :pin_hash WHERE id = :id", pin_hash=pin_hash, id=member_id)
    tx.forget_log()


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
        from_text(row["left_at"]) if row["left_at"] else None,
        row["number"],
    )
