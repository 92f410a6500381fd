"""What happens to a trip: asked for, booked, put on standby, cancelled, over. One transaction each."""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.answers.moment import moment
from gateway.services.acting import Acting, Timing
from gateway.services.codes import new_code
from gateway.services.lift_search import Desk
from gateway.services.lift_words import Scene, facts, notice, tell_driver, tell_rider
from gateway.services.standby import offer_seats, too_late
from gateway.services.trip_moves import LIFECYCLE, RESULT_CODES, SEATED, book_in, desk_of, move, tell_state
from gateway.store import lift_rules, lifts
from gateway.store.lifts import Journey, Trip

__all__ = ("LIFECYCLE", "RESULT_CODES", "facts", "notice")

# A driver or coordinator has this long to say that nobody was at the kerb; after it a trip counts as done.
NO_SHOW_TERM = timedelta(hours=12)


def request(acting: Acting, journey: Journey, outward: Trip | None = None) -> Trip:
    """Write down that the resident asks for a journey, the way back of `outward` where that is given.

    It is no booking until it has a seat.
    """
    code = new_code(acting.random, lifts.codes_taken(acting.tx, journey.day, acting.resident.id))
    outward_id = outward.id if outward else None
    trip = lifts.add_trip(acting.tx, code, acting.resident.id, journey, outward_id, acting.now)
    tell_state(acting, trip)
    return trip


def seat(scene: Scene, trip: Trip) -> Trip | None:
    """Book a trip into the run that suits it best (None: no run can carry it, nothing was changed)."""
    desk = desk_of(scene)
    run = desk.run_with_room(trip.journey, but=trip.id)
    return book_in(scene, desk, trip, run.id) if run else None


def seat_in(scene: Scene, trip: Trip, run_id: int) -> Trip:
    """Book a trip into a run that is known to have room for it."""
    return book_in(scene, desk_of(scene), trip, run_id)


def wait(scene: Scene, trip: Trip) -> Trip:
    """Put a trip on standby: it is offered the first seat that comes free and suits it."""
    return move(scene, trip, "wait", None)


def cancel(scene: Scene, trip: Trip) -> Trip:
    """Cancel a trip; a seat it had is offered to those who wait. Raises IllegalMove for one that is over."""
    cancelled_as = _how_late(scene, trip) if trip.state in SEATED else "early"
    cancelled = move(scene, trip, "cancel", trip.run_id, cancelled_as=cancelled_as)
    if trip.state in SEATED:
        tell_driver(scene, "gone", cancelled)
    if trip.holds:
        offer_seats(scene, trip.journey.day)
    return cancelled


def board(scene: Scene, trip: Trip) -> Trip:
    """Write down that the rider got in."""
    return move(scene, trip, "board", trip.run_id)


def miss(scene: Scene, trip: Trip) -> Trip:
    """Write down that nobody was there to be picked up. Raises IllegalMove for a trip that was not booked."""
    return move(scene, trip, "miss", trip.run_id)


def finish(scene: Scene, trip: Trip) -> Trip:
    """Write down that a trip was made. Raises IllegalMove for one that was not booked."""
    return move(scene, trip, "finish", trip.run_id)


def lapse(scene: Scene, trip: Trip) -> Trip:
    """Count a need as unmet: no seat was found in time, or none that suited."""
    return move(scene, trip, "lapse", None)


def remind(scene: Scene, trip: Trip) -> Trip:
    """Write down that the rider was reminded."""
    return move(scene, trip, "remind", trip.run_id)


def bump(scene: Scene, trip: Trip) -> Trip:
    """Put a trip whose run is gone on standby again: it keeps its turn among those who wait."""
    lifts.leave_list(scene.tx, trip.id)
    return move(scene, trip, "bump", None)


def confirm(scene: Scene, trip: Trip) -> None:
    """Write down that the rider said again that they come."""
    lifts.confirm(scene.tx, trip.id)
    scene.emit("lift.confirmed", f"trip:{trip.id}", code=trip.code, resident=trip.resident_id)


def put_in_run(scene: Scene, trip: Trip, run_id: int) -> Trip:
    """Move a trip to another run that has room for it, and tell both drivers."""
    tell_driver(scene, "gone", trip)
    moved = lifts.put_in_run(scene.tx, trip.id, run_id, scene.now)
    scene.emit("lift.moved", f"trip:{trip.id}", code=trip.code, run=run_id, was=trip.run_id)
    tell_driver(scene, "added", moved)
    return lifts.trip_by_id(scene.tx, trip.id)


def close_past(timing: Timing) -> None:
    """End what time has ended: standby too late to be booked is unmet, trips long over are done.

    A way back whose way there came to nothing is cancelled with it.
    """
    desk = desk_of(timing)
    for waiting in _standing_too_late(desk):
        lapse(timing, waiting)
        tell_rider(timing, "no_seat_found", waiting)
        back = lifts.way_back_of(timing.tx, waiting.id)
        if back is not None and back.state != "on_board":
            cancel(timing, back)
            tell_rider(timing, "news_cancelled", back, "confirmation")
    for trip in lifts.holding_ended(timing.tx, timing.now - NO_SHOW_TERM):
        if trip.state != "offered":
            finish(timing, trip)


def next_lapse(timing: Timing) -> datetime | None:
    """Give when the next trip on standby is too late to be booked."""
    starts_at = lifts.first_due(timing.tx, "standby")
    if starts_at is None:
        return None
    desk = desk_of(timing)
    deadline = desk.deadline(starts_at.astimezone(timing.zone).date())
    return deadline or starts_at - timedelta(minutes=desk.rules.prior_notice_duration_min)


def _standing_too_late(desk: Desk) -> list[Trip]:
    ahead = timedelta(minutes=desk.rules.prior_notice_duration_min)
    if desk.rules.prior_notice_last_day:
        ahead = timedelta(days=desk.rules.prior_notice_last_day + 1)
    return [trip for trip in lifts.standbys_starting(desk.tx, desk.now + ahead) if too_late(desk, trip)]


def _how_late(scene: Scene, trip: Trip) -> str:
    if scene.now.astimezone(scene.zone).date() >= trip.journey.day:
        return "same_day"
    rules = lift_rules.booking_rules(scene.tx)
    assert rules is not None, "trips were booked without booking rules"  # noqa: S101
    due = moment(trip.journey.day - timedelta(days=1), rules.reminder_time, scene.zone)
    return "late" if scene.now >= due else "early"
