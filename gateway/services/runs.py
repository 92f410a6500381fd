"""What a coordinator does with runs: adds one, changes one, cancels one, moves a trip to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from flows.answers.moment import moment
from flows.conversation import Prompt
from flows.value import Value, text
from gateway.errors import GatewayError
from gateway.seats import Run, on_time, peak
from gateway.services import trips
from gateway.services.lifecycle import advance
from gateway.services.lift_search import Desk
from gateway.services.lift_words import Scene, tell_rider
from gateway.services.standby import offer_seats
from gateway.services.trip_moves import SEATED, desk_of
from gateway.store import lift_runs, lifts
from gateway.store.lift_runs import PlannedRun, Vehicle
from gateway.store.lifts import Trip


class RunRefused(GatewayError):
    """A run cannot be made or changed like that: nothing was changed."""


class NoRoom(GatewayError):
    """The run has no room for the trip: nothing was changed. Choose another run, or leave it where it is."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a coordinator wants of a run: local day and times, vehicle by key, driver by resident's id."""

    day: date
    vehicle: str
    driver_id: int
    starts: time
    ends: time


def add_run(scene: Scene, plan: RunPlan) -> PlannedRun:
    """Add a run on a day; seats are offered to those who wait. Raises RunRefused."""
    lift_runs.plan_day(scene.tx, plan.day, scene.zone, scene.now)
    starts_at, ends_at = _moments(scene, plan)
    _check(scene, plan, starts_at, ends_at)
    run_id = lift_runs.add_run(scene.tx, plan.day, plan.vehicle, plan.driver_id, starts_at, ends_at)
    run = _run(scene, run_id)
    _emit(scene, "run.added", run)
    _tell(scene, run.driver_id, "run_added", run)
    offer_seats(scene, run.day)
    return run


def change_run(scene: Scene, run_id: int, plan: RunPlan) -> PlannedRun:
    """Give a run another vehicle, driver or times, as long as all its trips still fit. Raises RunRefused."""
    desk, before = desk_of(scene), _run(scene, run_id)
    if plan.day != before.day:
        raise RunRefused(
            "A run stays on its day: nothing was changed. Cancel it and add one on the other day."
        )
    starts_at, ends_at = _moments(scene, plan)
    vehicle = _check(scene, plan, starts_at, ends_at, but=run_id)
    room = Run(run_id, starts_at, ends_at, vehicle.seats, vehicle.wheelchair_spaces, vehicle.lift)
    _check_trips(desk, before.day, room)
    lift_runs.change_run(scene.tx, run_id, plan.vehicle, plan.driver_id, starts_at, ends_at)
    if plan.driver_id != before.driver_id:
        _hand_over(scene, before)
    run = _run(scene, run_id)
    _emit(scene, "run.changed", run)
    if plan.driver_id != before.driver_id:
        _tell(scene, before.driver_id, "run_gone", before)
        _tell(scene, run.driver_id, "run_added", run)
    else:
        _tell(scene, run.driver_id, "run_changed", run)
    offer_seats(scene, run.day)
    return run


def cancel_run(scene: Scene, run_id: int) -> list[Trip]:
    """Take a run away; its trips find room elsewhere or wait, and their riders are told.

    Who is in the vehicle stays in it: such a run ends when they have got out. Raises RunRefused.
    Gives the trips that have no seat now.
    """
    run = _run(scene, run_id)
    carried = lifts.trips_of_run(scene.tx, run_id)
    if any(trip.state == "on_board" for trip in carried):
        raise RunRefused("Somebody is in the vehicle, so the run was not cancelled. Ask the driver first.")
    held = sorted((trip for trip in carried if trip.holds), key=lambda trip: trip.id)
    bumped = [(trips.bump(scene, trip), trip.state == "offered") for trip in held]
    lift_runs.drop_run(scene.tx, run_id)
    _emit(scene, "run.cancelled", run)
    _tell(scene, run.driver_id, "run_gone", run)
    waiting = []
    for trip, was_offered in bumped:
        if was_offered or trips.seat(scene, trip) is None:
            waiting.append(trip)
            tell_rider(scene, "offer_over" if was_offered else "run_lost", trip, "confirmation")
    offer_seats(scene, run.day)
    return waiting


