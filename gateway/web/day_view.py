"""A day of lifts as a page shows it: each run with its stops and what is taken at each, and who waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.seats import Stop, itinerary
from gateway.store import lift_runs, lifts
from gateway.store.database import Tx
from gateway.store.lift_runs import Driver, PlannedRun, Vehicle
from gateway.store.lifts import Trip

CHART_WIDTH, ROW_HEIGHT = 960, 62


@dataclass(frozen=True, slots=True)
class StopShown:
    """A stop of a run: who gets in or out there, and the room taken when the vehicle goes on."""

    stop: Stop
    place: str
    trip: Trip


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run of the day with its trips, its stops in order, and its bars in the chart (x, width, trip)."""

    run: PlannedRun
    trips: tuple[Trip, ...]
    stops: tuple[StopShown, ...]
    x: int
    width: int
    bars: tuple[tuple[int, int, Trip], ...]

    @property
    def busiest(self) -> int:
        """The most seats taken at any stop."""
        return max((one.stop.seats for one in self.stops), default=0)


@dataclass(frozen=True, slots=True)
class Day:
    """Everything about lifts on one local day; `hours` are the chart's marks: x and label."""

    day: date
    runs: tuple[RunShown, ...]
    standby: tuple[Trip, ...]
    vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...]
    hours: tuple[tuple[int, str], ...]


def day_of(tx: Tx, day: date, starts: datetime, ends: datetime) -> Day:
    """Give a day of lifts; `starts` and `ends` (aware, local) bound the chart."""
    runs = lift_runs.planned_runs(tx, day) if lift_runs.is_planned(tx, day) else []
    shown = tuple(_shown(tx, run, starts, ends) for run in runs)
    return Day(
        day,
        shown,
        tuple(lifts.standbys_on(tx, day, starts - timedelta(days=1))),
        tuple(lift_runs.vehicles(tx)),
        tuple(lift_runs.drivers(tx)),
        tuple(_hours(starts, ends)),
    )


def _shown(tx: Tx, run: PlannedRun, starts: datetime, ends: datetime) -> RunShown:
    carried = [trip for trip in lifts.trips_of_run(tx, run.id) if trip.holds]
    stops = itinerary([trip.journey.load for trip in carried], lambda _from, _to: timedelta())
    bars = []
    for trip in carried:
        x = _x(trip.journey.load.starts_at, starts, ends)
        bars.append((x, max(_x(trip.journey.load.ends_at, starts, ends) - x, 6), trip))
    left = _x(run.room.starts_at, starts, ends)
    return RunShown(
        run,
        tuple(carried),
        tuple(
            StopShown(
                stop,
                carried[stop.load].pickup_label if stop.boards else carried[stop.load].dropoff_label,
                carried[stop.load],
            )
            for stop in stops
        ),
        left,
        _x(run.room.ends_at, starts, ends) - left,
        tuple(bars),
    )


def _x(at: datetime, starts: datetime, ends: datetime) -> int:
    share = (at - starts) / (ends - starts)
    return round(min(max(share, 0.0), 1.0) * CHART_WIDTH)


def _hours(starts: datetime, ends: datetime) -> list[tuple[int, str]]:
    marks = []
    at = starts
    while at <= ends:
        marks.append((_x(at, starts, ends), f"{at:%H}"))
        at += timedelta(hours=2)
    return marks
