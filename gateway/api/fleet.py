"""Vehicles and drivers there are, and how trips ended: what a plan of runs begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gateway.api.kinds import PersonId
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused
from gateway.store import lift_counts, lift_runs
from gateway.store.database import Tx

MOST_DAYS = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class SpanQuery:
    """From which day to which, a year at most."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle, by its key. Seats are those for riders."""

    key: str
    label: str
    seats: int
    wheelchair_spaces: int
    lift: bool


@dataclass(frozen=True, slots=True)
class DriverName:
    """A driver; `name` is null without `people:read`."""

    person: PersonId
    name: str | None


@dataclass(frozen=True, slots=True)
class Fleet:
    """What runs can be made of."""

    vehicles: list[Vehicle]
    drivers: list[DriverName]


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """How often no lift was found between two places on a weekday (Monday is 0) in an hour."""

    pickup: str
    dropoff: str
    weekday: int
    hour: int
    count: int


@dataclass(frozen=True, slots=True)
class TripCounts:
    """How trips ended, by the codes of transport schemes: COMP, NS, CANC (early, late, same day), UNMET."""

    results: dict[str, int]
    unmet: list[UnmetNeed]


def read_fleet(tx: Tx, call: Call) -> Fleet:
    """Give the vehicles and the drivers."""
    named = call.may("people:read")
    return Fleet(
        [
            Vehicle(one.key, one.label, one.seats, one.wheelchair_spaces, one.lift)
            for one in lift_runs.vehicles(tx)
        ],
        [DriverName(call.person(one.id), one.name if named else None) for one in lift_runs.drivers(tx)],
    )


def count_trips(tx: Tx, call: Call) -> TripCounts:
    """Count how trips ended from one day to another; raises Refused."""
    span: SpanQuery = call.query
    if not timedelta(0) <= span.last - span.first <= MOST_DAYS:
        raise Refused(400, "bad_query", "The days run from first to last, a year at most.")
    return TripCounts(
        lift_counts.results_between(tx, span.first, span.last),
        [
            UnmetNeed(one.pickup, one.dropoff, one.weekday, one.hour, one.count)
            for one in lift_counts.unmet_between(tx, span.first, span.last)
        ],
    )


OPERATIONS = (
    Operation(
        "readFleet",
        "GET",
        "/fleet",
        "Read which vehicles and drivers there are",
        "run",
        Fleet,
        scope="trips:read",
        work=read_fleet,
    ),
    Operation(
        "countTrips",
        "GET",
        "/trip-counts",
        "Count how trips ended, and what need was not met",
        "trip",
        TripCounts,
        scope="trips:read",
        work=count_trips,
        query=SpanQuery,
    ),
)
