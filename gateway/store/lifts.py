"""Trips and riders, as the database keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as LocalTime  # noqa: N812 - a field is called time
from typing import Any

from gateway.seats import Load
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.lift_runs import HOLDING, TAKING, load_of

TRIP = (
    "SELECT t.id, t.code, t.resident_id, t.state, t.pickup, t.dropoff, t.date, t.time, "
    "t.starts_at, t.ends_at, t.seats, t.wheelchairs, t.run_id, t.needs, t.needs_lift, t.loading_min, "
    "t.appointment, t.outward_id, t.offered_until, t.passed, t.cancelled_as, t.confirmed, "
    "t.list_number, t.set_out_at, p.label AS pickup_label, d.label AS dropoff_label, r.name AS rider_name "
    "FROM trip t JOIN place p ON p.key = t.pickup JOIN place d ON d.key = t.dropoff "
    "JOIN resident r ON r.id = t.resident_id "
)
# The + keeps SQLite from reading every trip there ever was in the order of their ids.
_BY_ID = "ORDER BY +t.id"
_OPEN = "t.state IN ('requested', 'standby', 'offered', 'booked', 'reminded', 'on_board')"
_HOLDING = f"t.state IN {HOLDING}"


@dataclass(frozen=True, slots=True)
class Journey:
    """From where to where (place keys), on which local day, picked up at which local time, as what load.

    `needs` says who travels, by the key of the question; `appointment` is the local time by which
    the rider has to be there, where that was said instead of a pick-up time.
    """

    day: date
    time: LocalTime
    load: Load
    needs: str
    appointment: LocalTime | None = None

    @property
    def pickup(self) -> str:
        """The key of the place where it begins."""
        return self.load.pickup

    @property
    def dropoff(self) -> str:
        """The key of the place where it ends."""
        return self.load.dropoff


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey somebody asked for, and what became of it. Moments are aware, UTC.

    `outward_id`: it is the way back of that trip. `passed` counts offers nobody answered. `number`
    is its number in its driver's list of the day. `cancelled_as` is early, late or same_day.
    """

    id: int
    code: str
    resident_id: int
    rider_name: str
    state: str
    journey: Journey
    run_id: int | None
    pickup_label: str
    dropoff_label: str
    outward_id: int | None
    offered_until: datetime | None
    passed: int
    cancelled_as: str
    confirmed: bool
    number: int | None
    set_out_at: datetime | None

    @property
    def holds(self) -> bool:
        """Whether it holds a seat of its run."""
        return f"'{self.state}'" in HOLDING


def add_trip(
    tx: Tx, code: str, resident_id: int, journey: Journey, outward_id: int | None, now: datetime
) -> Trip:
    """Write down that a resident asks for a journey."""
    load = journey.load
    trip_id = tx.insert(
        "INSERT INTO trip (code, resident_id, state, pickup, dropoff, date, time, starts_at, ends_at, "
        "seats, wheelchairs, needs, needs_lift, loading_min, appointment, outward_id, requested_at, "
        "changed_at) VALUES (:code, :resident_id, 'requested', :pickup, :dropoff, :day, :time, :starts_at, "
        ":ends_at, :seats, :wheelchairs, :needs, :needs_lift, :loading_min, :appointment, :outward_id, "
        ":now, :now) RETURNING id",
        code=code,
        resident_id=resident_id,
        pickup=load.pickup,
        dropoff=load.dropoff,
        day=journey.day.isoformat(),
        time=journey.time.isoformat("minutes"),
        starts_at=to_text(load.starts_at),
        ends_at=to_text(load.ends_at),
        seats=load.seats,
        wheelchairs=load.wheelchairs,
        needs=journey.needs,
        needs_lift=load.lift,
        loading_min=int(load.loading.total_seconds()) // 60,
        appointment=journey.appointment.isoformat("minutes") if journey.appointment else "",
        outward_id=outward_id,
        now=to_text(now),
    )
    return trip_by_id(tx, trip_id)


def set_state(
    tx: Tx,
    trip_id: int,
    state: str,
    run_id: int | None,
    now: datetime,
    *,
    offered_until: datetime | None = None,
    remind_at: datetime | None = None,
    passed: int = 0,
    cancelled_as: str = "",
) -> Trip:
    """Move a trip to a state, in a run or in none, and give it as it is now."""
    tx.run(
        "UPDATE trip SET state = :state, run_id = :run_id, changed_at = :now, "
        "offered_until = :offered_until, remind_at = :remind_at, passed = passed + :passed, "
        "cancelled_as = :cancelled_as WHERE id = :id",
        state=state,
        run_id=run_id,
        now=to_text(now),
        offered_until=to_text(offered_until) if offered_until else None,
        remind_at=to_text(remind_at) if remind_at else None,
        passed=passed,
        cancelled_as=cancelled_as,
        id=trip_id,
    )
    return trip_by_id(tx, trip_id)


