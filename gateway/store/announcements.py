"""Announcements, whom each goes to, and who wants which kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.store import people
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.outbound import Lane
from gateway.store.packed import pack, unpack
from gateway.store.people import Resident

_SELECT = (
    "SELECT a.id, a.state, a.category, a.words, a.audience, a.created_at, a.ended_at, "
    "COALESCE(c.name, '') AS by FROM announcement a LEFT JOIN account c ON c.id = a.account_id"
)
# Who belongs to a group. Whoever is in one of the community's lists is told until they say otherwise;
# everybody else only if they asked for it.
_GROUPS: Mapping[str, str] = {
    "asked": "SELECT resident_id FROM announcement_choice WHERE category = :category AND wants = 1",
    "volunteers": "SELECT resident_id FROM volunteer WHERE active = 1",
    "members": "SELECT resident_id FROM member WHERE left_at IS NULL",
    "drivers": "SELECT resident_id FROM driver",
    "riders": "SELECT resident_id FROM rider",
    "coordinators": "SELECT resident_id FROM coordinator",
}
GROUPS = tuple(_GROUPS)

REMINDERS, OFFERS = "reminders", "offers"
"""Kinds of text besides announcements that a resident can stop alone: reminders of what they have, and
what volunteers are asked to do."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told: those of some `groups`, in one area and of one language ('': any)."""

    groups: tuple[str, ...]
    area: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told to a group; `words` by language, `by` is the coordinator's name.

    `by` is empty where another system announced.
    """

    id: int
    state: str
    category: str
    words: Mapping[str, str]
    audience: Audience
    by: str
    created_at: datetime
    ended_at: datetime | None


def add_announcement(
    tx: Tx, category: str, words: Mapping[str, str], audience: Audience, account_id: int | None, now: datetime
) -> int:
    """Write down an announcement with all it goes to, and give its id."""
    announcement_id = tx.insert(
        "INSERT INTO announcement (state, category, words, audience, account_id, created_at) "
        "VALUES ('sending', :category, :words, :audience, :account, :now) RETURNING id",
        category=category,
        words=pack(dict(words)),
        audience=pack([list(audience.groups), audience.area, audience.language]),
        account=account_id,
        now=to_text(now),
    )
    for one in reached(tx, category, audience):
        tx.run(
            "INSERT INTO announcement_recipient (announcement_id, resident_id, state) "
            "VALUES (:announcement, :resident, 'waiting')",
            announcement=announcement_id,
            resident=one.id,
        )
    return announcement_id


def reached(tx: Tx, category: str, audience: Audience) -> list[Resident]:
    """Give everybody an announcement of a kind would go to: nobody who does not want it, or said STOP."""
    groups = [_GROUPS[name] for name in audience.groups if name in _GROUPS]
    if not groups:
        return []
    within = (
        "AND (EXISTS (SELECT 1 FROM volunteer v, json_each(v.areas) area "
        "WHERE v.resident_id = r.id AND area.value = :area) "
        "OR EXISTS (SELECT 1 FROM help_request h WHERE h.resident_id = r.id AND h.area = :area)) "
        if audience.area
        else ""
    )
    rows = tx.all(
        f"SELECT r.id, r.language FROM resident r WHERE r.id IN ({' UNION '.join(groups)}) "  # noqa: S608
        "AND r.stopped = 0 AND r.forget_asked_at IS NULL AND NOT EXISTS (SELECT 1 FROM announcement_choice c "
        "WHERE c.resident_id = r.id AND c.category = :category AND c.wants = 0) "
        f"{within}ORDER BY r.id",
        category=category,
        **({"area": audience.area} if audience.area else {}),
    )
    found = [row for row in rows if audience.language in ("", row["language"])]
    return [people.resident_by_id(tx, row["id"]) for row in found]


def announcement(tx: Tx, announcement_id: int) -> Announcement | None:
    """Find an announcement."""
    row = tx.one(f"{_SELECT} WHERE a.id = :id", id=announcement_id)
    return _announcement(row) if row else None


def announcements(tx: Tx, most: int) -> list[Announcement]:
    """Give the newest announcements, the newest first."""
    return [_announcement(row) for row in tx.all(f"{_SELECT} ORDER BY a.id DESC LIMIT :most", most=most)]


def being_sent(tx: Tx) -> list[Announcement]:
    """Give those that have not gone to everybody yet, the oldest first."""
    return [_announcement(row) for row in tx.all(f"{_SELECT} WHERE a.state = 'sending' ORDER BY a.id")]


def set_state(tx: Tx, announcement_id: int, state: str, now: datetime) -> None:
    """Move an announcement on to a state in which nothing more is sent of it."""
    tx.run(
        "UPDATE announcement SET state = :state, ended_at = :now WHERE id = :id",
        state=state,
        now=to_text(now),
        id=announcement_id,
    )


def next_recipients(tx: Tx, announcement_id: int, most: int) -> list[Resident]:
    """Give the next few who have not been told."""
    rows = tx.all(
        "SELECT resident_id FROM announcement_recipient WHERE announcement_id = :id AND state = 'waiting' "
        "ORDER BY resident_id LIMIT :most",
        id=announcement_id,
        most=most,
    )
    return [people.resident_by_id(tx, row["resident_id"]) for row in rows]


def mark(tx: Tx, announcement_id: int, resident_id: int, state: str) -> None:
    """Write down that somebody was told, or skipped."""
    tx.run(
        "UPDATE announcement_recipient SET state = :state "
        "WHERE announcement_id = :id AND resident_id = :resident",
        state=state,
        id=announcement_id,
        resident=resident_id,
    )


def progress(tx: Tx, announcement_id: int) -> dict[str, int]:
    """Count those an announcement goes to, by state."""
    rows = tx.all(
        "SELECT state, COUNT(*) AS n FROM announcement_recipient WHERE announcement_id = :id GROUP BY state",
        id=announcement_id,
    )
    return {row["state"]: int(row["n"]) for row in rows}


def broadcasts_waiting(tx: Tx, most: int) -> int:
    """Count the texts of announcements that wait in the sender's queue, at most so many."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM "
        "(SELECT 1 FROM outbound WHERE state = 'queued' AND lane = :lane LIMIT :most)",
        lane=int(Lane.BROADCAST),
        most=most,
    )
    return int(row["n"]) if row else 0


