"""How long a vehicle needs between two places: as written down, else by the distance, else as usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from math import asin, ceil, cos, radians, sin, sqrt

EARTH_KM = 6371.0
# Roads are longer than the flight of a crow: in Great Britain by about a third.
ROAD_OVER_STRAIGHT = 1.3
LEAST_MINUTES = 2

Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """Travel times between places, by key.

    `table` holds minutes as somebody wrote them down, which hold for the way back too unless that
    is written down as well; `points` is where places lie, `speed_km_h` how fast one drives there,
    `usual_min` what is taken where nothing is known.
    """

    table: Mapping[tuple[str, str], int]
    points: Mapping[str, Point]
    speed_km_h: int
    usual_min: int
    _known: dict[tuple[str, str], timedelta] = field(default_factory=dict)

    def __call__(self, origin: str, destination: str) -> timedelta:
        """Give the time from one place to another."""
        way = (origin, destination)
        found = self._known.get(way)
        if found is None:
            found = self._known[way] = timedelta(minutes=self._minutes(origin, destination))
        return found

    def _minutes(self, origin: str, destination: str) -> int:
        if origin == destination:
            return 0
        for way in ((origin, destination), (destination, origin)):
            if way in self.table:
                return self.table[way]
        here, there = self.points.get(origin), self.points.get(destination)
        if here is None or there is None:
            return self.usual_min
        hours = straight_km(here, there) * ROAD_OVER_STRAIGHT / self.speed_km_h
        return max(LEAST_MINUTES, ceil(hours * 60))


@lru_cache(maxsize=4096)  # a search asks for the same pairs again and again
def straight_km(here: Point, there: Point) -> float:
    """Give the straight distance between two points in kilometres (haversine)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, point)) for point in (here, there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
