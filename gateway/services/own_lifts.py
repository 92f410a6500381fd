"""A resident's own lifts: listed, chosen, cancelled. Nobody gets at anybody else's."""

from __future__ import annotations

from collections.abc import Mapping

from flows.answers.words import say
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value
from gateway.services import trips
from gateway.services.acting import Acting, Action
from gateway.services.codes import read_code
from gateway.store import lifts
from gateway.store.lifts import Trip

TRIP = ("ref", "pickup", "dropoff", "day", "time")
"""The values that say which trip is meant."""


def list_trips(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """List the resident's trips, numbered as CANCEL numbers them."""
    lines: dict[str, list[Json]] = {"booked": [], "standby": []}
    for number, trip in enumerate(open_trips(acting), 1):
        lines[trip.state].append(f"{number} {_line(acting, trip)}")
    outcome = {
        (False, False): "none",
        (True, False): "booked",
        (False, True): "waiting",
        (True, True): "both",
    }
    return Outcome(
        outcome[bool(lines["booked"]), bool(lines["standby"])],
        {"lifts": Value("list", lines["booked"]), "waiting": Value("list", lines["standby"])},
    )


def mine(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find the resident's trips: none, one, or several to choose from."""
    found = open_trips(acting)
    if not found:
        return Outcome("none")
    if len(found) == 1:
        return Outcome("one", trips.facts(found[0]))
    pairs: list[Json] = [[trip.code, _line(acting, trip)] for trip in found]
    return Outcome("several", {"trips": Value("options", pairs)})


def chosen(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give what is to be known of the trip that was chosen."""
    trip = _own_trip(acting, key_of(values["which"]))
    return Outcome("found", trips.facts(trip)) if trip else Outcome("gone")


def cancel(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Cancel the trip that was read back."""
    trip = _own_trip(acting, str(values["ref"].data))
    if trip is None:
        return Outcome("gone")
    trips.cancel(acting, trip)
    return Outcome("cancelled", trips.facts(trip))


def open_trips(acting: Acting) -> list[Trip]:
    """Give the resident's trips still to come, in the order of their numbers: booked ones, then standby."""
    found = lifts.open_trips_of(acting.tx, acting.resident.id, acting.now)
    return sorted(found, key=lambda trip: trip.state != "booked")


def key_of(value: Value) -> str:
    """Give the key of a place or a choice."""
    data = value.data
    return str(data[0]) if isinstance(data, (list, tuple)) else str(data)


def _own_trip(acting: Acting, code: str) -> Trip | None:
    return next((trip for trip in open_trips(acting) if trip.code == read_code(code)), None)


def _line(acting: Acting, trip: Trip) -> str:
    day = say(Value("date", trip.journey.day.isoformat()), acting.language, acting.zone)
    at = say(Value("time", trip.journey.time.isoformat("minutes")), acting.language, acting.zone)
    return f"{day} {at} {trip.dropoff_label} ({trip.code})"


ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec(
                "lift.list", dict.fromkeys(("none", "booked", "waiting", "both"), ("lifts", "waiting"))
            ),
            list_trips,
        ),
        (ActionSpec("lift.mine", {"none": (), "one": TRIP, "several": ("trips",)}), mine),
        (ActionSpec("lift.chosen", {"found": TRIP, "gone": ()}), chosen),
        (ActionSpec("lift.cancel", {"cancelled": TRIP, "gone": ()}, binding=True), cancel),
    )
}
