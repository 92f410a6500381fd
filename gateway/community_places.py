"""The places a community has written down, by every name people use for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flows.answers.fold import fold
from gateway.community_people import refuse_doubles
from gateway.csv_file import CsvRow, each_row, read_csv

KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its own name and by what else people call it; `point` is latitude and longitude."""

    key: str
    label: str
    nicknames: tuple[str, ...] = ()
    point: tuple[float, float] | None = None


def read_places(folder: Path) -> list[Place]:
    """Read `places.csv`. Raises ConfigError, also where one name means two places."""
    rows = read_csv(folder / "places.csv", ("key", "label"), ("nicknames", "latitude", "longitude"))
    places = each_row(
        rows, lambda row: Place(key_in(row), row.text("label"), row.parts("nicknames"), _point(row))
    )
    refuse_doubles(rows, [place.key for place in places], "key")
    taken: dict[str, Place] = {}
    for row, place in zip(rows, places, strict=True):
        for name in (place.label, *place.nicknames):
            other = taken.setdefault(fold(name), place)
            if other is not place:
                raise row.wrong(
                    "nicknames", f"{name} means {other.label} already. Leave it with one of the two."
                )
    return places


def _point(row: CsvRow) -> tuple[float, float] | None:
    if not row.optional("latitude") and not row.optional("longitude"):
        return None
    return _degrees(row, "latitude", 90), _degrees(row, "longitude", 180)


def _degrees(row: CsvRow, column: str, most: int) -> float:
    try:
        degrees = float(row.text(column).replace(",", "."))
    except ValueError:
        degrees = most + 1.0
    if not -most <= degrees <= most:
        raise row.wrong(column, f"must be degrees between -{most} and {most}, such as 52.4862.")
    return degrees


def key_in(row: CsvRow) -> str:
    """Give the row's key."""
    key = row.text("key")
    if not KEY.fullmatch(key):
        raise row.wrong("key", "must be small letters, digits and _, a letter first: church_hall.")
    return key
