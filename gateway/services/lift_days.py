"""A day of lifts for coordinators and drivers: by vehicle, stop by stop; who waits; what was unmet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.answers.moment import moment
from gateway.seats import itinerary
from gateway.services.lift_search import Desk, open_desk
from gateway.store import lift_counts, lift_runs, lifts
from gateway.store.database import Tx
from gateway.store.lift_runs import PlannedRun
from gateway.store.lifts import Trip


@dataclass(frozen=True, slots=True)
class SheetStop:
    """Somebody gets in or out: promised for `at`, expected at `reached` (local), seats taken after it."""

    at: datetime
    reached: datetime
    place: str
    boards: bool
    trip: Trip
    seats: int
    wheelchairs: int


@dataclass(frozen=True, slots=True)
class RunSheet:
    """A run with its stops in order, and the trips it carries."""

    run: PlannedRun
    stops: Sequence[SheetStop]
    trips: Sequence[Trip]

    @property
    def fullest(self) -> tuple[int, int]:
        """The most seats and the most wheelchair spaces that are taken at once."""
        return (
            max((stop.seats for stop in self.stops), default=0),
            max((stop.wheelchairs for stop in self.stops), default=0),
        )


@dataclass(frozen=True, slots=True)
class LiftDay:
    """A day: whether there are lifts and whether its runs are made, its runs by vehicle, and who waits."""

    day: date
    open: bool
    planned: bool
    runs: Sequence[RunSheet]
    waiting: Sequence[Trip]


@dataclass(frozen=True, slots=True)
class DriverShift:
    """When a driver drives which vehicle (aware, local). `run_id` is None on days nobody has booked yet."""

    run_id: int | None
    vehicle: str
    starts_at: datetime
    ends_at: datetime
    riders: int


def look_at_day(tx: Tx, day: date, now: datetime, zone: ZoneInfo) -> LiftDay | None:
    """Give a day as it is planned (None: this community has no lifts). It plans nothing: see `plan`."""
    desk = open_desk(tx, now, zone)
    if desk is None:
        return None
    runs = [sheet(desk, run) for run in lift_runs.planned_runs(tx, day)]
    waiting = lifts.waiting_between(tx, day, day)
    return LiftDay(day, desk.hours(day) is not None, lift_runs.is_planned(tx, day), runs, waiting)


def plan(tx: Tx, day: date, now: datetime, zone: ZoneInfo) -> None:
    """Make a day's runs from the drivers' hours if nobody has booked on it yet and it is no closed day."""
    desk = open_desk(tx, now, zone)
    if desk is not None and desk.hours(day) is not None:
        lift_runs.plan_day(tx, day, zone, now)


def sheet(desk: Desk, run: PlannedRun) -> RunSheet:
    """Give a run stop by stop."""
    carried = lifts.trips_of_run(desk.tx, run.id)
    stops = [
        SheetStop(
            at=stop.at.astimezone(desk.zone),
            reached=stop.reached.astimezone(desk.zone),
            place=carried[stop.load].pickup_label if stop.boards else carried[stop.load].dropoff_label,
            boards=stop.boards,
            trip=carried[stop.load],
            seats=stop.seats,
            wheelchairs=stop.wheelchairs,
        )
        for stop in itinerary([trip.journey.load for trip in carried], desk.road.travel)
    ]
    return RunSheet(run, stops, carried)


def driver_sheet(tx: Tx, driver_id: int, day: date, now: datetime, zone: ZoneInfo) -> list[RunSheet]:
    """Give a driver's runs of a day, to be printed."""
    desk = open_desk(tx, now, zone)
    if desk is None:
        return []
    return [sheet(desk, run) for run in lift_runs.runs_of(tx, driver_id, day, day)]


def waiting_list(tx: Tx, first: date, last: date) -> list[Trip]:
    """Give who waits for a seat or is offered one, from one day to another, in the order of their turn."""
    return lifts.waiting_between(tx, first, last)


def results(tx: Tx, first: date, last: date) -> dict[str, int]:
    """Count how trips ended from one day to another: COMP, NS, UNMET, CANC, and CANC by how late it came."""
    return lift_counts.results_between(tx, first, last)


def unmet_needs(tx: Tx, first: date, last: date) -> list[lift_counts.UnmetNeed]:
    """Count the needs that could not be met, by route, weekday and hour, the commonest first."""
    return lift_counts.unmet_between(tx, first, last)


def runs_of_driver(tx: Tx, driver_id: int, first: date, last: date, zone: ZoneInfo) -> list[DriverShift]:
    """Give when a driver drives from one day to another, whether or not anybody has booked yet."""
    shifts = [
        DriverShift(
            run.id,
            run.vehicle_label,
            run.room.starts_at.astimezone(zone),
            run.room.ends_at.astimezone(zone),
            sum(trip.holds for trip in lifts.trips_of_run(tx, run.id)),
        )
        for run in lift_runs.runs_of(tx, driver_id, first, last)
    ]
    hours = lift_runs.hours_of_driver(tx, driver_id)
    desk = open_desk(tx, moment(first, datetime.min.time(), zone), zone)
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if desk is None or desk.hours(day) is None or lift_runs.is_planned(tx, day):
            continue
        shifts += [
            DriverShift(None, vehicle, moment(day, starts, zone), moment(day, ends, zone), 0)
            for vehicle, weekday, starts, ends in hours
            if weekday == day.weekday()
        ]
    return sorted(shifts, key=lambda shift: shift.starts_at)
