"""Community transport's rules: what may be booked when, hours, closed days, travel times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from gateway.public_holidays import is_holiday
from gateway.store.database import Tx
from gateway.travel import TravelTimes


@dataclass(frozen=True, slots=True)
class BookingRules:
    """What may be booked when, in the words of GTFS-Flex, and how long things take, in minutes.

    `prior_notice_start_day`: how many days ahead a trip can be booked. A trip has to be booked
    `prior_notice_duration_min` before it starts or, where `prior_notice_last_day` is not 0, so many
    days before by `prior_notice_last_time`. Getting in and getting out take `loading_min` each, with
    a wheelchair `wheelchair_loading_min`. `travel_min` is for places of which nobody knows how far
    apart they are; where only the distance is known, `speed_km_h` counts. The vehicle comes within
    `window_min` after the promised time. Who is offered a freed seat has `offer_min` to answer.
    Reminders go out the day before at `reminder_time`, a driver's list `list_min` before the run.
    On days of `holidays` (GB, GB-ENG; empty: none) there are no lifts.
    """

    prior_notice_duration_min: int = 120
    prior_notice_start_day: int = 28
    prior_notice_last_day: int = 0
    prior_notice_last_time: time = time(16)
    loading_min: int = 5
    wheelchair_loading_min: int = 10
    travel_min: int = 20
    speed_km_h: int = 30
    window_min: int = 15
    offer_min: int = 120
    reminder_time: time = time(18)
    list_min: int = 90
    holidays: str = ""

    @property
    def window(self) -> timedelta:
        """How much later than promised the vehicle may come."""
        return timedelta(minutes=self.window_min)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day with other hours than its weekday's: closed, or open although it is a public holiday."""

    day: date
    label: str
    closed: bool = True


_NAMES = (
    "prior_notice_duration_min",
    "prior_notice_start_day",
    "prior_notice_last_day",
    "prior_notice_last_time",
    "loading_min",
    "wheelchair_loading_min",
    "travel_min",
    "speed_km_h",
    "window_min",
    "offer_min",
    "reminder_time",
    "list_min",
    "holidays",
)
_COLUMNS = ", ".join(_NAMES)
_TIMES = frozenset({"prior_notice_last_time", "reminder_time"})


def save_rules(tx: Tx, rules: BookingRules) -> None:
    """Set the booking rules."""
    values = {name: getattr(rules, name) for name in _NAMES}
    values |= {name: values[name].isoformat("minutes") for name in _TIMES}
    tx.run(
        f"INSERT INTO lift_rules (id, {_COLUMNS}) "  # noqa: S608
        f"VALUES (1, {', '.join(f':{name}' for name in _NAMES)}) ON CONFLICT (id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in _NAMES),
        **values,
    )


def booking_rules(tx: Tx) -> BookingRules | None:
    """Give the booking rules (None: this community has no lifts)."""
    row = tx.one(f"SELECT {_COLUMNS} FROM lift_rules")  # noqa: S608
    if row is None:
        return None
    values: dict[str, Any] = {name: row[name] for name in _NAMES}
    return BookingRules(**values | {name: time.fromisoformat(row[name]) for name in _TIMES})


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


def save_special_days(tx: Tx, days: Iterable[SpecialDay]) -> None:
    """Replace the days that are no ordinary days."""
    tx.run("DELETE FROM closed_day")
    for special in days:
        tx.run(
            "INSERT INTO closed_day (date, label, closed) VALUES (:day, :label, :closed)",
            day=special.day.isoformat(),
            label=special.label,
            closed=special.closed,
        )


def close_day(tx: Tx, special: SpecialDay) -> None:
    """Close a day, or open one that is a public holiday."""
    tx.run(
        "INSERT INTO closed_day (date, label, closed) VALUES (:day, :label, :closed) "
        "ON CONFLICT (date) DO UPDATE SET label = excluded.label, closed = excluded.closed",
        day=special.day.isoformat(),
        label=special.label,
        closed=special.closed,
    )


def service_hours(tx: Tx, day: date, rules: BookingRules) -> tuple[time, time] | None:
    """Give first pick-up and last drop-off of a day, local time (None: no lifts that day)."""
    special = tx.one("SELECT closed FROM closed_day WHERE date = :day", day=day.isoformat())
    if special["closed"] if special else is_holiday(rules.holidays, day):
        return None
    row = tx.one(
        "SELECT start_pickup_drop_off_window, end_pickup_drop_off_window FROM service_hours "
        "WHERE weekday = :weekday",
        weekday=day.weekday(),
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


def travel_times(tx: Tx, rules: BookingRules) -> TravelTimes:
    """Give how long it takes between any two places."""
    table = {
        (row[0], row[1]): row[2] for row in tx.all("SELECT origin, destination, minutes FROM travel_time")
    }
    points = {
        row[0]: (row[1], row[2])
        for row in tx.all("SELECT key, latitude, longitude FROM place WHERE latitude IS NOT NULL")
    }
    return TravelTimes(table, points, rules.speed_km_h, rules.travel_min)
