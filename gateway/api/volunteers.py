"""Volunteers: what they offer, and how often they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from gateway.api.kinds import Described, PersonId, Whole
from gateway.api.operations import Call, Operation
from gateway.api.people import PageQuery, PersonPath, person_row
from gateway.api.problems import Refused, not_found
from gateway.community_volunteers import MOST_WEEKLY_OFFERS
from gateway.services import volunteer_desk
from gateway.store import api_read
from gateway.store import volunteers as store
from gateway.store.database import Tx

LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a volunteer can: a weekday (Monday is 0) and local times, HH:MM."""

    weekday: int
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who helps. Categories and areas are keys of the community's settings; none: all of them.

    `name` is null without `people:read`.
    """

    person: PersonId
    name: str | None
    categories: list[str]
    areas: list[str]
    hours: list[Hours]
    weekly_offers: Annotated[int, Described("How many offers a week they bear.")]
    paused: bool
    paused_until: Annotated[datetime, Described("Null in a pause: until they say BACK.")] | None


@dataclass(frozen=True, slots=True)
class VolunteerPage:
    """Volunteers, the first met first, and the cursor of the next page."""

    items: list[Volunteer]
    next: str | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when a volunteer is asked nothing; null: until they say BACK."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bearing:
    """How many offers a week a volunteer bears."""

    weekly_offers: Annotated[int, Whole(1, MOST_WEEKLY_OFFERS)]


def list_volunteers(tx: Tx, call: Call) -> VolunteerPage:
    """Give a page of volunteers."""
    query: PageQuery = call.query
    page = api_read.volunteer_page(tx, call.begins("listVolunteers", {}), query.limit)
    return VolunteerPage(
        [_view(call, _known(tx, row["id"])) for row in page.rows],
        call.next("listVolunteers", {}, page.more_after),
    )


def read_volunteer(tx: Tx, call: Call) -> Volunteer:
    """Give one volunteer."""
    return _view(call, _named(tx, call))


def pause_volunteer(tx: Tx, call: Call) -> Volunteer:
    """Ask a volunteer nothing for a while, pass on what they have, and tell them; raises Refused."""
    found = _named(tx, call)
    pause: Pause = call.body
    if pause.until is not None and not call.now < pause.until <= call.now + LONGEST_PAUSE:
        raise Refused(422, "bad_moment", "A pause ends in the year to come, or when they say BACK.")
    volunteer_desk.pause(call.timing(tx), found.id, pause.until, call.by)
    return _done(tx, call, found, "api.volunteer_paused")


def resume_volunteer(tx: Tx, call: Call) -> Volunteer:
    """End a volunteer's pause, and tell them; raises IllegalMove."""
    found = _named(tx, call)
    volunteer_desk.resume(call.timing(tx), found.id, call.by)
    return _done(tx, call, found, "api.volunteer_resumed")


def set_bearing(tx: Tx, call: Call) -> Volunteer:
    """Change how many offers a week a volunteer bears."""
    found = _named(tx, call)
    bearing: Bearing = call.body
    volunteer_desk.set_weekly_offers(call.timing(tx), found.id, bearing.weekly_offers, call.by)
    return _done(tx, call, found, "api.volunteer_changed")


def _done(tx: Tx, call: Call, found: store.Volunteer, action: str) -> Volunteer:
    call.journal(tx, action, f"resident:{found.id}")
    return _view(call, _known(tx, found.id))


def _named(tx: Tx, call: Call) -> store.Volunteer:
    path: PersonPath = call.path
    return _known(tx, person_row(tx, call, path.id)["id"])


def _known(tx: Tx, resident_id: int) -> store.Volunteer:
    found = store.volunteer(tx, resident_id)
    if found is None or not found.active:
        raise not_found("volunteer")
    return found


def _view(call: Call, found: store.Volunteer) -> Volunteer:
    return Volunteer(
        person=call.person(found.id),
        name=found.name if call.may("people:read") else None,
        categories=list(found.categories),
        areas=list(found.areas),
        hours=[Hours(day, f"{starts:%H:%M}", f"{ends:%H:%M}") for day, starts, ends in found.hours],
        weekly_offers=found.weekly_offers,
        paused=volunteer_desk.is_paused(found, call.now),
        paused_until=volunteer_desk.pause_ends(found, call.now),
    )


OPERATIONS = (
    Operation(
        "listVolunteers",
        "GET",
        "/volunteers",
        "List volunteers",
        "volunteer",
        VolunteerPage,
        scope="volunteers:read",
        work=list_volunteers,
        query=PageQuery,
    ),
    Operation(
        "readVolunteer",
        "GET",
        "/volunteers/{id}",
        "Read one volunteer",
        "volunteer",
        Volunteer,
        scope="volunteers:read",
        work=read_volunteer,
        params=PersonPath,
    ),
    Operation(
        "pauseVolunteer",
        "POST",
        "/volunteers/{id}/pause",
        "Ask a volunteer nothing for a while",
        "volunteer",
        Volunteer,
        scope="volunteers:write",
        work=pause_volunteer,
        params=PersonPath,
        body=Pause,
        errors=(409,),
        about="They hear of it by text; what they have not answered is passed on.",
    ),
    Operation(
        "resumeVolunteer",
        "POST",
        "/volunteers/{id}/resume",
        "End a volunteer's pause",
        "volunteer",
        Volunteer,
        scope="volunteers:write",
        work=resume_volunteer,
        params=PersonPath,
        errors=(409,),
    ),
    Operation(
        "limitVolunteer",
        "PUT",
        "/volunteers/{id}/limits",
        "Say how many offers a week a volunteer bears",
        "volunteer",
        Volunteer,
        scope="volunteers:write",
        work=set_bearing,
        params=PersonPath,
        body=Bearing,
        errors=(409,),
    ),
)
