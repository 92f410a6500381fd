"""RUNNING LATE: from a driver, riders hear how much later; from a rider, the driver hears who comes late."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Value, text
from gateway.services.acting import Acting, Action, Heeded
from gateway.services.lift_words import driver_line, language_of, number_trips, tell_rider
from gateway.services.trip_moves import SEATED
from gateway.store import lift_runs, lifts
from gateway.store.lifts import Trip

# Whose pick-up is this far off is not told of a delay: it may be made up for by then.
TOLD_AHEAD = timedelta(hours=2)
# A rider can be late for a trip that begins so soon, or should have begun so long ago.
RIDER_AHEAD, RIDER_AFTER = timedelta(hours=3), timedelta(hours=1)
MOST_MINUTES = 180


def whose(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say who runs late, a driver (by how many minutes, where they said it) or a rider."""
    if not _riders(acting):
        return Outcome("rider" if _own(acting) else "nobody")
    said = re.search(r"\d+", str(values["by"].data)) if "by" in values else None
    if said is None or not 0 < int(said[0][:4]) <= MOST_MINUTES:
        return Outcome("driver")
    return Outcome("driver_by", {"minutes": Value("number", int(said[0]))})


def tell_riders(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Tell every rider who waits within the next hours how much later the driver comes."""
    minutes = values["minutes"]
    waiting = _riders(acting)
    for trip in waiting:
        tell_rider(acting, "driver_late", trip, minutes=minutes)
        acting.emit(
            "lift.delayed", f"trip:{trip.id}", code=trip.code, resident=trip.resident_id, by=minutes.data
        )
    return Outcome("told", {"count": Value("number", len(waiting))})


def tell_driver_of(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Tell the driver that a rider will be late."""
    trip = _own(acting)
    run = lift_runs.run_by_id(acting.tx, trip.run_id) if trip and trip.run_id else None
    driver = lift_runs.driver_by_id(acting.tx, run.driver_id) if run else None
    if trip is None or run is None or driver is None:
        return Outcome("nobody")
    listed = {one.id: one for one in number_trips(acting, driver.id, run)}
    line = driver_line(acting, language_of(acting, driver), listed.get(trip.id, trip))
    acting.tell(driver.number, Prompt("driver_list", "rider_late", "statement", {"line": text(line)}))
    acting.emit("lift.rider_late", f"trip:{trip.id}", code=trip.code, resident=trip.resident_id)
    return Outcome("told")


def may_be_late(acting: Acting, names: str) -> bool:  # noqa: ARG001
    """Tell whether the resident drives or is driven in the next hours."""
    return bool(_riders(acting)) or _own(acting) is not None


def _riders(acting: Acting) -> list[Trip]:
    day = acting.now.astimezone(acting.zone).date()
    return [
        trip
        for trip in lifts.listed_trips(acting.tx, acting.resident.id, day)
        if trip.state in SEATED and trip.journey.load.starts_at <= acting.now + TOLD_AHEAD
    ]


def _own(acting: Acting) -> Trip | None:
    for trip in lifts.open_trips_of(acting.tx, acting.resident.id, acting.now):
        starts_in = trip.journey.load.starts_at - acting.now
        if trip.state in SEATED and -RIDER_AFTER <= starts_in <= RIDER_AHEAD:
            return trip
    return None


ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec("late.whose", {"driver": (), "driver_by": ("minutes",), "rider": (), "nobody": ()}),
            whose,
        ),
        (ActionSpec("late.tell_riders", {"told": ("count",)}, binding=True), tell_riders),
        (ActionSpec("late.tell_driver", {"told": (), "nobody": ()}, binding=True), tell_driver_of),
    )
}
HEEDED: Mapping[str, Heeded] = {"running_late": may_be_late}
