"""Lifts: what a flow may ask of community transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from flows.answers.words import say
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.parties import PARTIES
from gateway.services import drivers, own_lifts, reminders, running_late, standby, trips
from gateway.services.acting import Acting, Action, Heeded, Timed, Timing
from gateway.services.lift_search import Desk, Wish, open_desk
from gateway.services.lift_words import FACTS, facts
from gateway.services.own_lifts import key_of, open_trips
from gateway.services.trip_moves import desk_of
from gateway.store import lift_rules, lifts
from gateway.store.lifts import Journey, Trip

# Enough for a month of dialysis both ways; more is a mistake or a prank that takes seats from others.
MOST_OPENTRIPS = 30

# What the answer `back` holds as long as no way back is wanted: it can be corrected into a time.
NO_WAY_BACK = text("")


class _Gone(Exception):
    """A seat went away between the way there and the way back; what was done is undone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a resident wants: the way there and, where they said so, the way back."""

    there: Journey
    back: Journey | None

    @property
    def suffix(self) -> str:
        """What an outcome's name ends in: whether an appointment was named, whether there is a way back."""
        return ("_there" if self.there.appointment else "") + ("_both" if self.back else "")


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
    return _day_outcome(desk_of(acting), date.fromisoformat(str(values["day"].data)))


def find(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Look for seats at the wished times, and for the nearest times that can be had instead."""
    desk, wish = desk_of(acting), _wish(values)
    plan = _plan(desk, wish, values)
    at = {"at": _time(plan.there), "back": values.get("back", NO_WAY_BACK)}
    same = _same(acting, plan.there)
    if same:
        return Outcome("already", facts(same))
    verdict = desk.verdict(plan.there)
    if verdict == "free":
        return _find_back(desk, acting, wish, plan, at)
    if verdict in ("past", "too_far", "closed"):
        return _day_outcome(desk, wish.day)
    others = ["standby", "other_day", "nothing"] if verdict == "full" else ["other_day", "nothing"]
    given = at | {"offers": _options(acting, desk.offers(wish), wish.day, others)}
    if verdict == "outside_hours":
        given |= _hours(desk, wish.day)
    if verdict == "too_soon":
        given |= {"notice": Value("number", -(-desk.rules.prior_notice_duration_min // 60))}
    if verdict == "deadline_past":
        given |= _deadline(desk, wish.day)
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
    plan = _plan(desk, _wish(values), values)
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
    plan = _plan(desk, _wish(values), values)
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
    trips.lapse(acting, trips.request(acting, desk_of(acting).journey(_wish(values))))
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
    back_wish = _back_wish(wish, plan.back)
    others = ["standby", "one_way"] if verdict == "full" else ["one_way"]
    offers = _options(acting, desk.offers(back_wish, arrives), wish.day, others)
    return Outcome("back_full", {**given, "back_offers": offers})


def _plan(desk: Desk, wish: Wish, values: Mapping[str, Value]) -> Plan:
    back = values.get("back", NO_WAY_BACK)
    if back.type != "time":
        return Plan(desk.journey(wish), None)
    at = time.fromisoformat(str(back.data))
    there = desk.journey(wish)
    return Plan(there, desk.journey(replace(_turned(wish), time=at)))


def _turned(wish: Wish) -> Wish:
    return replace(wish, pickup=wish.dropoff, dropoff=wish.pickup, arrive=False)


def _back_wish(wish: Wish, back: Journey) -> Wish:
    return replace(_turned(wish), time=back.time)


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


def _wish(values: Mapping[str, Value]) -> Wish:
    return Wish(
        pickup=key_of(values["pickup"]),
        dropoff=key_of(values["dropoff"]),
        day=date.fromisoformat(str(values["day"].data)),
        time=time.fromisoformat(str(values["time"].data)),
        needs=key_of(values["needs"]),
        arrive="timing" in values and key_of(values["timing"]) == "arrive",
    )


def _day_outcome(desk: Desk, day: date) -> Outcome:
    verdict = desk.day_verdict(day)
    if verdict == "too_far":
        return Outcome(verdict, {"last_day": Value("date", desk.last_day.isoformat())})
    if verdict == "closed":
        following = desk.next_open_day(day) or desk.next_open_day(desk.today)
        return Outcome(verdict, {"next_day": Value("date", (following or desk.last_day).isoformat())})
    return Outcome(verdict)


def _hours(desk: Desk, day: date) -> dict[str, Value]:
    hours = desk.hours(day)
    assert hours is not None, "a day without hours is closed, not outside them"  # noqa: S101
    return {
        "opens": Value("time", hours[0].isoformat("minutes")),
        "closes": Value("time", hours[1].isoformat("minutes")),
    }


def _deadline(desk: Desk, day: date) -> dict[str, Value]:
    deadline = desk.deadline(day)
    assert deadline is not None, "a deadline that is past is one"  # noqa: S101
    return {
        "last_day": Value("date", deadline.date().isoformat()),
        "last_time": Value("time", deadline.time().isoformat("minutes")),
    }


def _refused(acting: Acting, plan: Plan) -> Outcome | None:
    same = _same(acting, plan.there)
    if same:
        return Outcome("already", facts(same))
    if len(open_trips(acting)) + (2 if plan.back else 1) > MOST_OPENTRIPS:
        return Outcome("many")
    return None


def _same(acting: Acting, journey: Journey) -> Trip | None:
    """Find the very journey among the resident's trips: a text sent twice, or a booking forgotten."""
    for trip in open_trips(acting):
        own = trip.journey
        if (own.pickup, own.dropoff, own.load.starts_at) == (
            journey.pickup,
            journey.dropoff,
            journey.load.starts_at,
        ):
            return trip
    return None


def _remember(acting: Acting, values: Mapping[str, Value]) -> None:
    lifts.remember_needs(acting.tx, acting.resident.id, key_of(values["needs"]))


def _time(journey: Journey) -> Value:
    return Value("time", journey.time.isoformat("minutes"))


def _options(acting: Acting, offers: list[datetime], wished: date, others: list[str]) -> Value:
    pairs: list[Json] = [[_offer_key(at), _offer_label(acting, at, wished)] for at in offers]
    return Value("options", [*pairs, *([key, key] for key in others)])


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
    **reminders.ACTIONS,
    **drivers.ACTIONS,
    **running_late.ACTIONS,
}
HEEDED: Mapping[str, Heeded] = {**own_lifts.HEEDED, **drivers.HEEDED, **running_late.HEEDED}
"""The commands of riders and drivers, and whose they are to give."""
