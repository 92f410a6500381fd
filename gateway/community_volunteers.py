"""The volunteers a community has written down: what they offer, where, when, how often they are asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from gateway.community_people import Person, language_in, number_in, refuse_doubles
from gateway.csv_file import CsvRow, read_csv
from gateway.help_settings import HelpSettings

WEEKLY_OFFERS = 3
MOST_WEEKLY_OFFERS = 50

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? (?P<starts>\d{1,2}:\d{2})-(?P<ends>\d{1,2}:\d{2})"
)
_EXAMPLE = "must be times such as Mon-Fri 09:00-17:00|Sat 10:00-12:00, or empty for any time."


@dataclass(frozen=True, slots=True)
class Hours:
    """When a volunteer can help, every week. Monday is 0; local time."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Volunteer(Person):
    """Somebody who helps. Empty `categories` mean any help, empty `areas` anywhere, no `hours` any time.

    They are asked at most `weekly_offers` times in seven days.
    """

    categories: tuple[str, ...]
    areas: tuple[str, ...]
    hours: tuple[Hours, ...]
    weekly_offers: int


def read_volunteers(folder: Path, region: str, settings: HelpSettings) -> list[Volunteer]:
    """Read `volunteers.csv`. Raises ConfigError, also for categories and areas the community has not."""
    columns = ("number", "name", "categories")
    rows = read_csv(folder / "volunteers.csv", columns, ("areas", "times", "weekly_offers", "language"))
    found = [_volunteer(row, region, settings) for row in rows]
    refuse_doubles(rows, [person.number for person in found], "number")
    return found


def _volunteer(row: CsvRow, region: str, settings: HelpSettings) -> Volunteer:
    given = bool(row.optional("weekly_offers"))
    return Volunteer(
        number_in(row, region),
        row.text("name"),
        language_in(row),
        _keys(row, "categories", [category.key for category in settings.categories]),
        _keys(row, "areas", [area.key for area in settings.areas]),
        tuple(hours for part in row.parts("times") for hours in _hours(row, part)),
        row.whole("weekly_offers", least=1, most=MOST_WEEKLY_OFFERS) if given else WEEKLY_OFFERS,
    )


def _keys(row: CsvRow, column: str, known: Collection[str]) -> tuple[str, ...]:
    for key in row.parts(column):
        if key not in known:
            listed = ", ".join(known) or "none: help.toml lists no areas"
            raise row.wrong(column, f"has {key[:20]}, which help.toml has not. Known are: {listed}.")
    return row.parts(column)


def _hours(row: CsvRow, part: str) -> Sequence[Hours]:
    match = _TIMES.fullmatch(part.lower())
    days = [_DAYS.index(day) if day in _DAYS else -1 for day in _ends(match)] if match else [-1]
    if match is None or -1 in days or days[0] > days[1]:
        raise row.wrong("times", _EXAMPLE)
    try:
        starts, ends = (time.fromisoformat(match[name].zfill(5)) for name in ("starts", "ends"))
    except ValueError:
        raise row.wrong("times", _EXAMPLE) from None
    if starts >= ends:
        raise row.wrong("times", "has hours that end before they start. Put the earlier time first.")
    return [Hours(day, starts, ends) for day in range(days[0], days[1] + 1)]


def _ends(match: re.Match[str]) -> tuple[str, str]:
    return match["first"], match["last"] or match["first"]
