"""RETURN: the way back of a lift that was booked one way only, booked later and linked to the way there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from flows.answers import TYPES
from flows.answers.base import Question, Understood
from flows.answers.moment import moment
from flows.answers.words import say
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services import trips
from gateway.services.acting import Acting, Action, Heeded
from gateway.services.lift_search import Desk, Wish, open_desk
from gateway.services.lift_wishes import options_of
from gateway.services.lift_words import FACTS, facts
from gateway.services.own_lifts import MOST_OPENTRIPS, key_of, open_trips, same_trip
from gateway.store import lifts
from gateway.store.conversations import latest_conversation
from gateway.store.lifts import Trip
from gateway.store.places import Places

_BOOKING = ("lift", "way_back")
_OTHERS = {"full": ["standby", "nothing"], "not_then": ["nothing"]}


def begin(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Find the lifts that have no way back: none, one, or several; and the time, if it was said."""
    found = _one_ways(acting)
    if not found:
        return Outcome("none")
    said = _time_in(acting, str(values["said"].data) if "said" in values else "")
    if len(found) == 1:
        return Outcome("one", {**_of(acting, found[0]), **said})
    pairs: list[Json] = [[trip.code, _line(acting, trip)] for trip in found]
    return Outcome("several", {"trips": Value("options", pairs), **said})


