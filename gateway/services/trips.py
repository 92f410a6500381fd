"""What happens to a trip: asked for, booked, put on standby, cancelled, over. One transaction each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from flows.conversation import Prompt
from flows.value import Value, text
from gateway.services.acting import Acting, Timing
from gateway.services.codes import new_code
from gateway.services.lifecycle import advance, lifecycle
from gateway.services.lift_search import run_with_room
from gateway.store import lift_runs, lifts, people
from gateway.store.lifts import Journey, Trip

Scene: TypeAlias = Acting | Timing

# A coordinator has this long to say that nobody was at the kerb; after it a trip counts as done.
NO_SHOW_TERM = timedelta(hours=12)

REQUESTED = "requested"
LIFECYCLE = lifecycle(
    REQUESTED,
    {
        "seat": {"booked": ("requested", "standby")},
        "wait": {"standby": ("requested",)},
        "cancel": {"cancelled": ("requested", "standby", "booked")},
        "finish": {"done": ("booked",)},
        "miss": {"no_show": ("booked",)},
        "lapse": {"unmet": ("requested", "standby")},
    },
)


def request(acting: Acting, journey: Journey) -> Trip:
    """Write down that the resident asks for a journey. It is no booking until it has a seat."""
    code = new_code(acting.random, lifts.codes_taken(acting.tx, journey.day, acting.resident.id))
    trip = lifts.add_trip(acting.tx, code, acting.resident.id, REQUESTED, journey, acting.now)
    _emit(acting, trip)
    return trip


def seat(scene: Scene, trip: Trip) -> Trip | None:
    """Book a trip into the run that suits it best (None: no run has room, nothing was changed)."""
    run = run_with_room(scene.tx, scene.zone, trip.journey)
    return _move(scene, trip, "seat", run.id) if run else None


def wait(scene: Scene, trip: Trip) -> Trip:
    """Put a trip on standby: it gets the first seat that comes free and suits it."""
    return _move(scene, trip, "wait", None)


def cancel(scene: Scene, trip: Trip) -> Trip:
    """Cancel a trip; a seat it had goes to standby. Raises IllegalMove for one that is over."""
    cancelled = _move(scene, trip, "cancel", trip.run_id)
    if trip.state == "booked":
        seat_standbys(scene, trip)
    return cancelled


def miss(scene: Scene, trip: Trip) -> Trip:
    """Write down that nobody was there to be picked up. Raises IllegalMove for a trip that was not booked."""
    return _move(scene, trip, "miss", trip.run_id)


def finish(scene: Scene, trip: Trip) -> Trip:
    """Write down that a trip was made. Raises IllegalMove for one that was not booked."""
    return _move(scene, trip, "finish", trip.run_id)


def lapse(scene: Scene, trip: Trip) -> Trip:
    """Count a need as unmet: no seat was found in time, or none that suited."""
    return _move(scene, trip, "lapse", None)


def seat_standbys(scene: Scene, freed: Trip) -> None:
    """Book those on standby that fit now, who asked first first, and tell them.

    They get the seat rather than an offer of it: they asked for this very journey, and they are
    told how to give it back. Nobody is booked who could not hear of it in time or does not want
    texts any more.
    """
    rules = lift_runs.booking_rules(scene.tx)
    if rules is None:
        return
    reachable = scene.now + timedelta(minutes=rules.prior_notice_duration_min)
    for waiting in lifts.standbys_on(scene.tx, freed.journey.day, reachable):
        resident = people.resident_by_id(scene.tx, waiting.resident_id)
        booked = None if resident.stopped else seat(scene, waiting)
        if booked is not None:
            scene.tell(resident.number, notice("seat_found", booked, "confirmation"), ref=f"trip:{booked.id}")


def close_past(timing: Timing) -> None:
    """End what time has ended: standby too late to be booked is unmet, booked trips long over are done."""
    rules = lift_runs.booking_rules(timing.tx)
    if rules is None:
        return
    notice_term = timedelta(minutes=rules.prior_notice_duration_min)
    for trip in lifts.standbys_starting(timing.tx, timing.now + notice_term):
        lapse(timing, trip)
        number = people.resident_by_id(timing.tx, trip.resident_id).number
        timing.tell(number, notice("no_seat_found", trip, "statement"), ref=f"trip:{trip.id}")
    for trip in lifts.booked_ending(timing.tx, timing.now - NO_SHOW_TERM):
        finish(timing, trip)


def facts(trip: Trip) -> dict[str, Value]:
    """Give what a flow says about a trip: `ref`, `pickup`, `dropoff`, `day`, `time`."""
    return {
        "ref": text(trip.code),
        "pickup": Value("place", [trip.journey.pickup, trip.pickup_label]),
        "dropoff": Value("place", [trip.journey.dropoff, trip.dropoff_label]),
        "day": Value("date", trip.journey.day.isoformat()),
        "time": Value("time", trip.journey.time.isoformat("minutes")),
    }


def notice(phrase: str, trip: Trip, kind: str) -> Prompt:
    """Give a text about a trip to somebody whose turn it is not: a phrase of the flow `lift`."""
    return Prompt("lift", phrase, kind, facts(trip))


def _move(scene: Scene, trip: Trip, trigger: str, run_id: int | None) -> Trip:
    state = advance(LIFECYCLE, trip.state, trigger)
    lifts.set_state(scene.tx, trip.id, state, run_id, scene.now)
    moved = replace(trip, state=state, run_id=run_id)
    _emit(scene, moved)
    return moved


def _emit(scene: Scene, trip: Trip) -> None:
    scene.emit(
        f"lift.{trip.state}",
        f"trip:{trip.id}",
        code=trip.code,
        resident=trip.resident_id,
        state=trip.state,
        pickup=trip.journey.pickup,
        dropoff=trip.journey.dropoff,
        date=trip.journey.day.isoformat(),
        time=trip.journey.time.isoformat("minutes"),
        seats=trip.journey.load.seats,
        wheelchairs=trip.journey.load.wheelchairs,
        run=trip.run_id,
    )
