"""Trips and riders, as the database keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from gateway.seats import Load
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_TRIP = (
    "SELECT t.id, t.code, t.resident_id, t.state, t.pickup, t.dropoff, t.date, t.time, "
    "t.starts_at, t.ends_at, t.seats, t.wheelchairs, t.run_id, "
    "p.label AS pickup_label, d.label AS dropoff_label "
    "FROM trip t JOIN place p ON p.key = t.pickup JOIN place d ON d.key = t.dropoff "
)
# The + keeps SQLite from reading every trip there ever was in the order of their ids.
_BY_ID = "ORDER BY +t.id"
_OPEN = "t.state IN ('requested', 'standby', 'booked')"


@dataclass(frozen=True, slots=True)
class Journey:
    """From where to where (place keys), on which local day at which local time, taking what of a run."""

    pickup: str
    dropoff: str
    day: date
    time: time
    load: Load


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey somebody asked for, and what became of it."""

    id: int
    code: str
    resident_id: int
    state: str
    journey: Journey
    run_id: int | None
    pickup_label: str
    dropoff_label: str


def add_trip(tx: Tx, code: str, resident_id: int, state: str, journey: Journey, now: datetime) -> Trip:
    """Write down that a resident asks for a journey."""
    trip_id = tx.insert(
        "INSERT INTO trip (code, resident_id, state, pickup, dropoff, date, time, starts_at, ends_at, "
        "seats, wheelchairs, requested_at, changed_at) VALUES (:code, :resident_id, :state, :pickup, "
        ":dropoff, :day, :time, :starts_at, :ends_at, :seats, :wheelchairs, :now, :now) RETURNING id",
        code=code,
        resident_id=resident_id,
        state=state,
        pickup=journey.pickup,
        dropoff=journey.dropoff,
        day=journey.day.isoformat(),
        time=journey.time.isoformat("minutes"),
        starts_at=to_text(journey.load.starts_at),
        ends_at=to_text(journey.load.ends_at),
        seats=journey.load.seats,
        wheelchairs=journey.load.wheelchairs,
        now=to_text(now),
    )
    return trip_by_id(tx, trip_id)


def set_state(tx: Tx, trip_id: int, state: str, run_id: int | None, now: datetime) -> None:
    """Move a trip to a state, in a run or in none."""
    tx.run(
        "UPDATE trip SET state = :state, run_id = :run_id, changed_at = :now WHERE id = :id",
        state=state,
        run_id=run_id,
        now=to_text(now),
        id=trip_id,
    )


def trip_by_id(tx: Tx, trip_id: int) -> Trip:
    """Give the trip with an id, which must exist."""
    row = tx.one(f"{_TRIP} WHERE t.id = :id", id=trip_id)
    assert row is not None, "an id that was just given is not there"  # noqa: S101
    return _trip(row)


def open_trips_of(tx: Tx, resident_id: int, now: datetime) -> list[Trip]:
    """Give a resident's trips that are still to come, first one first: the numbers of MY LIFTS."""
    rows = tx.all(
        f"{_TRIP} WHERE t.resident_id = :resident_id AND t.ends_at > :now AND {_OPEN} "
        "ORDER BY t.starts_at, t.id",
        resident_id=resident_id,
        now=to_text(now),
    )
    return [_trip(row) for row in rows]


def codes_taken(tx: Tx, day: date, resident_id: int) -> frozenset[str]:
    """Give the codes that a new trip of a resident on a day cannot have: the day's, the resident's."""
    rows = tx.all(
        f"SELECT code FROM trip t WHERE t.date = :day AND {_OPEN} UNION "  # noqa: S608
        "SELECT code FROM trip t "
        f"WHERE t.resident_id = :resident_id AND {_OPEN}",
        day=day.isoformat(),
        resident_id=resident_id,
    )
    return frozenset(row[0] for row in rows)


def standbys_on(tx: Tx, day: date, after: datetime) -> list[Trip]:
    """Give the trips of a day that wait for a seat and start later than `after`, who asked first first."""
    rows = tx.all(
        f"{_TRIP} WHERE t.date = :day AND t.state = 'standby' AND t.starts_at > :after {_BY_ID}",
        day=day.isoformat(),
        after=to_text(after),
    )
    return [_trip(row) for row in rows]


def standbys_starting(tx: Tx, until: datetime) -> list[Trip]:
    """Give the trips that wait for a seat and start at `until` or before."""
    rows = tx.all(
        f"{_TRIP} WHERE t.state = 'standby' AND t.starts_at <= :until {_BY_ID}", until=to_text(until)
    )
    return [_trip(row) for row in rows]


def booked_ending(tx: Tx, until: datetime) -> list[Trip]:
    """Give the booked trips that end at `until` or before."""
    rows = tx.all(f"{_TRIP} WHERE t.state = 'booked' AND t.ends_at <= :until {_BY_ID}", until=to_text(until))
    return [_trip(row) for row in rows]


def first_standby_start(tx: Tx) -> datetime | None:
    """Give when the first trip that waits for a seat would start."""
    return _moment(tx.one("SELECT min(starts_at) FROM trip WHERE state = 'standby'"))


def first_booked_end(tx: Tx) -> datetime | None:
    """Give when the first booked trip ends."""
    return _moment(tx.one("SELECT min(ends_at) FROM trip WHERE state = 'booked'"))


def needs_of(tx: Tx, resident_id: int) -> str:
    """Give what a rider needs every time (an empty string: never asked)."""
    row = tx.one("SELECT needs FROM rider WHERE resident_id = :id", id=resident_id)
    return str(row[0]) if row else ""


def remember_needs(tx: Tx, resident_id: int, needs: str) -> None:
    """Remember what a rider needs every time."""
    tx.run(
        "INSERT INTO rider (resident_id, needs) VALUES (:id, :needs) "
        "ON CONFLICT (resident_id) DO UPDATE SET needs = excluded.needs",
        id=resident_id,
        needs=needs,
    )


def _moment(row: Row | None) -> datetime | None:
    return from_text(row[0]) if row and row[0] else None


def _trip(row: Row) -> Trip:
    load = Load(from_text(row["starts_at"]), from_text(row["ends_at"]), row["seats"], row["wheelchairs"])
    return Trip(
        id=row["id"],
        code=row["code"],
        resident_id=row["resident_id"],
        state=row["state"],
        journey=Journey(
            pickup=row["pickup"],
            dropoff=row["dropoff"],
            day=date.fromisoformat(row["date"]),
            time=time.fromisoformat(row["time"]),
            load=load,
        ),
        run_id=row["run_id"],
        pickup_label=row["pickup_label"],
        dropoff_label=row["dropoff_label"],
    )
