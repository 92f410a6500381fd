"""A driver's lifts as iCalendar: who by first name, from where, to where; no surname, no number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gateway.store.driver_rides import DriverRide

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Plainline//driver//EN"
REFRESH = timedelta(minutes=30)


def calendar(
    rides: Sequence[DriverRide], community: str, needs: Callable[[str], str], now: datetime
) -> bytes:
    """Give the calendar of one driver; `needs` says in their language what a key of needs means."""
    from icalendar import Calendar  # not before a driver's telephone asks: it takes 3 MB

    whole = Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    whole.add("name", f"{community}: lifts")
    whole.add("x-wr-calname", f"{community}: lifts")
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for ride in rides:
        whole.add_component(_event(ride, community, needs(ride.needs), now))
    return bytes(whole.to_ical())


def first_name(name: str) -> str:
    """Give what a rider is called to their face, without the surname.

    Where names are written in Hangul or Chinese the surname comes first: one syllable, or the word
    before the others.
    """
    words = name.split()
    if not words:
        return ""
    if _surname_first(words[0]):
        return words[-1] if len(words) > 1 else words[0][1:] if len(words[0]) > 2 else words[0]
    return words[0]


def _surname_first(word: str) -> bool:
    return "\uac00" <= word[0] <= "\ud7a3" or "\u4e00" <= word[0] <= "\u9fff"


def _event(ride: DriverRide, community: str, needs: str, now: datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"trip-{ride.id}@{''.join(c for c in community.lower() if c.isalnum()) or 'plainline'}")
    event.add("dtstamp", now)
    event.add("last-modified", ride.changed_at)
    event.add("dtstart", ride.starts_at)
    event.add("dtend", ride.ends_at)
    who = first_name(ride.name)
    event.add("summary", f"{ride.pickup} - {ride.dropoff}{f' ({who})' if who else ''}")
    event.add("location", ride.pickup)
    event.add("description", f"{ride.code}: {needs}")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event
