"""Runs, and who waits for a seat: for whoever plans community transport."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from gateway.api.kinds import Described, Id, PersonId, Words
from gateway.api.operations import Call, Operation
from gateway.api.people import person_row
from gateway.api.problems import Refused, not_found
from gateway.api.trips import Trip, TripPath, trip_row, view_of
from gateway.services import runs
from gateway.services.trip_moves import NoLifts
from gateway.store import api_read, lift_runs, lifts
from gateway.store.database import Tx
from gateway.store.lift_runs import PlannedRun

FURTHEST = timedelta(days=366)
Clock = Annotated[
    str, Words(5, 5, "^([01][0-9]|2[0-3]):[0-5][0-9]$", example="09:30"), Described("Local time.")
]
VehicleKey = Annotated[str, Words(64, 1, "^[A-Za-z0-9_.-]+$", example="minibus")]


@dataclass(frozen=True, slots=True)
class Run:
    """A vehicle that is out with a driver for some hours of a day. Seats are those for riders."""

    id: Id
    date: date
    vehicle: str
    driver: PersonId
    starts_at: datetime
    ends_at: datetime
    seats: int
    wheelchair_spaces: int
    trips: Annotated[list[int], Described("The ids of the trips it carries.")]


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a day, and the trips that wait for a seat on it, who asked first first."""

    runs: list[Run]
    standby: list[Trip]


@dataclass(frozen=True, slots=True)
class DayQuery:
    """Which day."""

    date: date


@dataclass(frozen=True, slots=True)
class RunPath:
    """Which run."""

    id: Id


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run is to be: a local day and times, a vehicle by its key, a driver."""

    date: date
    vehicle: VehicleKey
    driver: PersonId
    starts: Clock
    ends: Clock


@dataclass(frozen=True, slots=True)
class CancelledRun:
    """The trips that have no seat now: they wait, and their riders were told."""

    waiting: list[Trip]


@dataclass(frozen=True, slots=True)
class TripRun:
    """The run that is to carry a trip."""

    run: Id


def list_runs(tx: Tx, call: Call) -> Runs:
    """Give the runs of a day, and who waits."""
    day = call.query.date
    waiting = lifts.waiting_between(tx, day, day)
    return Runs(
        [_view(tx, call, one) for one in lift_runs.planned_runs(tx, day)],
        [_trip(tx, call, one.id) for one in waiting],
    )


def read_run(tx: Tx, call: Call) -> Run:
    """Give one run."""
    return _view(tx, call, _named(tx, call))


def add_run(tx: Tx, call: Call) -> Run:
    """Add a run; seats are offered to those who wait. Raises Refused."""
    plan = _plan(tx, call)
    with _explained():
        made = runs.add_run(call.timing(tx), plan)
    call.journal(tx, "api.run_added", f"run:{made.id}")
    return _view(tx, call, made)


def change_run(tx: Tx, call: Call) -> Run:
    """Give a run another vehicle, driver or times; raises Refused."""
    found, plan = _named(tx, call), _plan(tx, call)
    with _explained():
        changed = runs.change_run(call.timing(tx), found.id, plan)
    call.journal(tx, "api.run_changed", f"run:{found.id}")
    return _view(tx, call, changed)


def cancel_run(tx: Tx, call: Call) -> CancelledRun:
    """Take a run away: its trips find room elsewhere or wait. Raises Refused."""
    found = _named(tx, call)
    with _explained():
        waiting = runs.cancel_run(call.timing(tx), found.id)
    call.journal(tx, "api.run_cancelled", f"run:{found.id}", waiting=len(waiting))
    return CancelledRun([_trip(tx, call, one.id) for one in waiting])


def put_in_run(tx: Tx, call: Call) -> Trip:
    """Move a booked trip to another run, or book a waiting one into it; raises Refused, IllegalMove."""
    row, wanted = trip_row(tx, call), call.body
    if lift_runs.run_by_id(tx, wanted.run) is None:
        raise Refused(422, "no_such_run", "There is no such run.")
    with _explained():
        runs.move_trip(call.timing(tx), lifts.trip_by_id(tx, row["id"]), wanted.run)
    call.journal(tx, "api.trip_put_in_run", f"trip:{row['id']}", run=wanted.run)
    return _trip(tx, call, row["id"])


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what stands against a change of runs into a refusal."""
    try:
        yield
    except runs.RunRefused as refused:
        raise Refused(409, "run_refused", str(refused)) from None
    except runs.NoRoom as refused:
        raise Refused(409, "no_room", str(refused)) from None
    except NoLifts as refused:
        raise Refused(409, "no_lifts", str(refused)) from None


