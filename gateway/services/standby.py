"""The waiting list: a seat that comes free is offered to those who wait, in order, with a term to answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flows.value import Value
from gateway.services.lift_search import Desk
from gateway.services.lift_words import Scene, facts, tell_rider
from gateway.services.trip_moves import book_in, civil, desk_of, move, next_civil
from gateway.store import lifts, people
from gateway.store.lifts import Trip

# Whoever accepts at the last moment must still have time to get ready, and the driver to hear of it.
LEAST_TERM = timedelta(minutes=10)
# Who has let so many offers pass is asked no more; a seat that is still free can be had by booking it.
MOST_PASSED = 2


def offer_seats(scene: Scene, day: date, *, fresh: bool = False) -> None:
    """Offer what is free on a day to those who wait for it, who asked first first.

    A seat is held until its rider has answered or the term is over. Nobody is offered a seat at
    night, or too late to be booked, or against their will, or again and again. `fresh`: only those who
    have let none pass.
    """
    if not civil(scene):
        return
    desk = desk_of(scene)
    for waiting in lifts.standbys_on(scene.tx, day, scene.now):
        if waiting.passed >= (1 if fresh else MOST_PASSED):
            continue
        until = _term(desk, waiting)
        if until is None or people.resident_by_id(scene.tx, waiting.resident_id).stopped:
            continue
        run = desk.run_with_room(waiting.journey)
        if run is not None:
            _ask(scene, move(scene, waiting, "offer", run.id, offered_until=until))


def accept(scene: Scene, trip: Trip) -> Trip:
    """Book the seat that is held for a trip. Raises IllegalMove where none is."""
    run_id = trip.run_id if trip.state == "offered" else None
    return book_in(scene, desk_of(scene), trip, run_id or 0)


def expire_offers(scene: Scene) -> None:
    """Take back what nobody answered in time, and offer it to the next: those who let it pass come last."""
    days = set()
    for trip in lifts.offers_ending(scene.tx, scene.now):
        waiting = move(scene, trip, "pass", None, passed=1)
        if not too_late(desk_of(scene), waiting):
            tell_rider(scene, "offer_over", waiting)
        days.add(trip.journey.day)
    for day in sorted(days):
        offer_seats(scene, day)


def too_late(desk: Desk, waiting: Trip) -> bool:
    """Tell whether somebody on standby cannot be booked any more."""
    strictly = timedelta(milliseconds=1)
    return not desk.in_time(waiting.journey.load.starts_at - strictly, waiting.journey.day)


def offer_waiting(scene: Scene) -> None:
    """Offer seats that came free at night, or otherwise unseen, to those who have not let one pass."""
    for day in lifts.fresh_standby_days(scene.tx, scene.now) if civil(scene) else ():
        offer_seats(scene, day, fresh=True)


def next_offers(scene: Scene) -> datetime | None:
    """Give when seats can be offered again, where it is night and somebody waits."""
    if civil(scene) or not lifts.fresh_standby_days(scene.tx, scene.now):
        return None
    return next_civil(scene)


def _term(desk: Desk, waiting: Trip) -> datetime | None:
    """Give until when an offer can be answered (None: it is too late for one)."""
    starts_at, day = waiting.journey.load.starts_at, waiting.journey.day
    latest = desk.deadline(day) or starts_at - timedelta(minutes=desk.rules.prior_notice_duration_min)
    until = min(desk.now + timedelta(minutes=desk.rules.offer_min), latest)
    return until if until >= desk.now + LEAST_TERM else None


def _ask(scene: Scene, trip: Trip) -> None:
    """Ask whether the seat is wanted; whoever is talked with about something else hears how to say so."""
    assert trip.offered_until is not None, "an offer has a term"  # noqa: S101
    local = trip.offered_until.astimezone(scene.zone)
    until = Value("time", local.time().replace(second=0, microsecond=0).isoformat("minutes"))
    given = {**facts(trip), "until": until}
    number = people.resident_by_id(scene.tx, trip.resident_id).number
    if not scene.invite(number, "seat_offer", given):
        tell_rider(scene, "seat_offered", trip, until=until)