def move_trip(scene: Scene, trip: Trip, run_id: int) -> Trip:
    """Move a booked trip to another run, or book a waiting one into it. Raises NoRoom, IllegalMove."""
    if trip.state not in SEATED:
        advance(trips.LIFECYCLE, trip.state, "seat")  # what is over needs no look for room
    desk, run = desk_of(scene), _run(scene, run_id)
    if run.day != trip.journey.day or not desk.can_carry(run.room, trip.journey, but=trip.id):
        raise NoRoom(NoRoom.__doc__)
    if trip.state in SEATED:
        moved = trips.put_in_run(scene, trip, run_id)
    else:
        moved = trips.seat_in(scene, trip, run_id)
        tell_rider(scene, "seat_found", moved, "confirmation")
    offer_seats(scene, run.day)
    return moved


def _check(scene: Scene, plan: RunPlan, starts_at: datetime, ends_at: datetime, but: int = 0) -> Vehicle:
    vehicle = lift_runs.vehicle_by_key(scene.tx, plan.vehicle)
    if vehicle is None or lift_runs.driver_by_id(scene.tx, plan.driver_id) is None:
        raise RunRefused("There is no such vehicle or driver: nothing was changed. Choose from the lists.")
    if starts_at >= ends_at:
        raise RunRefused("The run would end before it starts: nothing was changed. Correct the times.")
    clash = lift_runs.clashing_run(scene.tx, plan.day, plan.vehicle, plan.driver_id, starts_at, ends_at, but)
    if clash is not None:
        what = "vehicle" if clash.vehicle == plan.vehicle else "driver"
        raise RunRefused(
            f"That {what} is out with the {clash.vehicle_label} at that time already: nothing was changed. "
            "Choose another, or other times."
        )
    return vehicle


def _check_trips(desk: Desk, day: date, room: Run) -> None:
    """Raise RunRefused where what a run carries would not fit into it as it is to be."""
    loads = lift_runs.loads_on(desk.tx, day).get(room.id, [])
    seats, wheelchairs = peak(loads, room.starts_at, room.ends_at)
    within = all(room.starts_at <= load.starts_at and load.ends_at <= room.ends_at for load in loads)
    lifted = room.lift or not any(load.lift for load in loads)
    roomy = seats <= room.seats and wheelchairs <= room.wheelchair_spaces
    if not (within and lifted and roomy and on_time(room, loads, desk.road)):
        raise RunRefused(
            "Not everybody who is booked on this run would fit then: nothing was changed. "
            "Move those trips to another run first."
        )


def _hand_over(scene: Scene, run: PlannedRun) -> None:
    """Leave a run's trips without numbers: they had them in the list of the driver before."""
    for trip in lifts.trips_of_run(scene.tx, run.id):
        lifts.leave_list(scene.tx, trip.id)
    lift_runs.forget_list_sent(scene.tx, run.id)


def _moments(scene: Scene, plan: RunPlan) -> tuple[datetime, datetime]:
    starts, ends = (moment(plan.day, at, scene.zone).astimezone(UTC) for at in (plan.starts, plan.ends))
    return starts, ends


def _run(scene: Scene, run_id: int) -> PlannedRun:
    run = lift_runs.run_by_id(scene.tx, run_id)
    if run is None:
        raise RunRefused("That run is gone: nothing was changed. Look at the day again.")
    return run


def _emit(scene: Scene, what: str, run: PlannedRun) -> None:
    scene.emit(what, f"run:{run.id}", **lift_runs.event_data(run))


def _tell(scene: Scene, driver_id: int, phrase: str, run: PlannedRun) -> None:
    """Tell a driver of a change of runs, unless the run is over."""
    driver = lift_runs.driver_by_id(scene.tx, driver_id)
    if driver is None or run.room.ends_at <= scene.now:
        return
    local = run.room.starts_at.astimezone(scene.zone), run.room.ends_at.astimezone(scene.zone)
    starts, ends = (Value("time", at.time().isoformat("minutes")) for at in local)
    day = Value("date", run.day.isoformat())
    values = {"day": day, "starts": starts, "ends": ends, "vehicle": text(run.vehicle_label)}
    scene.tell(driver.number, Prompt("driver_list", phrase, "confirmation", values), ref=f"run:{run.id}")
