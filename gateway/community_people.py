"""The people a community has written down: coordinators, drivers, members."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import phonenumbers

from gateway.community_votes import MemberEntry
from gateway.csv_file import CsvRow, each_row, read_csv

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a part in the community. `number` is E.164, `language` BCP 47 or empty."""

    number: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Coordinator(Person):
    """A coordinator; those on duty are told of requests."""

    on_duty: bool


@dataclass(frozen=True, slots=True)
class DriverEntry(Person):
    """A driver; `name_told`: riders may hear the first name."""

    name_told: bool


def read_coordinators(folder: Path, region: str) -> list[Coordinator]:
    """Read `coordinators.csv`. Raises ConfigError."""
    rows = read_csv(folder / "coordinators.csv", ("number", "name", "on_duty"), ("language",))
    found = [
        Coordinator(number_in(row, region), row.text("name"), language_in(row), yes_no_in(row, "on_duty"))
        for row in rows
    ]
    refuse_doubles(rows, [person.number for person in found], "number")
    return found


def read_drivers(folder: Path, region: str) -> list[DriverEntry]:
    """Read `drivers.csv`. Raises ConfigError."""
    rows = read_csv(folder / "drivers.csv", ("number", "name"), ("language", "name_told"))
    found = each_row(
        rows,
        lambda row: DriverEntry(
            number_in(row, region),
            row.text("name"),
            language_in(row),
            bool(row.optional("name_told")) and yes_no_in(row, "name_told"),
        ),
    )
    refuse_doubles(rows, [driver.number for driver in found], "number")
    refuse_doubles(rows, [driver.name for driver in found], "name")
    return found


def read_members(folder: Path, region: str) -> list[MemberEntry]:
    """Read `members.csv`, where several members may share a number. Raises ConfigError."""
    rows = read_csv(folder / "members.csv", ("name", "number"), ("pin",))
    return [MemberEntry(row.text("name"), number_in(row, region), row.optional("pin")) for row in rows]


def number_in(row: CsvRow, region: str) -> str:
    """Give the row's telephone number as E.164, however it was written down."""
    try:
        number = phonenumbers.parse(row.text("number"), region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        # The number itself is not repeated: the message may end in a log.
        raise row.wrong(
            "number",
            "is no telephone number. Spreadsheets drop a leading 0 or +; format the column as text.",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def language_in(row: CsvRow) -> str:
    """Give the row's language tag, or an empty string."""
    language = row.optional("language")
    if language and not LANGUAGE.fullmatch(language):
        raise row.wrong("language", f"{language[:20]} is no language tag. Write en, es or ko.")
    return language


def refuse_doubles(rows: Iterable[CsvRow], values: Iterable[str], column: str) -> None:
    """Raise ConfigError for the first row whose value stands in an earlier row too."""
    lines: dict[str, int] = {}
    for row, value in zip(rows, values, strict=True):
        if value in lines:
            raise row.wrong(column, f"stands in line {lines[value]} already. Take one of the two rows away.")
        lines[value] = row.line


def yes_no_in(row: CsvRow, column: str) -> bool:
    """Give the row's yes or no."""
    value = row.text(column).lower()
    if value not in {"yes", "no"}:
        raise row.wrong(column, "must be yes or no.")
    return value == "yes"
