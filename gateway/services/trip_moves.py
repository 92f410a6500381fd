"""The lifecycle of a trip: every change of its state, with its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from flows.answers.moment import moment
from gateway.errors import GatewayError
from gateway.services.lifecycle import advance, lifecycle
from gateway.services.lift_search import Desk, open_desk
from gateway.services.lift_words import Scene, tell_driver
from gateway.store import lifts
from gateway.store.lifts import Trip

# Between these local hours nobody minds a text that need not come at once.
CIVIL_HOURS = range(8, 21)

REQUESTED = "requested"
SEATED = ("booked", "reminded")
"""The states of a trip whose rider has a seat and is still to come."""
MOVES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "seat": {"booked": ("requested", "standby", "offered")},
    "wait": {"standby": ("requested",)},
    "offer": {"offered": ("standby",)},
    "pass": {"standby": ("offered",)},
    "remind": {"reminded": ("booked",)},
    "board": {"on_board": ("booked", "reminded", "no_show")},
    "finish": {"done": ("booked", "reminded", "on_board")},
    "miss": {"no_show": ("booked", "reminded")},
    "bump": {"standby": ("booked", "reminded", "offered")},
    "cancel": {"cancelled": ("requested", "standby", "offered", "booked", "reminded")},
    "lapse": {"unmet": ("requested", "standby", "offered")},
}
LIFECYCLE = lifecycle(REQUESTED, MOVES)
RESULT_CODES: Mapping[str, str] = {"done": "COMP", "no_show": "NS", "cancelled": "CANC", "unmet": "UNMET"}
"""How a trip ended, in the words of transport schemes."""


class NoLifts(GatewayError):
    """This community has no lifts: nothing was changed. Give it vehicles, drivers and hours first."""


def desk_of(scene: Scene) -> Desk:
    """Open a search for a scene; raises NoLifts."""
    desk = open_desk(scene.tx, scene.now, scene.zone)
    if desk is None:
        raise NoLifts(NoLifts.__doc__)
    return desk


def book_in(scene: Scene, desk: Desk, trip: Trip, run_id: int) -> Trip:
    """Give a trip a seat of a run, and tell its driver."""
    due = moment(trip.journey.day - timedelta(days=1), desk.rules.reminder_time, desk.zone)
    booked = move(scene, trip, "seat", run_id, remind_at=due if due > scene.now else None)
    tell_driver(scene, "added", booked)
    return lifts.trip_by_id(scene.tx, trip.id)


def move(
    scene: Scene,
    trip: Trip,
    trigger: str,
    run_id: int | None,
    *,
    offered_until: datetime | None = None,
    remind_at: datetime | None = None,
    passed: int = 0,
    cancelled_as: str = "",
) -> Trip:
    """Move a trip by a trigger of its lifecycle and tell of it. Raises IllegalMove."""
    state = advance(LIFECYCLE, trip.state, trigger)
    moved = lifts.set_state(
        scene.tx,
        trip.id,
        state,
        run_id,
        scene.now,
        offered_until=offered_until,
        remind_at=remind_at,
        passed=passed,
        cancelled_as=cancelled_as,
    )
    tell_state(scene, moved)
    return moved


def tell_state(scene: Scene, trip: Trip) -> None:
    """Write the event that says what became of a trip."""
    load = trip.journey.load
    scene.emit(
        f"lift.{trip.state}",
        f"trip:{trip.id}",
        code=trip.code,
        resident=trip.resident_id,
        state=trip.state,
        pickup=load.pickup,
        dropoff=load.dropoff,
        date=trip.journey.day.isoformat(),
        time=trip.journey.time.isoformat("minutes"),
        seats=load.seats,
        wheelchairs=load.wheelchairs,
        run=trip.run_id,
        result=RESULT_CODES.get(trip.state),
        cancelled_as=trip.cancelled_as or None,
        outward=trip.outward_id,
    )


def civil(scene: Scene) -> bool:
    """Tell whether it is an hour at which nobody minds a text."""
    return scene.now.astimezone(scene.zone).hour in CIVIL_HOURS


def next_civil(scene: Scene) -> datetime:
    """Give the next moment at which nobody minds a text."""
    local = scene.now.astimezone(scene.zone)
    if local.hour in CIVIL_HOURS:
        return scene.now
    day = local.date() + timedelta(days=local.hour >= CIVIL_HOURS.stop)
    return moment(day, time(CIVIL_HOURS.start), scene.zone)
