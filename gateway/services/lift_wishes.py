"""What a rider has said so far, as a way there and perhaps a way back, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from flows.answers.words import say
from flows.conversation import Outcome
from flows.value import Json, Value, text
from gateway.services.acting import Acting
from gateway.services.lift_search import Desk, Wish
from gateway.services.own_lifts import key_of
from gateway.store.lifts import Journey

# What the answer `back` holds as long as no way back is wanted: it can be corrected into a time.
NO_WAY_BACK = text("")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a resident wants: the way there and, where they said so, the way back."""

    there: Journey
    back: Journey | None

    @property
    def suffix(self) -> str:
        """What an outcome's name ends in: whether an appointment was named, whether there is a way back."""
        return ("_there" if self.there.appointment else "") + ("_both" if self.back else "")


def plan_of(desk: Desk, wish: Wish, values: Mapping[str, Value]) -> Plan:
    """Give what a wish comes to, with the way back that the values hold."""
    back = values.get("back", NO_WAY_BACK)
    if back.type != "time":
        return Plan(desk.journey(wish), None)
    at = time.fromisoformat(str(back.data))
    return Plan(desk.journey(wish), desk.journey(back_wish(wish, at)))


def back_wish(wish: Wish, at: time) -> Wish:
    """Give the wish that a way back is."""
    return replace(wish, pickup=wish.dropoff, dropoff=wish.pickup, time=at, arrive=False)


def wish_of(values: Mapping[str, Value]) -> Wish:
    """Give what the rider has said so far."""
    return Wish(
        pickup=key_of(values["pickup"]),
        dropoff=key_of(values["dropoff"]),
        day=date.fromisoformat(str(values["day"].data)),
        time=time.fromisoformat(str(values["time"].data)),
        needs=key_of(values["needs"]),
        arrive="timing" in values and key_of(values["timing"]) == "arrive",
    )


def day_outcome(desk: Desk, day: date) -> Outcome:
    """Say how a day stands, with what a flow says of it."""
    verdict = desk.day_verdict(day)
    if verdict == "too_far":
        return Outcome(verdict, {"last_day": Value("date", desk.last_day.isoformat())})
    if verdict == "closed":
        following = desk.next_open_day(day) or desk.next_open_day(desk.today)
        return Outcome(verdict, {"next_day": Value("date", (following or desk.last_day).isoformat())})
    return Outcome(verdict)


def hours_of(desk: Desk, day: date) -> dict[str, Value]:
    """Give the hours of an open day."""
    hours = desk.hours(day)
    assert hours is not None, "a day without hours is closed, not outside them"  # noqa: S101
    return {
        "opens": Value("time", hours[0].isoformat("minutes")),
        "closes": Value("time", hours[1].isoformat("minutes")),
    }


def deadline_of(desk: Desk, day: date) -> dict[str, Value]:
    """Give by when a trip on a day had to be booked."""
    deadline = desk.deadline(day)
    assert deadline is not None, "a deadline that is past is one"  # noqa: S101
    return {
        "last_day": Value("date", deadline.date().isoformat()),
        "last_time": Value("time", deadline.time().isoformat("minutes")),
    }


def pickup_time(journey: Journey) -> Value:
    """Give when a rider is picked up."""
    return Value("time", journey.time.isoformat("minutes"))


def options_of(acting: Acting, offers: list[datetime], wished: date, others: list[str]) -> Value:
    """Give the choices of times that can be had, and of what else can be done."""
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
