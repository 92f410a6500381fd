"""Community transport's supply: vehicles, drivers, their hours, and the runs a day is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from flows.answers.moment import moment
from flows.value import Json
from gateway.seats import Load, Run
from gateway.store.database import Row, Tx
from gateway.store.events import write_event
from gateway.store.instant import from_text, to_text

HOLDING = "('offered', 'booked', 'reminded', 'on_board')"
"""The states of a trip that holds a seat, as SQL."""
TAKING = "('offered', 'booked', 'reminded', 'on_board', 'done', 'no_show')"
"""The states of a trip that takes, or has taken, a seat of its run at its time, as SQL."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle: seats for riders (the driver's not counted), wheelchair spaces, a lift or not."""

    key: str
    label: str
    seats: int
    wheelchair_spaces: int
    lift: bool


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver; `name_told`: riders may hear the first name."""

    id: int
    number: str
    name: str
    language: str
    name_told: bool


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run with what its driver and its coordinator need to know of it. Moments are aware, UTC."""

    id: int
    day: date
    vehicle: str
    vehicle_label: str
    driver_id: int
    driver_name: str
    room: Run
    list_sent_at: datetime | None


def save_vehicle(tx: Tx, vehicle: Vehicle) -> None:
    """Add a vehicle, or change the one with its key."""
    tx.run(
        "INSERT INTO vehicle (key, label, seats, wheelchair_spaces, lift) "
        "VALUES (:key, :label, :seats, :spaces, :lift) "
        "ON CONFLICT (key) DO UPDATE SET label = excluded.label, seats = excluded.seats, "
        "wheelchair_spaces = excluded.wheelchair_spaces, lift = excluded.lift",
        key=vehicle.key,
        label=vehicle.label,
        seats=vehicle.seats,
        spaces=vehicle.wheelchair_spaces,
        lift=vehicle.lift,
    )


