"""Volunteers and how often they were asked of late, as the database keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from gateway.store.database import Row, Tx
from gateway.store.facts import fact, keep_fact
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack

_COLUMNS = (
    "v.resident_id, v.categories, v.areas, v.hours, v.weekly_offers, v.paused_until, v.active, "
    "r.number, r.name, r.language"
)
_SELECT = f"SELECT {_COLUMNS} FROM volunteer v JOIN resident r ON r.id = v.resident_id "  # noqa: S608


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who helps, as in `gateway.community_volunteers`; `hours` are weekday, start, end.

    Asked nothing before `paused_until` (aware, UTC), and nothing at all unless `active`.
    """

    id: int
    number: str
    name: str
    language: str
    categories: tuple[str, ...]
    areas: tuple[str, ...]
    hours: tuple[tuple[int, time, time], ...]
    weekly_offers: int
    paused_until: datetime | None
    active: bool


def volunteer(tx: Tx, resident_id: int) -> Volunteer | None:
    """Find the volunteer a resident is (None: they are none)."""
    row = tx.one(f"{_SELECT} WHERE v.resident_id = :id", id=resident_id)
    return _volunteer(row) if row else None


def volunteers(tx: Tx) -> list[Volunteer]:
    """Give every active volunteer, by name: what a list on the dashboard shows."""
    rows = tx.all(f"{_SELECT} WHERE v.active = 1 ORDER BY r.name, v.resident_id")
    return [_volunteer(row) for row in rows]


def fairest_first(
    tx: Tx, request_id: int, *, now: datetime, recent: datetime, week: datetime
) -> Iterator[Volunteer]:
    """Give those who may be asked about a request now, in the order they should be.

    Whoever had the fewest offers since `recent` comes first, then whoever waits longest for one.
    Nobody who is paused, has had the offers they bear since `week`, has the request offered or has
    said no to it, let it lapse, or given it back; not whoever wants no offers; and not whoever asks for help.
    """
    rows = tx.all(
        f"SELECT * FROM (SELECT {_COLUMNS}, "  # noqa: S608
        "(SELECT COUNT(*) FROM offer o WHERE o.volunteer_id = v.resident_id "
        "AND o.offered_at >= :recent) AS offers, "
        "(SELECT MAX(o.offered_at) FROM offer o WHERE o.volunteer_id = v.resident_id "
        "AND o.offered_at >= :recent) AS latest "
        "FROM volunteer v JOIN resident r ON r.id = v.resident_id "
        "WHERE v.active = 1 AND r.stopped = 0 AND (v.paused_until IS NULL OR v.paused_until <= :now) "
        "AND v.weekly_offers > (SELECT COUNT(*) FROM offer o WHERE o.volunteer_id = v.resident_id "
        "AND o.offered_at >= :week) "
        "AND v.resident_id <> (SELECT resident_id FROM help_request WHERE id = :request) "
        "AND NOT EXISTS (SELECT 1 FROM announcement_choice c WHERE c.resident_id = v.resident_id "
        "AND c.category = 'offers' AND c.wants = 0) "
        "AND v.resident_id NOT IN (SELECT volunteer_id FROM offer WHERE request_id = :request "
        "AND state NOT IN ('taken', 'closed'))) free ORDER BY offers, COALESCE(latest, ''), resident_id",
        request=request_id,
        now=to_text(now),
        recent=to_text(recent),
        week=to_text(week),
    )
    return (_volunteer(row) for row in rows)


def offers_since(tx: Tx, since: datetime) -> dict[int, int]:
    """Count the offers each active volunteer had since a moment, by their id."""
    rows = tx.all(
        "SELECT v.resident_id AS id, (SELECT COUNT(*) FROM offer o WHERE o.volunteer_id = v.resident_id "
        "AND o.offered_at >= :since) AS n FROM volunteer v WHERE v.active = 1",
        since=to_text(since),
    )
    return {row["id"]: int(row["n"]) for row in rows}


def pause(tx: Tx, resident_id: int, until: datetime | None) -> None:
    """Ask a volunteer nothing until a moment (None: ask them again from now on)."""
    tx.run(
        "UPDATE volunteer SET paused_until = :until WHERE resident_id = :id",
        until=to_text(until) if until else None,
        id=resident_id,
    )


def set_weekly_offers(tx: Tx, found: Volunteer, weekly_offers: int) -> None:
    """Change how many offers a week a volunteer bears, until their file says something new."""
    if fact(tx, _filed(found.id)) is None:
        keep_fact(tx, _filed(found.id), str(found.weekly_offers))
    tx.run(
        "UPDATE volunteer SET weekly_offers = :weekly_offers WHERE resident_id = :id",
        weekly_offers=weekly_offers,
        id=found.id,
    )


def _filed(resident_id: int) -> str:
    """Name the fact that holds what the file said of a volunteer whose limit was changed since."""
    return f"weekly_offers_filed:{resident_id}"


def rest_volunteers(tx: Tx) -> None:
    """Ask no volunteer any more: `install_volunteer` makes one active again."""
    tx.run("UPDATE volunteer SET active = 0")


def install_volunteer(
    tx: Tx,
    resident_id: int,
    categories: Sequence[str],
    areas: Sequence[str],
    hours: Sequence[tuple[int, time, time]],
    weekly_offers: int,
) -> None:
    """Write down a volunteer, or what has changed about one; a pause stays.

    So does a limit set since, as long as the file says what it said then.
    """
    filed = fact(tx, _filed(resident_id))
    if filed is not None and filed != str(weekly_offers):
        keep_fact(tx, _filed(resident_id), filed := None)
    tx.run(
        "INSERT INTO volunteer (resident_id, categories, areas, hours, weekly_offers) "
        "VALUES (:resident_id, :categories, :areas, :hours, :weekly_offers) "
        "ON CONFLICT (resident_id) DO UPDATE SET categories = excluded.categories, "
        "areas = excluded.areas, hours = excluded.hours, weekly_offers = "
        "CASE WHEN :changed_since = 1 THEN volunteer.weekly_offers ELSE excluded.weekly_offers END, "
        "active = 1",
        resident_id=resident_id,
        categories=pack(list(categories)),
        areas=pack(list(areas)),
        hours=pack([[day, f"{starts:%H:%M}", f"{ends:%H:%M}"] for day, starts, ends in hours]),
        weekly_offers=weekly_offers,
        changed_since=int(filed is not None),
    )


def _volunteer(row: Row) -> Volunteer:
    return Volunteer(
        id=row["resident_id"],
        number=row["number"],
        name=row["name"],
        language=row["language"],
        categories=tuple(unpack(row["categories"])),
        areas=tuple(unpack(row["areas"])),
        hours=tuple(
            (day, time.fromisoformat(starts), time.fromisoformat(ends))
            for day, starts, ends in unpack(row["hours"])
        ),
        weekly_offers=row["weekly_offers"],
        paused_until=from_text(row["paused_until"]) if row["paused_until"] else None,
        active=bool(row["active"]),
    )
