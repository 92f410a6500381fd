"""A resident's own lifts: listed, chosen, cancelled. Nobody gets at anybody else's."""

from __future__ import annotations

from collections.abc import Mapping

from flows.answers.words import say
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services import standby, trips
from gateway.services.acting import Acting, Action, Heeded
from gateway.services.codes import read_code
from gateway.services.lift_words import FACTS, facts
from gateway.store import lifts
from gateway.store.lifts import Journey, Trip

# Enough for a month of dialysis both ways; more is a mistake or a prank that takes seats from others.
MOST_OPENTRIPS = 30


def list_trips(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """List the resident's trips, numbered as CANCEL numbers them."""
    lines: dict[str, list[Json]] = {"lifts": [], "waiting": []}
    for number, trip in enumerate(open_trips(acting), 1):
        lines["lifts" if has_seat(trip) else "waiting"].append(f"{number} {_line(acting, trip)}")
    outcome = {
        (False, False): "none",
        (True, False): "booked",
        (False, True): "waiting",
        (True, True): "both",
    }
    return Outcome(
        outcome[bool(lines["lifts"]), bool(lines["waiting"])],
        {name: Value("list", found) for name, found in lines.items()},
    )


def mine(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find the trips the resident can cancel: none, one, or several to choose from."""
    found = open_trips(acting)
    if not found:
        return Outcome("none")
    if len(found) == 1:
        return Outcome("one", facts(found[0]))
    pairs: list[Json] = [[trip.code, _line(acting, trip)] for trip in found]
    return Outcome("several", {"trips": Value("options", pairs)})


def chosen(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give what is to be known of the trip that was chosen."""
    trip = own_trip(acting, key_of(values["which"]))
    return Outcome("found", facts(trip)) if trip else Outcome("gone")


def cancel(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Cancel the trip that was read back; its way back can be cancelled with it."""
    trip = own_trip(acting, str(values["ref"].data))
    if trip is None:
        return Outcome("gone")
    cancelled = trips.cancel(acting, trip)
    back = lifts.way_back_of(acting.tx, trip.id)
    if back is None:
        return Outcome("cancelled", facts(cancelled))
    return Outcome("cancelled_one_way", {**facts(cancelled), **_of_the_way_back(back)})


def cancel_back(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Cancel the way back of a trip that was just cancelled."""
    trip = own_trip(acting, str(values["back_ref"].data))
    if trip is None:
        return Outcome("gone")
    trips.cancel(acting, trip)
    return Outcome("cancelled")


def answer_offer(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take the seat that is held for a trip of the resident's, or was, if it is still free."""
    trip = own_trip(acting, str(values["ref"].data))
    if trip is None:
        return Outcome("gone")
    if has_seat(trip):
        return Outcome("booked", facts(trip))
    booked = standby.accept(acting, trip) if trip.state == "offered" else trips.seat(acting, trip)
    return Outcome("booked" if booked else "too_late", facts(booked or trip))


def refuse_offer(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give back the seat that is held for a trip, and leave the waiting list."""
    trip = own_trip(acting, str(values["ref"].data))
    if trip is None:
        return Outcome("gone")
    trips.cancel(acting, trip)
    return Outcome("left", facts(trip))


def open_trips(acting: Acting) -> list[Trip]:
    """Give the resident's trips still to come, in the order of their numbers: with a seat, then standby."""
    found = lifts.open_trips_of(acting.tx, acting.resident.id, acting.now)
    return sorted((trip for trip in found if trip.state != "on_board"), key=lambda trip: not has_seat(trip))


def has_seat(trip: Trip) -> bool:
    """Tell whether a trip's rider has a seat, not only the offer of one."""
    return trip.holds and trip.state != "offered"


def same_trip(acting: Acting, journey: Journey) -> Trip | None:
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


def own_trip(acting: Acting, code: str) -> Trip | None:
    """Give the resident's trip with a code (None: there is none to come)."""
    return next((trip for trip in open_trips(acting) if trip.code == read_code(code)), None)


def key_of(value: Value) -> str:
    """Give the key of a place or a choice."""
    data = value.data
    return str(data[0]) if isinstance(data, (list, tuple)) else str(data)


def waits_for_it(acting: Acting, names: str) -> bool:
    """Tell whether a code is that of a trip of the resident's that waits for a seat or has one."""
    return own_trip(acting, names) is not None


def _of_the_way_back(trip: Trip) -> dict[str, Value]:
    of = facts(trip)
    return {"back_ref": text(trip.code), "back": of["time"], "back_from": of["pickup"]}


def _line(acting: Acting, trip: Trip) -> str:
    day = say(Value("date", trip.journey.day.isoformat()), acting.language, acting.zone)
    at = say(Value("time", trip.journey.time.isoformat("minutes")), acting.language, acting.zone)
    return f"{day} {at} {trip.dropoff_label} ({trip.code})"


_OFFER = {"booked": FACTS, "too_late": FACTS, "gone": ()}
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec(
                "lift.list", dict.fromkeys(("none", "booked", "waiting", "both"), ("lifts", "waiting"))
            ),
            list_trips,
        ),
        (ActionSpec("lift.mine", {"none": (), "one": FACTS, "several": ("trips",)}), mine),
        (ActionSpec("lift.chosen", {"found": FACTS, "gone": ()}), chosen),
        (
            ActionSpec(
                "lift.cancel",
                {
                    "cancelled": FACTS,
                    "cancelled_one_way": (*FACTS, "back_ref", "back", "back_from"),
                    "gone": (),
                },
                binding=True,
            ),
            cancel,
        ),
        (ActionSpec("lift.cancel_back", {"cancelled": (), "gone": ()}, binding=True), cancel_back),
        (ActionSpec("lift.take_seat", _OFFER, binding=True), answer_offer),
        (ActionSpec("lift.leave_seat", {"left": FACTS, "gone": ()}, binding=True), refuse_offer),
    )
}
HEEDED: Mapping[str, Heeded] = {"seat_taken": waits_for_it}
