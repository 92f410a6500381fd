"""The transport a community has written down: vehicles, drivers, runs, hours, travel times."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import time
from pathlib import Path

from gateway.community_lifts import (
    Driver,
    DriverHours,
    LiftScheme,
    ServiceHours,
    TravelTime,
    Vehicle,
    mistakes,
)
from gateway.community_people import Person, refuse_doubles
from gateway.community_places import key_in
from gateway.csv_file import CsvRow, read_csv
from gateway.errors import ConfigError
from gateway.store.lift_runs import BookingRules
from gateway.toml_file import TomlTable

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_MINUTES = 240


def read_lifts(
    folder: Path, drivers: Sequence[Person], places: Collection[str], rules: BookingRules
) -> LiftScheme | None:
    """Read the transport's files (None: there are no vehicles). Raises ConfigError."""
    vehicles = _vehicles(folder)
    if not vehicles:
        return None
    scheme = LiftScheme(
        vehicles=vehicles,
        drivers=[Driver(driver.number, driver.name) for driver in drivers],
        driver_hours=_runs(folder, vehicles, drivers),
        service_hours=_service_hours(folder),
        travel_times=_travel_times(folder, places),
        rules=rules,
    )
    for mistake in mistakes(scheme):
        raise ConfigError(f"{folder}: {mistake}")
    return scheme


def read_rules(table: TomlTable) -> BookingRules:
    """Read the `[lifts]` table: minutes, and days ahead. Raises ConfigError."""
    usual = BookingRules()
    return BookingRules(
        prior_notice_duration_min=table.whole(
            "prior_notice_duration_min", usual.prior_notice_duration_min, least=0, most=20160
        ),
        prior_notice_start_day=table.whole(
            "prior_notice_start_day", usual.prior_notice_start_day, least=0, most=365
        ),
        loading_min=table.whole("loading_min", usual.loading_min, least=0, most=60),
        travel_min=table.whole("travel_min", usual.travel_min, least=1, most=MOST_MINUTES),
    )


def _vehicles(folder: Path) -> list[Vehicle]:
    rows = read_csv(folder / "vehicles.csv", ("key", "label", "seats", "wheelchair_spaces"))
    vehicles = [
        Vehicle(
            key_in(row),
            row.text("label"),
            row.whole("seats", least=0, most=99),
            row.whole("wheelchair_spaces", least=0, most=20),
        )
        for row in rows
    ]
    refuse_doubles(rows, [vehicle.key for vehicle in vehicles], "key")
    return vehicles


def _runs(folder: Path, vehicles: list[Vehicle], drivers: Sequence[Person]) -> list[DriverHours]:
    numbers = {driver.name: driver.number for driver in drivers}
    keys = {vehicle.key for vehicle in vehicles}
    found: list[DriverHours] = []
    for row in read_csv(folder / "runs.csv", ("vehicle", "driver", "days", "starts", "ends")):
        if row.text("vehicle") not in keys:
            raise row.wrong("vehicle", f"must be a key out of vehicles.csv: {', '.join(sorted(keys))}.")
        if row.text("driver") not in numbers:
            raise row.wrong("driver", "must be a name out of drivers.csv, written as it is there.")
        starts, ends = _time(row, "starts"), _time(row, "ends")
        if starts >= ends:
            raise row.wrong("ends", "must be later than starts.")
        driver, vehicle = numbers[row.text("driver")], row.text("vehicle")
        found += [DriverHours(driver, vehicle, day, starts, ends) for day in _days(row)]
    return found


def _service_hours(folder: Path) -> list[ServiceHours]:
    rows = read_csv(folder / "service_hours.csv", ("days", "first_pickup", "last_dropoff"))
    found: dict[int, ServiceHours] = {}
    for row in rows:
        opens, closes = _time(row, "first_pickup"), _time(row, "last_dropoff")
        if opens >= closes:
            raise row.wrong("last_dropoff", "must be later than first_pickup.")
        for day in _days(row):
            if day in found:
                raise row.wrong("days", "has a day that stands in an earlier line. Take it out of one.")
            found[day] = ServiceHours(day, opens, closes)
    return list(found.values())


def _travel_times(folder: Path, places: Collection[str]) -> list[TravelTime]:
    rows = read_csv(folder / "travel_times.csv", ("from", "to", "minutes"))
    for row in rows:
        for column in ("from", "to"):
            if row.text(column) not in places:
                raise row.wrong(column, f"{row.text(column)} is no key out of places.csv. Correct it.")
    refuse_doubles(rows, [f"{row.text('from')} {row.text('to')}" for row in rows], "from")
    return [
        TravelTime(row.text("from"), row.text("to"), row.whole("minutes", least=0, most=MOST_MINUTES))
        for row in rows
    ]


def _time(row: CsvRow, column: str) -> time:
    try:
        return time.fromisoformat(row.text(column).zfill(5))
    except ValueError:
        raise row.wrong(column, "must be a time of day such as 09:00 or 17:30.") from None


def _days(row: CsvRow) -> list[int]:
    found: list[int] = []
    for word in row.text("days").lower().split():
        first, _, last = word.partition("-")
        ends = [DAYS.index(day[:3]) if day[:3] in DAYS else -1 for day in (first, last or first)]
        if -1 in ends or ends[0] > ends[1]:
            raise row.wrong("days", "must be days such as Mon-Fri, or Mon Wed Sat.")
        found += range(ends[0], ends[1] + 1)
    return found
