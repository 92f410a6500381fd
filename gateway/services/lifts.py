"""Lifts: what a flow may ask of community transport."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Value, text
from gateway.parties import PARTIES
from gateway.services import drivers, own_lifts, reminders, running_late, standby, trips, way_back
from gateway.services.acting import Acting, Action, Heeded, Timed, Timing
from gateway.services.lift_search import Desk, Wish, open_desk
from gateway.services.lift_wishes import (
    NO_WAY_BACK,
    Plan,
    back_wish,
    day_outcome,
    deadline_of,
    hours_of,
    options_of,
    pickup_time,
    plan_of,
    wish_of,
)
from gateway.services.lift_words import FACTS, facts
from gateway.services.own_lifts import MOST_OPENTRIPS, key_of, open_trips, same_trip
from gateway.services.trip_moves import desk_of
from gateway.store import lift_rules, lifts
from gateway.store.lifts import Trip


class _Gone(Exception):
    """A seat went away between the way there and the way back; what was done is undone."""


def begin(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Say whether there are lifts in this community."""
    return Outcome("no_lifts" if lift_rules.booking_rules(acting.tx) is None else "ready")


def needs(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Recall what the rider needs every time, unless this time is different."""
    if "needs" in values:
        said = values["needs"]
        return Outcome("known" if key_of(said) in PARTIES else "more", {"needs": said})
    remembered = lifts.needs_of(acting.tx, acting.resident.id)
    if not remembered:
        return Outcome("unknown")
    return Outcome("known", {"needs": Value("choice", [remembered, remembered])})


def route(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Check that a journey leads somewhere."""
    return Outcome("same_place" if key_of(values["pickup"]) == key_of(values["dropoff"]) else "good")


def check_day(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Check that there are lifts on a day, before a time is asked for."""
    return day_outcome(desk_of(acting), date.fromisoformat(str(values["day"].data)))


def find(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Look for seats at the wished times, and for the nearest times that can be had instead."""
    desk, wish = desk_of(acting), wish_of(values)
    plan = plan_of(desk, wish, values)
    at = {"at": pickup_time(plan.there), "back": values.get("back", NO_WAY_BACK)}
    same = same_trip(acting, plan.there)
    if same:
        return Outcome("already", facts(same))
    verdict = desk.verdict(plan.there)
    if verdict == "free":
        return _find_back(desk, acting, wish, plan, at)
    if verdict in ("past", "too_far", "closed"):
        return day_outcome(desk, wish.day)
    others = ["standby", "other_day", "nothing"] if verdict == "full" else ["other_day", "nothing"]
    given = at | {"offers": options_of(acting, desk.offers(wish), wish.day, others)}
    if verdict == "outside_hours":
        given |= hours_of(desk, wish.day)
    if verdict == "too_soon":
        given |= {"notice": Value("number", -(-desk.rules.prior_notice_duration_min // 60))}
    if verdict == "deadline_past":
        given |= deadline_of(desk, wish.day)
    return Outcome(verdict, given)


def take(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Take one of the offered times as the wished one: it is when the rider is picked up."""
    at = datetime.fromisoformat(key_of(values["offer"]))
    return Outcome(
        "taken",
        {
            "day": Value("date", at.date().isoformat()),
            "time": Value("time", at.time().isoformat("minutes")),
            "timing": Value("choice", ["pickup_time", "pickup_time"]),
        },
    )


def take_back(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Take one of the offered times for the way back."""
    at = datetime.fromisoformat(key_of(values["back_offer"]))
    return Outcome("taken", {"back": Value("time", at.time().isoformat("minutes"))})


def one_way(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Leave out the way back."""
    return Outcome("one_way", {"back": NO_WAY_BACK})


def book(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Book the journey that was read back, both ways or not at all; a seat may have gone meanwhile."""
    desk = desk_of(acting)
    plan = plan_of(desk, wish_of(values), values)
    refused = _refused(acting, plan)
    if refused is not None:
        return refused
    if desk.verdict(plan.there) != "free" or (plan.back and desk.verdict(plan.back) != "free"):
        return Outcome("taken")
    try:
        with acting.tx.savepoint():
            there, back = _ask_for(acting, plan)
            there, back = _seated(acting, there), _seated(acting, back) if back else None
    except _Gone:
        return Outcome("taken")
    _remember(acting, values)
    return _booked(there, back)


def wait(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Put on standby what has no seat, and book what has one: one may have come free meanwhile."""
    desk = desk_of(acting)
    plan = plan_of(desk, wish_of(values), values)
    refused = _refused(acting, plan)
    if refused is not None:
        return refused
    if any(desk.verdict(journey) not in ("free", "full") for journey in (plan.there, plan.back) if journey):
        return Outcome("taken")
    _remember(acting, values)
    asked = _ask_for(acting, plan)
    there, back = (trip and (trips.seat(acting, trip) or trips.wait(acting, trip)) for trip in asked)
    assert there is not None, "a way there was asked for"  # noqa: S101
    if there.state != "standby" and (back is None or back.state != "standby"):
        return _booked(there, back)
    if there.state != "standby":
        assert back is not None, "somebody waits"  # noqa: S101
        return Outcome("back_waiting", {**facts(there), **_of_back(back)})
    return Outcome("waiting_both" if back else "waiting", {**facts(there), **_of_back(back)})


def decline(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Count a need that could not be met: nothing that was offered suited."""
    trips.lapse(acting, trips.request(acting, desk_of(acting).journey(wish_of(values))))
    return Outcome("counted")


def keep_times(timing: Timing) -> datetime | None:
    """Do what time asks for, and say when it does next."""
    desk = open_desk(timing.tx, timing.now, timing.zone)
    if desk is None:
        return None
    standby.expire_offers(timing)
    trips.close_past(timing)
    standby.offer_waiting(timing)
    reminders.send_reminders(timing)
    drivers.send_lists(timing)
    ended = lifts.first_due(timing.tx, "holding")
    dues = [
        trips.next_lapse(timing),
        lifts.first_due(timing.tx, "offer"),
        ended + trips.NO_SHOW_TERM if ended else None,
        standby.next_offers(timing),
        reminders.next_reminder(timing),
        drivers.next_list(timing),
    ]
    return min((due for due in dues if due is not None), default=None)


def _find_back(desk: Desk, acting: Acting, wish: Wish, plan: Plan, given: Mapping[str, Value]) -> Outcome:
    """Say how the way back stands, where the way there is free."""
    if plan.back is None:
        return Outcome("free" + plan.suffix, given)
    arrives = plan.there.load.ends_at
    if plan.back.load.starts_at < arrives:
        local = arrives.astimezone(desk.zone).time()
        return Outcome("back_too_early", {**given, "arrival": Value("time", local.isoformat("minutes"))})
    verdict = desk.verdict(plan.back)
    if verdict == "free":
        return Outcome("free" + plan.suffix, given)
    others = ["standby", "one_way"] if verdict == "full" else ["one_way"]
    times = desk.offers(back_wish(wish, plan.back.time), arrives)
    offers = options_of(acting, times, wish.day, others)
    return Outcome("back_full", {**given, "back_offers": offers})


def _ask_for(acting: Acting, plan: Plan) -> tuple[Trip, Trip | None]:
    there = trips.request(acting, plan.there)
    return there, trips.request(acting, plan.back, there) if plan.back else None


def _seated(acting: Acting, trip: Trip) -> Trip:
    seated = trips.seat(acting, trip)
    if seated is None:
        raise _Gone
    return seated


def _booked(there: Trip, back: Trip | None) -> Outcome:
    return Outcome("booked_both" if back else "booked", {**facts(there), **_of_back(back)})


def _of_back(back: Trip | None) -> dict[str, Value]:
    if back is None:
        return {}
    return {"back_ref": text(back.code), "back": Value("time", back.journey.time.isoformat("minutes"))}


def _refused(acting: Acting, plan: Plan) -> Outcome | None:
    same = same_trip(acting, plan.there)
    if same:
        return Outcome("already", facts(same))
    if len(open_trips(acting)) + (2 if plan.back else 1) > MOST_OPENTRIPS:
        return Outcome("many")
    return None


def _remember(acting: Acting, values: Mapping[str, Value]) -> None:
    lifts.remember_needs(acting.tx, acting.resident.id, key_of(values["needs"]))


TIMED: Timed = keep_times

_DAY = {"past": (), "too_far": ("last_day",), "closed": ("next_day",)}
_BACK = (*FACTS, "back", "back_ref")
_BOOKING = {"booked": FACTS, "booked_both": _BACK, "already": FACTS, "many": (), "taken": ()}
_FREE = dict.fromkeys(("free", "free_both", "free_there", "free_there_both"), ("at", "back"))
_BOOKING_ACTIONS = {
    spec.name: Action(spec, run)
    for spec, run in (
        (ActionSpec("lift.begin", {"ready": (), "no_lifts": ()}), begin),
        (ActionSpec("lift.needs", {"known": ("needs",), "more": ("needs",), "unknown": ()}), needs),
        (ActionSpec("lift.route", {"good": (), "same_place": ()}), route),
        (ActionSpec("lift.day", {"open": (), **_DAY}), check_day),
        (
            ActionSpec(
                "lift.find",
                {
                    **_FREE,
                    "full": ("at", "back", "offers"),
                    "outside_hours": ("at", "back", "offers", "opens", "closes"),
                    "too_soon": ("at", "back", "offers", "notice"),
                    "deadline_past": ("at", "back", "offers", "last_day", "last_time"),
                    "back_full": ("at", "back", "back_offers"),
                    "back_too_early": ("at", "back", "arrival"),
                    "already": FACTS,
                    **_DAY,
                },
            ),
            find,
        ),
        (ActionSpec("lift.take", {"taken": ("day", "time", "timing")}), take),
        (ActionSpec("lift.take_back", {"taken": ("back",)}), take_back),
        (ActionSpec("lift.one_way", {"one_way": ("back",)}), one_way),
        (ActionSpec("lift.book", _BOOKING, binding=True), book),
        (
            ActionSpec(
                "lift.standby",
                {**_BOOKING, "waiting": FACTS, "waiting_both": _BACK, "back_waiting": _BACK},
                binding=True,
            ),
            wait,
        ),
        (ActionSpec("lift.decline", {"counted": ()}, binding=True), decline),
    )
}
ACTIONS: Mapping[str, Action] = {
    **_BOOKING_ACTIONS,
    **own_lifts.ACTIONS,
    **way_back.ACTIONS,
    **reminders.ACTIONS,
    **drivers.ACTIONS,
    **running_late.ACTIONS,
}
HEEDED: Mapping[str, Heeded] = {
    **own_lifts.HEEDED,
    **way_back.HEEDED,
    **drivers.HEEDED,
    **running_late.HEEDED,
}
"""The commands of riders and drivers, and whose they are to give."""