def vehicles(tx: Tx) -> list[Vehicle]:
    """Give every vehicle."""
    rows = tx.all("SELECT key, label, seats, wheelchair_spaces, lift FROM vehicle ORDER BY label")
    return [Vehicle(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def vehicle_by_key(tx: Tx, key: str) -> Vehicle | None:
    """Give a vehicle (None: there is none with that key)."""
    return next((vehicle for vehicle in vehicles(tx) if vehicle.key == key), None)


def save_driver(tx: Tx, resident_id: int, *, name_told: bool) -> None:
    """Make a resident a driver."""
    tx.run(
        "INSERT INTO driver (resident_id, name_told) VALUES (:id, :told) "
        "ON CONFLICT (resident_id) DO UPDATE SET name_told = excluded.name_told",
        id=resident_id,
        told=name_told,
    )


def drivers(tx: Tx) -> list[Driver]:
    """Give every driver by name."""
    rows = tx.all(f"{_DRIVER} ORDER BY r.name, r.id")
    return [_driver(row) for row in rows]


def driver_by_id(tx: Tx, resident_id: int) -> Driver | None:
    """Give a driver by the resident's id (None: that resident is none)."""
    row = tx.one(f"{_DRIVER} WHERE r.id = :id", id=resident_id)
    return _driver(row) if row else None


def save_driver_hours(tx: Tx, hours: Iterable[tuple[int, str, int, time, time]]) -> None:
    """Replace everybody's hours: driver's resident id, vehicle key, weekday, start, end."""
    tx.run("DELETE FROM driver_hours")
    for driver_id, vehicle, weekday, starts, ends in hours:
        tx.run(
            "INSERT INTO driver_hours (driver_id, vehicle, weekday, starts, ends) "
            "VALUES (:driver_id, :vehicle, :weekday, :starts, :ends)",
            driver_id=driver_id,
            vehicle=vehicle,
            weekday=weekday,
            starts=starts.isoformat("minutes"),
            ends=ends.isoformat("minutes"),
        )


def hours_of_driver(tx: Tx, driver_id: int) -> list[tuple[str, int, time, time]]:
    """Give vehicle label, weekday, start and end of a driver's ordinary week."""
    rows = tx.all(
        "SELECT v.label, h.weekday, h.starts, h.ends FROM driver_hours h "
        "JOIN vehicle v ON v.key = h.vehicle WHERE h.driver_id = :id ORDER BY h.weekday, h.starts",
        id=driver_id,
    )
    return [(row[0], row[1], time.fromisoformat(row[2]), time.fromisoformat(row[3])) for row in rows]


def is_planned(tx: Tx, day: date) -> bool:
    """Tell whether a day's runs have been made."""
    return tx.one("SELECT 1 FROM planned_day WHERE date = :day", day=day.isoformat()) is not None


def plan_day(tx: Tx, day: date, zone: tzinfo, now: datetime) -> None:
    """Make a day's runs from the drivers' hours, once, each with its event; what became of them is left."""
    planned = tx.run(
        "INSERT INTO planned_day VALUES (:day) ON CONFLICT (date) DO NOTHING", day=day.isoformat()
    )
    if not planned:
        return
    for row in tx.all(
        "SELECT h.driver_id, h.vehicle, h.starts, h.ends FROM driver_hours h "
        "WHERE h.weekday = :weekday ORDER BY h.id",
        weekday=day.weekday(),
    ):
        starts_at, ends_at = (moment(day, time.fromisoformat(row[at]), zone) for at in ("starts", "ends"))
        made = run_by_id(tx, add_run(tx, day, row["vehicle"], row["driver_id"], starts_at, ends_at))
        assert made is not None, "a run that was just made is there"  # noqa: S101
        write_event(tx, "run.added", f"run:{made.id}", event_data(made), now)


def event_data(run: PlannedRun) -> dict[str, Json]:
    """Give what an event about a run tells of it."""
    return {
        "date": run.day.isoformat(),
        "vehicle": run.vehicle,
        "driver": run.driver_id,
        "starts_at": run.room.starts_at.isoformat(),
        "ends_at": run.room.ends_at.isoformat(),
        "seats": run.room.seats,
        "wheelchair_spaces": run.room.wheelchair_spaces,
    }


def add_run(tx: Tx, day: date, vehicle: str, driver_id: int, starts_at: datetime, ends_at: datetime) -> int:
    """Add a run on a planned day, with the room its vehicle has now, and give its id."""
    return tx.insert(
        "INSERT INTO run (date, vehicle, driver_id, starts_at, ends_at, seats, wheelchair_spaces, lift) "
        "SELECT :day, v.key, :driver_id, :starts_at, :ends_at, v.seats, v.wheelchair_spaces, v.lift "
        "FROM vehicle v WHERE v.key = :vehicle RETURNING id",
        day=day.isoformat(),
        vehicle=vehicle,
        driver_id=driver_id,
        starts_at=to_text(starts_at.astimezone(UTC)),
        ends_at=to_text(ends_at.astimezone(UTC)),
    )


def change_run(
    tx: Tx, run_id: int, vehicle: str, driver_id: int, starts_at: datetime, ends_at: datetime
) -> None:
    """Give a run another vehicle (and its room), driver or times."""
    tx.run(
        "UPDATE run SET vehicle = :vehicle, driver_id = :driver_id, starts_at = :starts_at, "
        "ends_at = :ends_at, seats = v.seats, wheelchair_spaces = v.wheelchair_spaces, lift = v.lift "
        "FROM (SELECT seats, wheelchair_spaces, lift FROM vehicle WHERE key = :vehicle) AS v "
        "WHERE run.id = :id",
        id=run_id,
        vehicle=vehicle,
        driver_id=driver_id,
        starts_at=to_text(starts_at),
        ends_at=to_text(ends_at),
    )


def drop_run(tx: Tx, run_id: int) -> None:
    """Take a run away; trips that are over and were on it forget it."""
    tx.run("UPDATE trip SET run_id = NULL WHERE run_id = :id", id=run_id)
    tx.run("DELETE FROM run WHERE id = :id", id=run_id)


def clashing_run(
    tx: Tx, day: date, vehicle: str, driver_id: int, starts_at: datetime, ends_at: datetime, but: int = 0
) -> PlannedRun | None:
    """Give a run of that day, other than `but`, that has the vehicle or the driver at that time already."""
    row = tx.one(
        f"{_PLANNED} WHERE r.date = :day AND r.id <> :but AND r.starts_at < :ends_at "
        "AND r.ends_at > :starts_at AND (r.vehicle = :vehicle OR r.driver_id = :driver_id)",
        day=day.isoformat(),
        but=but,
        vehicle=vehicle,
        driver_id=driver_id,
        starts_at=to_text(starts_at),
        ends_at=to_text(ends_at),
    )
    return _planned(row) if row else None


def runs_on(tx: Tx, day: date) -> list[Run]:
    """Give a planned day's runs, and the room they have."""
    rows = tx.all(
        "SELECT id, starts_at, ends_at, seats, wheelchair_spaces, lift FROM run "
        "WHERE date = :day ORDER BY id",
        day=day.isoformat(),
    )
    return [_room(row) for row in rows]


def planned_runs(tx: Tx, day: date) -> list[PlannedRun]:
    """Give a planned day's runs, by vehicle and start."""
    rows = tx.all(f"{_PLANNED} WHERE r.date = :day ORDER BY v.label, r.starts_at", day=day.isoformat())
    return [_planned(row) for row in rows]


def run_by_id(tx: Tx, run_id: int) -> PlannedRun | None:
    """Give a run (None: there is none, or it was taken away)."""
    row = tx.one(f"{_PLANNED} WHERE r.id = :id", id=run_id)
    return _planned(row) if row else None


def runs_of(tx: Tx, driver_id: int, first: date, last: date) -> list[PlannedRun]:
    """Give a driver's runs on planned days from one day to another, first one first."""
    rows = tx.all(
        f"{_PLANNED} WHERE r.driver_id = :driver AND r.date >= :first AND r.date <= :last "
        "ORDER BY r.starts_at",
        driver=driver_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return [_planned(row) for row in rows]


def lists_due(tx: Tx, since: datetime, until: datetime) -> list[PlannedRun]:
    """Give the runs between two moments whose driver has not been sent the list."""
    rows = tx.all(
        f"{_PLANNED} WHERE r.list_sent_at IS NULL AND r.starts_at <= :until AND r.starts_at > :since "
        "ORDER BY r.starts_at",
        since=to_text(since),
        until=to_text(until),
    )
    return [_planned(row) for row in rows]


def note_list_sent(tx: Tx, driver_id: int, day: date, now: datetime) -> None:
    """Note that a driver knows the list of a day: from now on changes are told."""
    tx.run(
        "UPDATE run SET list_sent_at = :now WHERE driver_id = :driver AND date = :day "
        "AND list_sent_at IS NULL",
        driver=driver_id,
        day=day.isoformat(),
        now=to_text(now),
    )


def forget_list_sent(tx: Tx, run_id: int) -> None:
    """Let a run's list be sent anew: it has another driver."""
    tx.run("UPDATE run SET list_sent_at = NULL WHERE id = :id", id=run_id)


def loads_on(tx: Tx, day: date, but: int = 0) -> dict[int, list[Load]]:
    """Give what a day's runs carry, by run; the trip `but` is left out."""
    loads: dict[int, list[Load]] = {}
    for row in tx.all(
        "SELECT t.run_id, t.pickup, t.dropoff, t.starts_at, t.ends_at, t.seats, t.wheelchairs, "  # noqa: S608
        "t.loading_min, t.needs_lift FROM run r JOIN trip t ON t.run_id = r.id "
        f"WHERE r.date = :day AND t.state IN {TAKING} AND t.id <> :but",
        day=day.isoformat(),
        but=but,
    ):
        loads.setdefault(row["run_id"], []).append(load_of(row))
    return loads


def load_of(row: Row) -> Load:
    """Read what a trip takes of a run."""
    return Load(
        pickup=row["pickup"],
        dropoff=row["dropoff"],
        starts_at=from_text(row["starts_at"]),
        ends_at=from_text(row["ends_at"]),
        seats=row["seats"],
        wheelchairs=row["wheelchairs"],
        loading=timedelta(minutes=row["loading_min"]),
        lift=bool(row["needs_lift"]),
    )


_DRIVER = (
    "SELECT r.id, r.number, r.name, r.language, d.name_told FROM driver d "
    "JOIN resident r ON r.id = d.resident_id"
)
_PLANNED = (
    "SELECT r.id, r.date, r.vehicle, v.label, r.driver_id, p.name, r.starts_at, r.ends_at, r.seats, "
    "r.wheelchair_spaces, r.lift, r.list_sent_at FROM run r JOIN vehicle v ON v.key = r.vehicle "
    "JOIN resident p ON p.id = r.driver_id"
)


def _driver(row: Row) -> Driver:
    return Driver(row["id"], row["number"], row["name"], row["language"], bool(row["name_told"]))


def _room(row: Row) -> Run:
    return Run(
        row["id"],
        from_text(row["starts_at"]),
        from_text(row["ends_at"]),
        row["seats"],
        row["wheelchair_spaces"],
        bool(row["lift"]),
    )


def _planned(row: Row) -> PlannedRun:
    return PlannedRun(
        id=row["id"],
        day=date.fromisoformat(row["date"]),
        vehicle=row["vehicle"],
        vehicle_label=row["label"],
        driver_id=row["driver_id"],
        driver_name=row["name"],
        room=_room(row),
        list_sent_at=from_text(row["list_sent_at"]) if row["list_sent_at"] else None,
    )