def _plan(tx: Tx, call: Call) -> runs.RunPlan:
    wanted: RunPlan = call.body
    today = call.now.astimezone(call.room.turns.community.zone).date()
    if not today <= wanted.date <= today + FURTHEST:
        raise Refused(422, "bad_day", "A run is planned for today or a day of the next year.")
    driver = person_row(tx, call, wanted.driver)
    return runs.RunPlan(
        day=wanted.date,
        vehicle=wanted.vehicle,
        driver_id=driver["id"],
        starts=time.fromisoformat(wanted.starts),
        ends=time.fromisoformat(wanted.ends),
    )


def _named(tx: Tx, call: Call) -> PlannedRun:
    path: RunPath = call.path
    found = lift_runs.run_by_id(tx, path.id)
    if found is None:
        raise not_found("run")
    return found


def _trip(tx: Tx, call: Call, trip_id: int) -> Trip:
    row = api_read.trip_row(tx, trip_id)
    assert row is not None, "it was read a moment ago"  # noqa: S101
    return view_of(call, row)


def _view(tx: Tx, call: Call, found: PlannedRun) -> Run:
    return Run(
        id=found.id,
        date=found.day,
        vehicle=found.vehicle,
        driver=call.person(found.driver_id),
        starts_at=found.room.starts_at,
        ends_at=found.room.ends_at,
        seats=found.room.seats,
        wheelchair_spaces=found.room.wheelchair_spaces,
        trips=[one.id for one in lifts.trips_of_run(tx, found.id)],
    )


OPERATIONS = (
    Operation(
        "listRuns",
        "GET",
        "/runs",
        "List the runs of a day and who waits for a seat",
        "run",
        Runs,
        scope="trips:read",
        work=list_runs,
        query=DayQuery,
        about="A day that nobody has asked for or looked at yet has no runs until somebody does.",
    ),
    Operation(
        "readRun",
        "GET",
        "/runs/{id}",
        "Read one run",
        "run",
        Run,
        scope="trips:read",
        work=read_run,
        params=RunPath,
    ),
    Operation(
        "addRun",
        "POST",
        "/runs",
        "Add a run",
        "run",
        Run,
        scope="trips:write",
        work=add_run,
        body=RunPlan,
        status=201,
        errors=(404, 409),
        about="Its driver hears of it by text, and its seats are offered to those who wait.",
    ),
    Operation(
        "changeRun",
        "PUT",
        "/runs/{id}",
        "Give a run another vehicle, driver or times",
        "run",
        Run,
        scope="trips:write",
        work=change_run,
        params=RunPath,
        body=RunPlan,
        errors=(409,),
        about="Everybody who is booked on it still has to fit. Its driver hears of it by text.",
    ),
    Operation(
        "cancelRun",
        "DELETE",
        "/runs/{id}",
        "Take a run away",
        "run",
        CancelledRun,
        scope="trips:write",
        work=cancel_run,
        params=RunPath,
        errors=(409,),
        about="Its trips find room elsewhere, or wait and their riders hear of it by text.",
    ),
    Operation(
        "putInRun",
        "PUT",
        "/trips/{id}/run",
        "Put a trip into a run",
        "trip",
        Trip,
        scope="trips:write",
        work=put_in_run,
        params=TripPath,
        body=TripRun,
        errors=(409,),
        about="A trip that waited is booked, and its rider hears of it by text.",
    ),
)