def put_in_run(tx: Tx, trip_id: int, run_id: int, now: datetime) -> Trip:
    """Move a trip to another run; whatever number it had in a driver's list is gone."""
    tx.run(
        "UPDATE trip SET run_id = :run_id, list_number = NULL, set_out_at = NULL, changed_at = :now "
        "WHERE id = :id",
        run_id=run_id,
        now=to_text(now),
        id=trip_id,
    )
    return trip_by_id(tx, trip_id)


def leave_list(tx: Tx, trip_id: int) -> None:
    """Forget the number a trip had in a driver's list."""
    tx.run("UPDATE trip SET list_number = NULL, set_out_at = NULL WHERE id = :id", id=trip_id)


def confirm(tx: Tx, trip_id: int) -> None:
    """Note that the rider said again that they come."""
    tx.run("UPDATE trip SET confirmed = 1 WHERE id = :id", id=trip_id)


def note_set_out(tx: Tx, trip_id: int, now: datetime) -> None:
    """Note that the rider was told that the driver has set out."""
    tx.run("UPDATE trip SET set_out_at = :now WHERE id = :id", id=trip_id, now=to_text(now))


def set_number(tx: Tx, trip_id: int, number: int) -> None:
    """Give a trip its number in its driver's list of the day."""
    tx.run("UPDATE trip SET list_number = :number WHERE id = :id", id=trip_id, number=number)


def trip_by_id(tx: Tx, trip_id: int) -> Trip:
    """Give the trip with an id, which must exist."""
    row = tx.one(f"{TRIP} WHERE t.id = :id", id=trip_id)
    assert row is not None, "an id that was just given is not there"  # noqa: S101
    return trip_of(row)


def find_trip(tx: Tx, trip_id: int) -> Trip | None:
    """Give the trip with an id (None: there is none)."""
    row = tx.one(f"{TRIP} WHERE t.id = :id", id=trip_id)
    return trip_of(row) if row else None


def open_trips_of(tx: Tx, resident_id: int, now: datetime) -> list[Trip]:
    """Give a resident's trips that are still to come, first one first: the numbers of MY LIFTS."""
    return _trips(
        tx,
        f"WHERE t.resident_id = :resident_id AND t.ends_at > :now AND {_OPEN} ORDER BY t.starts_at, t.id",
        resident_id=resident_id,
        now=to_text(now),
    )


def one_ways_of(tx: Tx, resident_id: int, since: datetime) -> list[Trip]:
    """Give a resident's trips that start at `since` or later and have no way back, the first one first.

    One that is over counts too: whoever was brought somewhere may still want to be fetched.
    """
    return _trips(
        tx,
        "WHERE t.resident_id = :resident_id AND t.starts_at >= :since AND t.outward_id IS NULL "
        "AND t.state NOT IN ('cancelled', 'unmet', 'no_show') AND NOT EXISTS (SELECT 1 FROM trip back WHERE "
        "back.outward_id = t.id AND back.state NOT IN ('cancelled', 'unmet')) ORDER BY t.starts_at, t.id",
        resident_id=resident_id,
        since=to_text(since),
    )


def trips_by(tx: Tx, resident_id: int, limit: int) -> list[Trip]:
    """Give a resident's latest trips, to come or over, the last one first."""
    return _trips(
        tx,
        "WHERE t.resident_id = :resident_id ORDER BY t.starts_at DESC LIMIT :limit",
        resident_id=resident_id,
        limit=limit,
    )


def way_back_of(tx: Tx, trip_id: int) -> Trip | None:
    """Give the open way back of a trip."""
    found = _trips(tx, f"WHERE t.outward_id = :id AND {_OPEN} {_BY_ID}", id=trip_id)
    return found[0] if found else None


def trips_of_run(tx: Tx, run_id: int) -> list[Trip]:
    """Give the trips that hold a seat of a run, or held one until they were over, by time."""
    return _trips(tx, f"WHERE t.run_id = :id AND t.state IN {TAKING} ORDER BY t.starts_at, t.id", id=run_id)


def listed_trips(tx: Tx, driver_id: int, day: date) -> list[Trip]:
    """Give the trips of a driver's day that hold a seat or have a number in the list, in its order."""
    return _trips(
        tx,
        "JOIN run u ON u.id = t.run_id WHERE u.driver_id = :driver AND u.date = :day "
        f"AND ({_HOLDING} OR t.list_number IS NOT NULL) ORDER BY t.starts_at, t.id",
        driver=driver_id,
        day=day.isoformat(),
    )


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
    """Give the trips of a day that wait for a seat and start later than `after`, in their order.

    Who asked first comes first; who let an offer pass comes after those who did not.
    """
    return _trips(
        tx,
        "WHERE t.date = :day AND t.state = 'standby' AND t.starts_at > :after ORDER BY t.passed, +t.id",
        day=day.isoformat(),
        after=to_text(after),
    )