def choose(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give what is to be known of the lift that was chosen."""
    trip = _one_way(acting, key_of(values["which"]))
    return Outcome("found", _of(acting, trip)) if trip else Outcome("gone")


def find(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Look for a seat at the wished time, and for the nearest times that can be had instead."""
    trip, desk = _meant(acting, values), open_desk(acting.tx, acting.now, acting.zone)
    if trip is None or desk is None:
        return Outcome("gone")
    wish = _wish(trip, values)
    arrives = trip.journey.load.ends_at
    same = same_trip(acting, desk.journey(wish))
    if same is not None:
        return Outcome("already", {"back_ref": text(same.code)})
    verdict = _verdict(desk, trip, wish)
    if verdict == "free":
        return Outcome("free")
    if verdict == "too_early":
        at = arrives.astimezone(desk.zone).time()
        return Outcome("too_early", {"arrival": Value("time", at.isoformat("minutes"))})
    return _others(acting, desk, wish, arrives, "full" if verdict == "full" else "not_then")


def take(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Take one of the offered times as the wished one."""
    at = datetime.fromisoformat(key_of(values["offer"]))
    return Outcome("taken", {"back": Value("time", at.time().isoformat("minutes"))})


def book(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Book the way back that was read back; its seat, or the way there, may have gone meanwhile."""
    found = _asked(acting, values)
    if isinstance(found, Outcome):
        return found
    desk, trip, wish = found
    if _verdict(desk, trip, wish) != "free":
        return Outcome("taken")
    seated = trips.seat(acting, trips.request(acting, desk.journey(wish), trip))
    assert seated is not None, "what was free a moment ago in this very transaction is free"  # noqa: S101
    return Outcome("booked", {"back_ref": text(seated.code)})


def wait(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Put the way back on standby, or book it where a seat has come free meanwhile."""
    found = _asked(acting, values)
    if isinstance(found, Outcome):
        return found
    desk, trip, wish = found
    if _verdict(desk, trip, wish) not in ("free", "full"):
        return Outcome("taken")
    asked = trips.request(acting, desk.journey(wish), trip)
    seated = trips.seat(acting, asked)
    if seated is None:
        trips.wait(acting, asked)
    return Outcome("booked" if seated else "waiting", {"back_ref": text(asked.code)})


def decline(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Count a need that could not be met: nothing that was offered suited."""
    found = _asked(acting, values)
    if not isinstance(found, Outcome):
        desk, trip, wish = found
        trips.lapse(acting, trips.request(acting, desk.journey(wish), trip))
    return Outcome("counted")


def may_want_one(acting: Acting, names: str) -> bool:
    """Tell whether a word for a way back is about one: alone, or with a time and nothing else.

    Whoever books a lift just now says it of that lift, and whoever talks to a person says it to them.
    """
    if names and not _time_in(acting, names):
        return False
    kept = latest_conversation(acting.tx, acting.resident.id)
    talk = kept.conversation if kept is not None else None
    if talk is not None and (talk.status == "person" or (talk.status == "active" and talk.flow in _BOOKING)):
        return False
    return bool(_one_ways(acting) or open_trips(acting))


def _asked(acting: Acting, values: Mapping[str, Value]) -> tuple[Desk, Trip, Wish] | Outcome:
    """Give where a way back is looked for and what it is, or why none can be asked for."""
    trip, desk = _meant(acting, values), open_desk(acting.tx, acting.now, acting.zone)
    if trip is None or desk is None:
        return Outcome("gone")
    if len(open_trips(acting)) >= MOST_OPENTRIPS:
        return Outcome("many")
    return desk, trip, _wish(trip, values)


def _verdict(desk: Desk, trip: Trip, wish: Wish) -> str:
    """Say how a way back stands, as `Desk.verdict` does; `too_early`: before the way there has arrived."""
    journey = desk.journey(wish)
    return "too_early" if journey.load.starts_at < trip.journey.load.ends_at else desk.verdict(journey)


def _others(acting: Acting, desk: Desk, wish: Wish, arrives: datetime, name: str) -> Outcome:
    times = desk.offers(wish, arrives)
    if not times and name == "not_then":
        return Outcome("no_way")
    return Outcome(name, {"offers": options_of(acting, times, wish.day, _OTHERS[name])})


def _one_ways(acting: Acting) -> list[Trip]:
    """Give the lifts of today and later that have no way back."""
    today: date = acting.now.astimezone(acting.zone).date()
    return lifts.one_ways_of(acting.tx, acting.resident.id, moment(today, time(), acting.zone))


def _one_way(acting: Acting, code: str) -> Trip | None:
    return next((trip for trip in _one_ways(acting) if trip.code == code), None)


def _meant(acting: Acting, values: Mapping[str, Value]) -> Trip | None:
    return _one_way(acting, str(values["ref"].data))


def _wish(trip: Trip, values: Mapping[str, Value]) -> Wish:
    there = trip.journey
    at = time.fromisoformat(str(values["back"].data))
    return Wish(there.dropoff, there.pickup, there.day, at, there.needs)


def _time_in(acting: Acting, said: str) -> dict[str, Value]:
    question = Question(acting.language, acting.now.astimezone(acting.zone), "", Places({}, {}))
    parsed = TYPES["time"].parse(said, question)
    return {"back": parsed.value} if isinstance(parsed, Understood) else {}


def _of(acting: Acting, trip: Trip) -> dict[str, Value]:
    needs = acting.label(acting.language, "lift", "needs", trip.journey.needs)
    return {**facts(trip), "who": text(needs)}


def _line(acting: Acting, trip: Trip) -> str:
    day, at = (
        say(value, acting.language, acting.zone) for value in (facts(trip)["day"], facts(trip)["time"])
    )
    return f"{day} {at} {trip.dropoff_label}"


_KNOWN = (*FACTS, "who")
_TAKEN = {"booked": ("back_ref",), "taken": (), "gone": (), "many": ()}
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (ActionSpec("way_back.begin", {"none": (), "one": _KNOWN, "several": ("trips",)}), begin),
        (ActionSpec("way_back.choose", {"found": _KNOWN, "gone": ()}), choose),
        (
            ActionSpec(
                "way_back.find",
                {
                    "free": (),
                    "full": ("offers",),
                    "not_then": ("offers",),
                    "too_early": ("arrival",),
                    "already": ("back_ref",),
                    "no_way": (),
                    "gone": (),
                },
            ),
            find,
        ),
        (ActionSpec("way_back.take", {"taken": ("back",)}), take),
        (ActionSpec("way_back.book", _TAKEN, binding=True), book),
        (ActionSpec("way_back.wait", {**_TAKEN, "waiting": ("back_ref",)}, binding=True), wait),
        (ActionSpec("way_back.decline", {"counted": ()}, binding=True), decline),
    )
}
HEEDED: Mapping[str, Heeded] = {"way_back": may_want_one}
