"""Community transport's supply: vehicles, drivers, hours, and the runs a day is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text


@dataclass(frozen=True, slots=True)
class BookingRules:
    """What may be booked when, in the words of GTFS-Flex, and how long things take, in minutes.

    `prior_notice_start_day`: how many days ahead a trip can be booked. `loading_min` is spent at
    each end of a trip, `travel_min` between two places whose travel time nobody wrote down.
    """

    prior_notice_duration_min: int = 120
    prior_notice_start_day: int = 28
    loading_min: int = 5
    travel_min: int = 20


@dataclass(frozen=True, slots=True)
class Run:
    """A vehicle with its driver, out from `starts_at` to `ends_at` (aware, UTC), and what it can carry."""

    id: int
    starts_at: datetime
    ends_at: datetime
    seats: int
    wheelchair_spaces: int


def save_rules(tx: Tx, rules: BookingRules) -> None:
    """Set the booking rules."""
    tx.run(
        "INSERT INTO lift_rules (id, prior_notice_duration_min, prior_notice_start_day, loading_min, travel_min) "
        "VALUES (1, :notice, :start_day, :loading, :travel) ON CONFLICT (id) DO UPDATE SET "
        "prior_notice_duration_min = excluded.prior_notice_duration_min, "
        "prior_notice_start_day = excluded.prior_notice_start_day, "
        "loading_min = excluded.loading_min, travel_min = excluded.travel_min",
        notice=rules.prior_notice_duration_min,
        start_day=rules.prior_notice_start_day,
        loading=rules.loading_min,
        travel=rules.travel_min,
    )


def booking_rules(tx: Tx) -> BookingRules | None:
    """Give the booking rules (None: this community has no lifts)."""
    row = tx.one(
        "SELECT prior_notice_duration_min, prior_notice_start_day, loading_min, travel_min FROM lift_rules"
    )
    return BookingRules(*row) if row else None


def save_vehicle(tx: Tx, key: str, label: str, seats: int, wheelchair_spaces: int) -> None:
    """Add a vehicle, or change the one with this key."""
    tx.run(
        "INSERT INTO vehicle (key, label, seats, wheelchair_spaces) VALUES (:key, :label, :seats, :spaces) "
        "ON CONFLICT (key) DO UPDATE SET label = excluded.label, seats = excluded.seats, "
        "wheelchair_spaces = excluded.wheelchair_spaces",
        key=key,
        label=label,
        seats=seats,
        spaces=wheelchair_spaces,
    )


def save_driver(tx: Tx, resident_id: int) -> None:
    """Make a resident a driver."""
    tx.run(
        "INSERT INTO driver (resident_id) VALUES (:id) ON CONFLICT (resident_id) DO NOTHING", id=resident_id
    )


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


def save_service_hours(tx: Tx, hours: Iterable[tuple[int, time, time]]) -> None:
    """Replace the service hours: weekday, first pick-up, last drop-off."""
    tx.run("DELETE FROM service_hours")
    for weekday, opens, closes in hours:
        tx.run(
            "INSERT INTO service_hours VALUES (:weekday, :opens, :closes)",
            weekday=weekday,
            opens=opens.isoformat("minutes"),
            closes=closes.isoformat("minutes"),
        )


def service_hours(tx: Tx, weekday: int) -> tuple[time, time] | None:
    """Give first pick-up and last drop-off of a weekday, local time (None: no lifts that day)."""
    row = tx.one(
        "SELECT start_pickup_drop_off_window, end_pickup_drop_off_window FROM service_hours "
        "WHERE weekday = :weekday",
        weekday=weekday,
    )
    return (time.fromisoformat(row[0]), time.fromisoformat(row[1])) if row else None


def save_travel_times(tx: Tx, times: Iterable[tuple[str, str, int]]) -> None:
    """Replace the table of travel times: origin key, destination key, minutes."""
    tx.run("DELETE FROM travel_time")
    for origin, destination, minutes in times:
        tx.run(
            "INSERT INTO travel_time VALUES (:origin, :destination, :minutes)",
            origin=origin,
            destination=destination,
            minutes=minutes,
        )


def travel_minutes(tx: Tx, origin: str, destination: str) -> int | None:
    """Give the minutes between two places, either way round (None: nobody wrote them down)."""
    row = tx.one(
        "SELECT minutes FROM travel_time WHERE (origin = :a AND destination = :b) "
        "OR (origin = :b AND destination = :a) ORDER BY origin <> :a",
        a=origin,
        b=destination,
    )
    return int(row[0]) if row else None


def runs_on(tx: Tx, day: date, zone: tzinfo) -> list[Run]:
    """Give a day's runs, making them from the drivers' hours when nobody has asked for that day before."""
    if tx.one("SELECT 1 FROM planned_day WHERE date = :day", day=day.isoformat()) is None:
        _plan(tx, day, zone)
    rows = tx.all(
        "SELECT r.id, r.starts_at, r.ends_at, v.seats, v.wheelchair_spaces FROM run r "
        "JOIN vehicle v ON v.key = r.vehicle WHERE r.date = :day ORDER BY r.id",
        day=day.isoformat(),
    )
    return [Run(row[0], from_text(row[1]), from_text(row[2]), row[3], row[4]) for row in rows]


def _plan(tx: Tx, day: date, zone: tzinfo) -> None:
    tx.run("INSERT INTO planned_day VALUES (:day)", day=day.isoformat())
    for row in tx.all(
        "SELECT driver_id, vehicle, starts, ends FROM driver_hours WHERE weekday = :weekday ORDER BY id",
        weekday=day.weekday(),
    ):
        tx.run(
            "INSERT INTO run (date, vehicle, driver_id, starts_at, ends_at) "
            "VALUES (:day, :vehicle, :driver_id, :starts_at, :ends_at)",
            day=day.isoformat(),
            vehicle=row["vehicle"],
            driver_id=row["driver_id"],
            starts_at=to_text(datetime.combine(day, time.fromisoformat(row["starts"]), zone)),
            ends_at=to_text(datetime.combine(day, time.fromisoformat(row["ends"]), zone)),
        )
