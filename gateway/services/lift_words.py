"""What is said about a trip: to its rider, and to its driver."""

from __future__ import annotations

from typing import TypeAlias

from flows.answers.words import say
from flows.conversation import Prompt
from flows.value import Value, text
from gateway.services.acting import Acting, Timing
from gateway.store import lift_runs, lifts, people
from gateway.store.lift_runs import Driver, PlannedRun
from gateway.store.lifts import Trip

Scene: TypeAlias = Acting | Timing

FACTS = ("ref", "pickup", "dropoff", "day", "time")
"""The values that say which trip is meant."""


def facts(trip: Trip) -> dict[str, Value]:
    """Give what a flow says about a trip: `ref`, `pickup`, `dropoff`, `day`, `time`."""
    return {
        "ref": text(trip.code),
        "pickup": Value("place", [trip.journey.pickup, trip.pickup_label]),
        "dropoff": Value("place", [trip.journey.dropoff, trip.dropoff_label]),
        "day": Value("date", trip.journey.day.isoformat()),
        "time": Value("time", trip.journey.time.isoformat("minutes")),
    }


def notice(phrase: str, trip: Trip, kind: str, **more: Value) -> Prompt:
    """Give a text about a trip to its rider when it is not their turn: a phrase of the flow `lift`."""
    return Prompt("lift", phrase, kind, {**facts(trip), **more})


def tell_rider(scene: Scene, phrase: str, trip: Trip, kind: str = "statement", **more: Value) -> None:
    """Text a trip's rider something about it."""
    number = people.resident_by_id(scene.tx, trip.resident_id).number
    scene.tell(number, notice(phrase, trip, kind, **more), ref=f"trip:{trip.id}")


def driver_line(scene: Scene, language: str, trip: Trip) -> str:
    """Give one line of a driver's list: number, time, from, to, who, what they need."""
    at = say(Value("time", trip.journey.time.isoformat("minutes")), language, scene.zone)
    needs = scene.label(language, "lift", "needs", trip.journey.needs)
    who = f", {trip.rider_name}" if trip.rider_name else ""
    return f"{trip.number} {at} {trip.pickup_label} - {trip.dropoff_label}{who}, {needs}"


def number_trips(scene: Scene, driver_id: int, run: PlannedRun) -> list[Trip]:
    """Give a driver's trips on a run's day in order, each with its number; numbers once given stay."""
    found = lifts.listed_trips(scene.tx, driver_id, run.day)
    following = max((trip.number or 0 for trip in found), default=0) + 1
    for trip in found:
        if trip.number is None:
            lifts.set_number(scene.tx, trip.id, following)
            following += 1
    return lifts.listed_trips(scene.tx, driver_id, run.day)


def tell_driver(scene: Scene, phrase: str, trip: Trip) -> None:
    """Text a trip's driver that the day's plan has changed, if they have been sent it and it is not over."""
    run = lift_runs.run_by_id(scene.tx, trip.run_id) if trip.run_id is not None else None
    if run is None or run.list_sent_at is None or run.room.ends_at <= scene.now:
        return
    driver = lift_runs.driver_by_id(scene.tx, run.driver_id)
    if driver is None or trip.resident_id == driver.id:
        return
    trips = {listed.id: listed for listed in number_trips(scene, driver.id, run)}
    line = driver_line(scene, language_of(scene, driver), trips.get(trip.id, trip))
    values = {"line": text(line), "day": Value("date", run.day.isoformat())}
    scene.tell(driver.number, Prompt("driver_list", phrase, "statement", values), ref=f"run:{run.id}")


def language_of(scene: Scene, driver: Driver) -> str:
    """Give the language a driver reads."""
    return driver.language or scene.usual_language


def who_comes(driver: Driver | None) -> Value | None:
    """Give the driver's first name, if riders may hear it."""
    if driver is None or not driver.name_told or not driver.name:
        return None
    return text(driver.name.split()[0])
