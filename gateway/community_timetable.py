"""The transport a community has written down: vehicles, drivers, runs, hours, riders, travel times."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, time
from pathlib import Path
from typing import TypeVar

from gateway.community_lifts import (
    Driver,
    DriverHours,
    LiftScheme,
    Rider,
    ServiceHours,
    TravelTime,
    mistakes,
)
from gateway.community_people import DriverEntry, Person, language_in, number_in, refuse_doubles, yes_no_in
from gateway.community_places import key_in
from gateway.csv_file import CsvRow, each_row, read_csv
from gateway.errors import ConfigError
from gateway.parties import PARTIES
from gateway.public_holidays import is_calendar
from gateway.store.lift_rules import BookingRules, SpecialDay
from gateway.store.lift_runs import Vehicle
from gateway.toml_file import TomlTable

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_MINUTES = 240
T = TypeVar("T")


def read_lifts(
    folder: Path, region: str, drivers: Sequence[DriverEntry], places: Collection[str], rules: BookingRules
) -> LiftScheme | None:
    """Read the transport's files (None: there are no vehicles).

    Raises ConfigError for all that is wrong in them, one mistake a line.
    """
    wrong: list[str] = []

    def read(part: Callable[[], list[T]]) -> list[T]:
        try:
            return part()
        except ConfigError as mistake:
            wrong.append(str(mistake))
            return []

    vehicles = read(lambda: _vehicles(folder))
    if not vehicles and not wrong:
        return None
    keys = {vehicle.key for vehicle in vehicles}
    scheme = LiftScheme(
        vehicles=vehicles,
        drivers=[Driver(driver.number, driver.name, driver.name_told) for driver in drivers],
        driver_hours=read(lambda: _runs(folder, keys, drivers)),
        service_hours=read(lambda: _service_hours(folder)),
        travel_times=read(lambda: _travel_times(folder, places)),
        rules=rules,
        special_days=read(lambda: _special_days(folder)),
        riders=read(lambda: _riders(folder, region, places)),
    )
    wrong = wrong or [f"{folder}: {mistake}" for mistake in mistakes(scheme)]
    if wrong:
        raise ConfigError("\n".join(wrong))
    return scheme


def read_rules(table: TomlTable) -> BookingRules:
    """Read the `[lifts]` table: minutes, days ahead, times of day. Raises ConfigError."""
    usual = BookingRules()

    def minutes(key: str, least: int, most: int) -> int:
        return table.whole(key, getattr(usual, key), least=least, most=most)

    return BookingRules(
        prior_notice_duration_min=minutes("prior_notice_duration_min", 0, 20160),
        prior_notice_start_day=minutes("prior_notice_start_day", 0, 365),
        prior_notice_last_day=minutes("prior_notice_last_day", 0, 28),
        prior_notice_last_time=_clock(table, "prior_notice_last_time", usual.prior_notice_last_time),
        loading_min=minutes("loading_min", 0, 60),
        wheelchair_loading_min=minutes("wheelchair_loading_min", 0, 60),
        travel_min=minutes("travel_min", 1, MOST_MINUTES),
        speed_km_h=minutes("speed_km_h", 5, 120),
        window_min=minutes("window_min", 0, 120),
        offer_min=minutes("offer_min", 15, 1440),
        reminder_time=_clock(table, "reminder_time", usual.reminder_time),
        list_min=minutes("list_min", 15, 1440),
        holidays=_calendar(table),
    )


def _clock(table: TomlTable, key: str, usual: time) -> time:
    words = table.optional_text(key, example=f'"{usual:%H:%M}"')
    try:
        return time.fromisoformat(words.zfill(5)) if words else usual
    except ValueError:
        raise table.wrong(key, f'must be a time of day in quotes: {key} = "{usual:%H:%M}"') from None


def _calendar(table: TomlTable) -> str:
    calendar = table.optional_text("holidays", example='"GB-ENG"') or ""
    if calendar and not is_calendar(calendar):
        raise table.wrong("holidays", 'must be a country, or a part of it, by its ISO code: "GB-ENG"')
    return calendar


def _vehicles(folder: Path) -> list[Vehicle]:
    rows = read_csv(folder / "vehicles.csv", ("key", "label", "seats", "wheelchair_spaces"), ("lift",))

    def vehicle(row: CsvRow) -> Vehicle:
        spaces = row.whole("wheelchair_spaces", least=0, most=20)
        lift = yes_no_in(row, "lift") if row.optional("lift") else spaces > 0
        return Vehicle(key_in(row), row.text("label"), row.whole("seats", least=0, most=99), spaces, lift)

    vehicles = each_row(rows, vehicle)
    refuse_doubles(rows, [vehicle.key for vehicle in vehicles], "key")
    return vehicles


def _runs(folder: Path, keys: Collection[str], drivers: Sequence[Person]) -> list[DriverHours]:
    numbers = {driver.name: driver.number for driver in drivers}

    def hours(row: CsvRow) -> list[DriverHours]:
        if row.text("vehicle") not in keys:
            raise row.wrong("vehicle", f"must be a key out of vehicles.csv: {', '.join(sorted(keys))}.")
        if row.text("driver") not in numbers:
            raise row.wrong("driver", "must be a name out of drivers.csv, written as it is there.")
        starts, ends = _time(row, "starts"), _time(row, "ends")
        if starts >= ends:
            raise row.wrong("ends", "must be later than starts.")
        driver, vehicle = numbers[row.text("driver")], row.text("vehicle")
        return [DriverHours(driver, vehicle, day, starts, ends) for day in _days(row)]

    rows = read_csv(folder / "runs.csv", ("vehicle", "driver", "days", "starts", "ends"))
    return [one for found in each_row(rows, hours) for one in found]


def _service_hours(folder: Path) -> list[ServiceHours]:
    found: dict[int, ServiceHours] = {}

    def hours(row: CsvRow) -> None:
        opens, closes = _time(row, "first_pickup"), _time(row, "last_dropoff")
        if opens >= closes:
            raise row.wrong("last_dropoff", "must be later than first_pickup.")
        for day in _days(row):
            if day in found:
                raise row.wrong("days", "has a day that stands in an earlier line. Take it out of one.")
            found[day] = ServiceHours(day, opens, closes)

    each_row(read_csv(folder / "service_hours.csv", ("days", "first_pickup", "last_dropoff")), hours)
    return list(found.values())


def _special_days(folder: Path) -> list[SpecialDay]:
    rows = read_csv(folder / "closed_days.csv", ("date", "label"), ("closed",))

    def special(row: CsvRow) -> SpecialDay:
        try:
            day = date.fromisoformat(row.text("date"))
        except ValueError:
            raise row.wrong("date", "must be a date such as 2026-12-25.") from None
        closed = yes_no_in(row, "closed") if row.optional("closed") else True
        return SpecialDay(day, row.text("label"), closed)

    days = each_row(rows, special)
    refuse_doubles(rows, [special.day.isoformat() for special in days], "date")
    return days


def _riders(folder: Path, region: str, places: Collection[str]) -> list[Rider]:
    rows = read_csv(folder / "riders.csv", ("number", "name"), ("language", "needs", "home", "reads_texts"))

    def rider(row: CsvRow) -> Rider:
        needs, home = row.optional("needs"), row.optional("home")
        if needs and needs not in PARTIES:
            raise row.wrong("needs", f"must be one of {', '.join(PARTIES)}.")
        if home and home not in places:
            raise row.wrong("home", f"{home} is no key out of places.csv. Correct it.")
        reads_none = not yes_no_in(row, "reads_texts") if row.optional("reads_texts") else None
        return Rider(
            number_in(row, region), row.text("name"), language_in(row), needs, home or None, reads_none
        )

    riders = each_row(rows, rider)
    refuse_doubles(rows, [rider.number for rider in riders], "number")
    return riders


def _travel_times(folder: Path, places: Collection[str]) -> list[TravelTime]:
    rows = read_csv(folder / "travel_times.csv", ("from", "to", "minutes"))

    def travel(row: CsvRow) -> TravelTime:
        for column in ("from", "to"):
            if row.text(column) not in places:
                raise row.wrong(column, f"{row.text(column)} is no key out of places.csv. Correct it.")
        return TravelTime(row.text("from"), row.text("to"), row.whole("minutes", least=0, most=MOST_MINUTES))

    times = each_row(rows, travel)
    refuse_doubles(rows, [f"{time.origin} {time.destination}" for time in times], "from")
    return times


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
