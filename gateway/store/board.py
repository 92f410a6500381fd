"""The board: ideas, how far each is, and who joins in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store import people
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.people import Resident

PUBLIC = ("listed", "planned")
"""The states in which everybody may hear of an idea and join it."""

_SELECT = (
    "SELECT i.id, i.resident_id, i.state, i.language, i.what, i.place, i.enough, i.outcome, i.meets_at, "
    "i.meets_where, i.opened_at, i.listed_at, i.changed_at, i.closed_at, "
    "(SELECT COUNT(*) FROM board_joining j WHERE j.idea_id = i.id) AS joined FROM board_idea i"
)


@dataclass(frozen=True, slots=True)
class Idea:
    """Something somebody should do. `enough` people make it a plan; `joined` counts those who are in.

    `listed_at` is when a coordinator let it through (None: never, so it is not public), `outcome` what
    everybody may read of how it ended. `resident_id` is None once whoever wrote it is forgotten.
    """

    id: int
    resident_id: int | None
    state: str
    language: str
    what: str
    place: str
    enough: int
    joined: int
    outcome: str
    meets_at: datetime | None
    meets_where: str
    opened_at: datetime
    listed_at: datetime | None
    changed_at: datetime
    closed_at: datetime | None


def add_idea(
    tx: Tx, resident_id: int, state: str, language: str, what: str, enough: int, now: datetime
) -> int:
    """Write down an idea and give its number."""
    return tx.insert(
        "INSERT INTO board_idea (resident_id, state, language, what, enough, opened_at, changed_at) "
        "VALUES (:resident, :state, :language, :what, :enough, :now, :now) RETURNING id",
        resident=resident_id,
        state=state,
        language=language,
        what=what,
        enough=enough,
        now=to_text(now),
    )


def idea(tx: Tx, idea_id: int) -> Idea | None:
    """Find an idea by its number."""
    row = tx.one(f"{_SELECT} WHERE i.id = :id", id=idea_id)
    return _idea(row) if row else None


def ideas_in(tx: Tx, *states: str) -> list[Idea]:
    """Give the ideas in some of the open states, the oldest first."""
    found = [
        _idea(row)
        for state in states
        for row in tx.all(
            f"{_SELECT} WHERE i.state = :state AND i.closed_at IS NULL ORDER BY i.id", state=state
        )
    ]
    return sorted(found, key=lambda one: one.id)


def closed_ideas(tx: Tx, since: datetime, most: int) -> list[Idea]:
    """Give the ideas that ended since a moment, the newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE i.closed_at >= :since ORDER BY i.closed_at DESC LIMIT :most",
        since=to_text(since),
        most=most,
    )
    return [_idea(row) for row in rows]


def public_ideas(tx: Tx, since: datetime, until: datetime, most: int) -> list[Idea]:
    """Give the ideas that were let through between two moments, the newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE i.listed_at >= :since AND i.listed_at <= :until "
        "ORDER BY i.listed_at DESC, i.id DESC LIMIT :most",
        since=to_text(since),
        until=to_text(until),
        most=most,
    )
    return [_idea(row) for row in rows]


def waiting_of(tx: Tx, resident_id: int) -> list[Idea]:
    """Give the ideas of a resident that no coordinator has looked at yet."""
    rows = tx.all(
        f"{_SELECT} WHERE i.resident_id = :resident AND i.state = 'waiting' ORDER BY i.id",
        resident=resident_id,
    )
    return [_idea(row) for row in rows]


def change_idea(tx: Tx, idea_id: int, now: datetime, **columns: object) -> None:
    """Change columns of an idea; moments are aware."""
    values = {
        name: to_text(value) if isinstance(value, datetime) else value for name, value in columns.items()
    }
    names = ", ".join(f"{name} = :{name}" for name in values)
    tx.run(
        f"UPDATE board_idea SET {names}, changed_at = :now WHERE id = :id",  # noqa: S608
        **values,
        now=to_text(now),
        id=idea_id,
    )


def join(tx: Tx, idea_id: int, resident_id: int, now: datetime) -> bool:
    """Let a resident join an idea; False: is in already."""
    return bool(
        tx.run(
            "INSERT INTO board_joining (idea_id, resident_id, joined_at) VALUES (:idea, :resident, :now) "
            "ON CONFLICT (idea_id, resident_id) DO NOTHING",
            idea=idea_id,
            resident=resident_id,
            now=to_text(now),
        )
    )


def leave(tx: Tx, idea_id: int, resident_id: int) -> bool:
    """Take a resident out of an idea; False: was not in."""
    return bool(
        tx.run(
            "DELETE FROM board_joining WHERE idea_id = :idea AND resident_id = :resident",
            idea=idea_id,
            resident=resident_id,
        )
    )


def joiners(tx: Tx, idea_id: int) -> list[Resident]:
    """Give everybody who is in, in the order in which they joined."""
    rows = tx.all(
        "SELECT resident_id FROM board_joining WHERE idea_id = :id ORDER BY joined_at, resident_id",
        id=idea_id,
    )
    return [people.resident_by_id(tx, row["resident_id"]) for row in rows]


def meetings_before(tx: Tx, until: datetime) -> list[Idea]:
    """Give the ideas that meet before a moment and whose people were not reminded yet, soonest first."""
    rows = tx.all(
        f"{_SELECT} WHERE i.meets_at IS NOT NULL AND i.reminded_at IS NULL AND i.meets_at <= :until "
        "ORDER BY i.meets_at",
        until=to_text(until),
    )
    return [_idea(row) for row in rows]


def forget_whose(tx: Tx, resident_id: int) -> None:
    """Take a resident off the board: what never was public goes, what is public stays without its author."""
    tx.run("DELETE FROM board_joining WHERE resident_id = :id", id=resident_id)
    tx.run(
        "UPDATE board_idea SET what = '', state = 'refused', closed_at = COALESCE(closed_at, changed_at) "
        "WHERE resident_id = :id AND listed_at IS NULL",
        id=resident_id,
    )
    tx.run("UPDATE board_idea SET resident_id = NULL WHERE resident_id = :id", id=resident_id)


def _idea(row: Row) -> Idea:
    def moment(name: str) -> datetime | None:
        return from_text(row[name]) if row[name] else None

    return Idea(
        id=row["id"],
        resident_id=row["resident_id"],
        state=row["state"],
        language=row["language"],
        what=row["what"],
        place=row["place"],
        enough=row["enough"],
        joined=row["joined"],
        outcome=row["outcome"],
        meets_at=moment("meets_at"),
        meets_where=row["meets_where"],
        opened_at=from_text(row["opened_at"]),
        listed_at=moment("listed_at"),
        changed_at=from_text(row["changed_at"]),
        closed_at=moment("closed_at"),
    )
