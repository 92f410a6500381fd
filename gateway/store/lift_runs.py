"""Community transport's supply: vehicles, drivers, hours, and the runs a day is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from gateway.seats import Load, Run
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


def save_rules(tx: Tx, rules: BookingRules) -> None:
    """Set the booking rules."""
    tx.run(
        "INSERT INTO lift_rules "
        "(id, prior_notice_duration_min, prior_notice_start_day, loading_min, travel_min) "
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


def plan_day(tx: Tx, day: date, zone: tzinfo) -> None:
    """Make a day's runs from the drivers' hours, once: what became of them later is left alone."""
    planned = tx.run(
        "INSERT INTO planned_day VALUES (:day) ON CONFLICT (date) DO NOTHING", day=day.isoformat()
    )
    if not planned:
        return
    for row in tx.all(
        "SELECT h.driver_id, h.vehicle, h.starts, h.ends, v.seats, v.wheelchair_spaces FROM driver_hours h "
        "JOIN vehicle v ON v.key = h.vehicle WHERE h.weekday = :weekday ORDER BY h.id",
        weekday=day.weekday(),
    ):
        tx.run(
            "INSERT INTO run (date, vehicle, driver_id, starts_at, ends_at, seats, wheelchair_spaces) "
            "VALUES (:day, :vehicle, :driver_id, :starts_at, :ends_at, :seats, :spaces)",
            day=day.isoformat(),
            vehicle=row["vehicle"],
            driver_id=row["driver_id"],
            starts_at=to_text(datetime.combine(day, time.fromisoformat(row["starts"]), zone)),
            ends_at=to_text(datetime.combine(day, time.fromisoformat(row["ends"]), zone)),
            seats=row["seats"],
            spaces=row["wheelchair_spaces"],
        )


def runs_on(tx: Tx, day: date) -> list[Run]:
    """Give a planned day's runs."""
    rows = tx.all(
        "SELECT id, starts_at, ends_at, seats, wheelchair_spaces FROM run WHERE date = :day ORDER BY id",
        day=day.isoformat(),
    )
    return [Run(row[0], from_text(row[1]), from_text(row[2]), row[3], row[4]) for row in rows]


def loads_during(tx: Tx, day: date, starts_at: datetime, ends_at: datetime) -> dict[int, list[Load]]:
    """Give what is booked on a day's runs at some time between two moments, by run."""
    loads: dict[int, list[Load]] = {}
    for row in tx.all(
        "SELECT t.run_id, t.starts_at, t.ends_at, t.seats, t.wheelchairs FROM run r "
        "JOIN trip t ON t.run_id = r.id AND t.state = 'booked' "
        "WHERE r.date = :day AND t.starts_at < :ends_at AND t.ends_at > :starts_at",
        day=day.isoformat(),
        starts_at=to_text(starts_at),
        ends_at=to_text(ends_at),
    ):
        load = Load(from_text(row[1]), from_text(row[2]), row[3], row[4])
        loads.setdefault(row[0], []).append(load)
    return loads
