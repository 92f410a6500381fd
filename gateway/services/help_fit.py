"""Whether a volunteer fits a request: what they offer, where they go, when they can."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.help_settings import HelpSettings
from gateway.store.help import HelpRequest
from gateway.store.volunteers import Volunteer

FIRST_HOUR, LAST_HOUR = time(8), time(21)
"""Between these, local time, a text about something that can wait wakes nobody."""

SOON = timedelta(hours=2)
"""Whoever helps right now must be free within that."""

Window = tuple[date, time, time]


def window(settings: HelpSettings, request: HelpRequest, now: datetime, zone: ZoneInfo) -> Window | None:
    """Give the local day and times within which help is needed (None: whenever it suits)."""
    local = now.astimezone(zone)
    urgency = settings.urgency(request.urgency)
    when = urgency.when if urgency else "any"
    if when == "now":
        return local.date(), local.time(), _same_day(local, SOON)
    if when == "today" and request.wanted_on == local.date():
        return local.date(), local.time(), max(LAST_HOUR, _same_day(local, SOON))
    if request.wanted_on is None:
        return None
    part = settings.part(request.part)
    return request.wanted_on, part.starts if part else FIRST_HOUR, part.ends if part else LAST_HOUR


def fits(volunteer: Volunteer, settings: HelpSettings, request: HelpRequest, needed: Window | None) -> bool:
    """Tell whether a volunteer offers this, there and then."""
    if volunteer.categories and request.category not in volunteer.categories:
        return False
    known = any(area.key == request.area for area in settings.areas)
    if volunteer.areas and known and request.area not in volunteer.areas:
        return False
    if needed is None or not volunteer.hours:
        return True
    day, starts, ends = needed
    return any(
        weekday == day.weekday() and begins < ends and starts < over
        for weekday, begins, over in volunteer.hours
    )


def civil(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give the first moment from `moment` on at which a text may come about something that can wait."""
    local = moment.astimezone(zone)
    if local.time() < FIRST_HOUR:
        return at(local.date(), FIRST_HOUR, zone)
    if local.time() >= LAST_HOUR:
        return at(local.date() + timedelta(days=1), FIRST_HOUR, zone)
    return moment


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the moment of a local day and time."""
    return datetime.combine(day, clock, zone)


def _same_day(local: datetime, ahead: timedelta) -> time:
    later = local + ahead
    return later.time() if later.date() == local.date() else time.max
