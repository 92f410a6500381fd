"""The reminder the day before: once, at a civil hour, with a way to say yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby

from flows.answers.words import say
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value
from gateway.services import trips
from gateway.services.acting import Acting, Action, Timing
from gateway.services.lift_words import facts, tell_rider
from gateway.services.trip_moves import civil, next_civil
from gateway.store import lifts, people
from gateway.store.announcements import REMINDERS, refuses
from gateway.store.lifts import Trip

# A reminder that would come later than this before the trip is of no use to anybody.
LAST_USE = timedelta(hours=1)


def send_reminders(timing: Timing) -> None:
    """Remind everybody whose hour has come: one text a rider and day, whatever they have booked."""
    if not civil(timing):
        return
    due = lifts.reminders_due(timing.tx, timing.now)
    for _, found in groupby(due, lambda trip: (trip.resident_id, trip.journey.day)):
        _remind(timing, list(found))


def next_reminder(timing: Timing) -> datetime | None:
    """Give when somebody is to be reminded next."""
    due = lifts.first_due(timing.tx, "reminder")
    return None if due is None else max(due, next_civil(timing))


def agree(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Write down that the rider comes, to every trip of the day that was reminded of."""
    day = str(values["day"].data)
    for trip in lifts.open_trips_of(acting.tx, acting.resident.id, acting.now):
        if trip.journey.day.isoformat() == day and trip.state == "reminded":
            trips.confirm(acting, trip)
    return Outcome("confirmed")


def _remind(timing: Timing, due: list[Trip]) -> None:
    for trip in due:
        lifts.forget_reminder(timing.tx, trip.id)
    due = [trip for trip in due if trip.journey.load.starts_at - LAST_USE > timing.now]
    resident = people.resident_by_id(timing.tx, due[0].resident_id) if due else None
    if resident is None or resident.stopped or refuses(timing.tx, resident.id, REMINDERS):
        return
    due = [trips.remind(timing, trip) for trip in due]
    if len(due) == 1:
        if not timing.invite(resident.number, "lift_reminder", facts(due[0])):
            tell_rider(timing, "reminder", due[0])
        return
    language = resident.language or timing.usual_language
    lines: list[Json] = [_line(timing, language, trip) for trip in due]
    given = {"lifts": Value("list", lines), "day": facts(due[0])["day"]}
    if not timing.invite(resident.number, "lifts_reminder", given):
        for trip in due:
            tell_rider(timing, "reminder", trip)


def _line(timing: Timing, language: str, trip: Trip) -> str:
    at = say(Value("time", trip.journey.time.isoformat("minutes")), language, timing.zone)
    return f"{at} {trip.pickup_label} - {trip.dropoff_label} ({trip.code})"


ACTIONS: Mapping[str, Action] = {
    "lift.agree": Action(ActionSpec("lift.agree", {"confirmed": ()}, binding=True), agree)
}
