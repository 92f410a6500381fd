"""A driver's lifts as a calendar feed: known by its address alone, which can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from gateway.api.kinds import Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import not_found
from gateway.formats import calendar
from gateway.store import people, tokens
from gateway.store.database import Tx
from gateway.store.driver_rides import driver_rides

BEHIND = timedelta(days=1)
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CalendarPath:
    """The secret part of the feed's address."""

    secret: Annotated[str, Words(60, 20, "^[A-Za-z0-9_-]+$")]


def read_calendar(tx: Tx, call: Call) -> str:
    """Give a driver's lifts, from yesterday on."""
    path: CalendarPath = call.path
    token = tokens.token_by_hash(tx, tokens.CALENDAR, tokens.hash_of(path.secret))
    if token is None or token.driver_id is None or not token.holds(call.now):
        raise not_found("calendar")
    turns = call.room.turns
    language = people.resident_by_id(tx, token.driver_id).language or turns.community.language
    rides = driver_rides(tx, token.driver_id, call.now - BEHIND, call.now + AHEAD)

    def needs(key: str) -> str:
        return turns.label(language, "lift", "needs", key)

    return calendar.calendar(rides, turns.community.name, needs, call.now).decode()


OPERATIONS = (
    Operation(
        "readCalendar",
        "GET",
        "/calendars/{secret}.ics",
        "A driver's lifts as a calendar feed",
        "calendar",
        str,
        work=read_calendar,
        params=CalendarPath,
        media="text/calendar",
        about="The address is the key: `plainline tokens add --driver` makes it, and revoking takes it back. "
        "It shows riders by first name.",
    ),
)
