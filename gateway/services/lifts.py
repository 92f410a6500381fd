"""Lifts: what a flow may ask of community transport."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from flows.answers.words import say
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value
from gateway.services import own_lifts, trips
from gateway.services.acting import Acting, Action, Timed, Timing
from gateway.services.lift_search import Desk, Wish
from gateway.services.own_lifts import TRIP, key_of, open_trips
from gateway.store import lift_runs, lifts
from gateway.store.lifts import Trip

# Enough for a month of dialysis both ways; more is a mistake or a prank that takes seats from others.
MOST_OPENTRIPS = 30

# What a rider takes of a run, by what they answer when asked who is coming: seats, wheelchair spaces.
NEEDS: Mapping[str, tuple[int, int]] = {
    "alone": (1, 0),
    "companion": (2, 0),
    "wheelchair": (0, 1),
    "wheelchair_companion": (1, 1),
}


def begin(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Say whether there are lifts in this community."""
    return Outcome("no_lifts" if lift_runs.booking_rules(acting.tx) is None else "ready")


def needs(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Recall what the rider needs every time, unless this time is different."""
    if "needs" in values:
        return Outcome("known", {"needs": values["needs"]})
    remembered = lifts.needs_of(acting.tx, acting.resident.id)
    if not remembered:
        return Outcome("unknown")
    return Outcome("known", {"needs": Value("choice", [remembered, remembered])})


def route(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Check that a journey leads somewhere."""
    return Outcome("same_place" if key_of(values["pickup"]) == key_of(values["dropoff"]) else "good")


def check_day(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Check that there are lifts on a day, before a time is asked for."""
    return _day_outcome(_desk(acting), date.fromisoformat(str(values["day"].data)))


def find(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Look for a seat at the wished time, and for the nearest times that can be had instead."""
    desk, wish = _desk(acting), _wish(values)
    journey = desk.journey(wish)
    if _same(acting, wish):
        return Outcome("already", trips.facts(_same(acting, wish)[0]))
    verdict = desk.verdict(journey)
    if verdict == "free":
        return Outcome("free")
    if verdict in ("past", "too_far", "closed"):
        return _day_outcome(desk, wish.day)
    offers: list[Json] = [[_offer_key(at), _offer_label(acting, at, wish.day)] for at in desk.offers(wish)]
    others = ["standby", "other_day", "nothing"] if verdict == "full" else ["other_day", "nothing"]
    given = {"offers": Value("options", [*offers, *([key, key] for key in others)])}
    if verdict == "outside_hours":
        given |= _hours(acting, wish.day)
    if verdict == "too_soon":
        given |= {"notice": Value("number", -(-desk.rules.prior_notice_duration_min // 60))}
    return Outcome(verdict, given)


def take(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Take one of the offered times as the wished one."""
    at = datetime.fromisoformat(key_of(values["offer"]))
    return Outcome(
        "taken",
        {"day": Value("date", at.date().isoformat()), "time": Value("time", at.time().isoformat("minutes"))},
    )


def book(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Book the journey that was read back; the seat may have gone in the meantime."""
    desk, wish = _desk(acting), _wish(values)
    refused = _refused(acting, wish)
    if refused is not None:
        return refused
    journey = desk.journey(wish)
    if desk.verdict(journey) != "free":
        return Outcome("taken")
    _remember(acting, values)
    trip = trips.seat(acting, trips.request(acting, journey))
    assert trip is not None, "a seat that was free went away within one transaction"  # noqa: S101
    return Outcome("booked", trips.facts(trip))


def standby(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Put the journey on standby, or book it when a seat has come free since it was asked for."""
    desk, wish = _desk(acting), _wish(values)
    refused = _refused(acting, wish)
    if refused is not None:
        return refused
    journey = desk.journey(wish)
    verdict = desk.verdict(journey)
    if verdict not in ("free", "full"):
        return Outcome("taken")
    _remember(acting, values)
    trip = trips.request(acting, journey)
    booked = trips.seat(acting, trip)
    if booked is not None:
        return Outcome("booked", trips.facts(booked))
    return Outcome("waiting", trips.facts(trips.wait(acting, trip)))


def decline(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Count a need that could not be met: nothing that was offered suited."""
    desk = _desk(acting)
    trips.lapse(acting, trips.request(acting, desk.journey(_wish(values))))
    return Outcome("counted")


def keep_times(timing: Timing) -> datetime | None:
    """End what time has ended, and say when the next trip's time comes."""
    trips.close_past(timing)
    rules = lift_runs.booking_rules(timing.tx)
    if rules is None:
        return None
    standby_start = lifts.first_standby_start(timing.tx)
    booked_end = lifts.first_booked_end(timing.tx)
    dues = []
    if standby_start is not None:
        dues.append(standby_start - timedelta(minutes=rules.prior_notice_duration_min))
    if booked_end is not None:
        dues.append(booked_end + trips.NO_SHOW_TERM)
    return min(dues, default=None)


def _desk(acting: Acting) -> Desk:
    rules = lift_runs.booking_rules(acting.tx)
    assert rules is not None, "lift.begin lets nobody in where there are no lifts"  # noqa: S101
    return Desk(acting.tx, acting.now, acting.zone, rules)


def _wish(values: Mapping[str, Value]) -> Wish:
    seats, wheelchairs = NEEDS[key_of(values["needs"])]
    return Wish(
        pickup=key_of(values["pickup"]),
        dropoff=key_of(values["dropoff"]),
        day=date.fromisoformat(str(values["day"].data)),
        time=time.fromisoformat(str(values["time"].data)),
        seats=seats,
        wheelchairs=wheelchairs,
    )


def _day_outcome(desk: Desk, day: date) -> Outcome:
    verdict = desk.day_verdict(day)
    if verdict == "too_far":
        return Outcome(verdict, {"last_day": Value("date", desk.last_day.isoformat())})
    if verdict == "closed":
        following = desk.next_open_day(day) or desk.next_open_day(desk.today)
        return Outcome(verdict, {"next_day": Value("date", (following or desk.last_day).isoformat())})
    return Outcome(verdict)


def _hours(acting: Acting, day: date) -> dict[str, Value]:
    hours = lift_runs.service_hours(acting.tx, day.weekday())
    assert hours is not None, "a day without hours is closed, not outside them"  # noqa: S101
    return {
        "opens": Value("time", hours[0].isoformat("minutes")),
        "closes": Value("time", hours[1].isoformat("minutes")),
    }


def _refused(acting: Acting, wish: Wish) -> Outcome | None:
    same = _same(acting, wish)
    if same:
        return Outcome("already", trips.facts(same[0]))
    if len(open_trips(acting)) >= MOST_OPENTRIPS:
        return Outcome("many")
    return None


def _same(acting: Acting, wish: Wish) -> list[Trip]:
    """Find the very journey among the resident's trips: a text sent twice, or a booking forgotten."""
    return [
        trip
        for trip in open_trips(acting)
        if (trip.journey.pickup, trip.journey.dropoff, trip.journey.day, trip.journey.time)
        == (wish.pickup, wish.dropoff, wish.day, wish.time)
    ]


def _remember(acting: Acting, values: Mapping[str, Value]) -> None:
    lifts.remember_needs(acting.tx, acting.resident.id, key_of(values["needs"]))


def _offer_key(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="minutes")


def _offer_label(acting: Acting, at: datetime, wished: date) -> str:
    words = say(Value("time", at.time().isoformat("minutes")), acting.language, acting.zone)
    if at.date() == wished:
        return words
    day = say(Value("date", at.date().isoformat()), acting.language, acting.zone)
    return f"{day} {words}"


TIMED: Timed = keep_times

_DAY = {"past": (), "too_far": ("last_day",), "closed": ("next_day",)}
_BOOKING = {"booked": TRIP, "already": TRIP, "many": (), "taken": ()}
_BOOKING_ACTIONS = {
    spec.name: Action(spec, run)
    for spec, run in (
        (ActionSpec("lift.begin", {"ready": (), "no_lifts": ()}), begin),
        (ActionSpec("lift.needs", {"known": ("needs",), "unknown": ()}), needs),
        (ActionSpec("lift.route", {"good": (), "same_place": ()}), route),
        (ActionSpec("lift.day", {"open": (), **_DAY}), check_day),
        (
            ActionSpec(
                "lift.find",
                {
                    "free": (),
                    "full": ("offers",),
                    "outside_hours": ("offers", "opens", "closes"),
                    "too_soon": ("offers", "notice"),
                    "already": TRIP,
                    **_DAY,
                },
            ),
            find,
        ),
        (ActionSpec("lift.take", {"taken": ("day", "time")}), take),
        (ActionSpec("lift.book", _BOOKING, binding=True), book),
        (ActionSpec("lift.standby", {**_BOOKING, "waiting": TRIP}, binding=True), standby),
        (ActionSpec("lift.decline", {"counted": ()}, binding=True), decline),
    )
}
ACTIONS: Mapping[str, Action] = {**_BOOKING_ACTIONS, **own_lifts.ACTIONS}