def waiting_between(tx: Tx, first: date, last: date) -> list[Trip]:
    """Give who waits for a seat or is offered one from one day to another, in the order of their turn."""
    return _trips(
        tx,
        "WHERE t.date >= :first AND t.date <= :last AND t.state IN ('standby', 'offered') "
        "ORDER BY t.date, t.passed, +t.id",
        first=first.isoformat(),
        last=last.isoformat(),
    )


def fresh_standby_days(tx: Tx, after: datetime) -> list[date]:
    """Give the days on which somebody waits for a seat who has not let one pass."""
    rows = tx.all(
        "SELECT t.date FROM trip t WHERE t.state = 'standby' AND t.starts_at > :after AND t.passed = 0",
        after=to_text(after),
    )
    return sorted({date.fromisoformat(row[0]) for row in rows})


def standbys_starting(tx: Tx, until: datetime) -> list[Trip]:
    """Give the trips that wait for a seat and start at `until` or before."""
    return _trips(tx, f"WHERE t.state = 'standby' AND t.starts_at <= :until {_BY_ID}", until=to_text(until))


def offers_ending(tx: Tx, until: datetime) -> list[Trip]:
    """Give the trips whose offered seat has to be answered by `until` or before."""
    return _trips(
        tx, f"WHERE t.state = 'offered' AND t.offered_until <= :until {_BY_ID}", until=to_text(until)
    )


def holding_ended(tx: Tx, until: datetime) -> list[Trip]:
    """Give the trips that hold a seat and end at `until` or before."""
    return _trips(tx, f"WHERE {_HOLDING} AND t.ends_at <= :until {_BY_ID}", until=to_text(until))


def reminders_due(tx: Tx, until: datetime) -> list[Trip]:
    """Give the booked trips whose rider is to be reminded at `until` or before."""
    return _trips(
        tx,
        "WHERE t.remind_at IS NOT NULL AND t.remind_at <= :until AND t.state = 'booked' "
        "ORDER BY t.resident_id, t.starts_at",
        until=to_text(until),
    )


def forget_reminder(tx: Tx, trip_id: int) -> None:
    """Leave a trip without its reminder."""
    tx.run("UPDATE trip SET remind_at = NULL WHERE id = :id", id=trip_id)


def first_due(tx: Tx, name: str) -> datetime | None:
    """Give when the first of something is due: `standby` starts, `offer` or `holding` ends, `reminder`."""
    row = tx.one(_FIRSTS[name])
    return from_text(row[0]) if row and row[0] else None


_FIRSTS = {
    "standby": "SELECT min(starts_at) FROM trip t WHERE t.state = 'standby'",
    "offer": "SELECT min(offered_until) FROM trip t WHERE t.state = 'offered'",
    "holding": f"SELECT min(ends_at) FROM trip t WHERE {_HOLDING}",  # noqa: S608
    "reminder": "SELECT min(remind_at) FROM trip t WHERE t.remind_at IS NOT NULL",
}


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


def install_rider(tx: Tx, resident_id: int, needs: str, home: str | None) -> None:
    """Make a resident a rider; what they have told us themselves stays."""
    tx.run(
        "INSERT INTO rider (resident_id, needs, home) VALUES (:id, :needs, :home) "
        "ON CONFLICT (resident_id) DO UPDATE SET home = excluded.home, "
        "needs = CASE rider.needs WHEN '' THEN excluded.needs ELSE rider.needs END",
        id=resident_id,
        needs=needs,
        home=home,
    )


def _trips(tx: Tx, which: str, **values: Any) -> list[Trip]:
    return [trip_of(row) for row in tx.all(f"{TRIP} {which}", **values)]


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None


def trip_of(row: Row) -> Trip:
    """Read a row of `TRIP`."""
    return Trip(
        id=row["id"],
        code=row["code"],
        resident_id=row["resident_id"],
        rider_name=row["rider_name"],
        state=row["state"],
        journey=Journey(
            day=date.fromisoformat(row["date"]),
            time=LocalTime.fromisoformat(row["time"]),
            load=load_of(row),
            needs=row["needs"],
            appointment=LocalTime.fromisoformat(row["appointment"]) if row["appointment"] else None,
        ),
        run_id=row["run_id"],
        pickup_label=row["pickup_label"],
        dropoff_label=row["dropoff_label"],
        outward_id=row["outward_id"],
        offered_until=_moment(row["offered_until"]),
        passed=row["passed"],
        cancelled_as=row["cancelled_as"],
        confirmed=bool(row["confirmed"]),
        number=row["list_number"],
        set_out_at=_moment(row["set_out_at"]),
    )