def choose(tx: Tx, resident_id: int, category: str, now: datetime, *, wants: bool) -> None:
    """Remember whether a resident wants a kind of announcement."""
    tx.run(
        "INSERT INTO announcement_choice (resident_id, category, wants, chosen_at) "
        "VALUES (:resident, :category, :wants, :now) ON CONFLICT (resident_id, category) "
        "DO UPDATE SET wants = excluded.wants, chosen_at = excluded.chosen_at",
        resident=resident_id,
        category=category,
        wants=int(wants),
        now=to_text(now),
    )


def refuses(tx: Tx, resident_id: int, category: str) -> bool:
    """Tell whether a resident has stopped a kind of announcement."""
    row = tx.one(
        "SELECT wants FROM announcement_choice WHERE resident_id = :resident AND category = :category",
        resident=resident_id,
        category=category,
    )
    return row is not None and not row["wants"]


def choices(tx: Tx, resident_id: int) -> dict[str, bool]:
    """Give whether a resident wants each kind of text they ever chose about; the rest was never said.

    The kinds are `gateway.services.announcements.KINDS`; `gateway.services.announcements.choose`
    changes one.
    """
    rows = tx.all(
        "SELECT category, wants FROM announcement_choice WHERE resident_id = :id ORDER BY category",
        id=resident_id,
    )
    return {row["category"]: bool(row["wants"]) for row in rows}


def forget_choices(tx: Tx, resident_id: int) -> None:
    """Forget what a resident wants to be told, and what they were told of."""
    tx.run("DELETE FROM announcement_choice WHERE resident_id = :id", id=resident_id)
    tx.run("DELETE FROM announcement_recipient WHERE resident_id = :id", id=resident_id)


def _announcement(row: Row) -> Announcement:
    groups, area, language = unpack(row["audience"])
    return Announcement(
        id=row["id"],
        state=row["state"],
        category=row["category"],
        words=unpack(row["words"]),
        audience=Audience(tuple(groups), area, language),
        by=row["by"],
        created_at=from_text(row["created_at"]),
        ended_at=from_text(row["ended_at"]) if row["ended_at"] else None,
    )
