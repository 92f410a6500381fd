"""People: looking somebody up, what there is of them, and what a coordinator may put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web

from gateway.services.announcements import KINDS
from gateway.store import directory, lifts, members, people, volunteers
from gateway.store import help as store_help
from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.directory import PARTS, Listed
from gateway.store.events import write_event
from gateway.store.help import HelpRequest
from gateway.store.journal import journal
from gateway.store.lifts import Trip
from gateway.store.members import Member
from gateway.store.volunteers import Volunteer
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.pages.wishes import Wishes, wishes_of
from gateway.web.render import back, render
from gateway.web.words import language_name

A_PAGE = 50
MOST_PAGES = 10_000
LONGEST_NAME = 80
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with what they asked for of late, and what they are in the community."""

    listed: Listed
    requests: tuple[HelpRequest, ...]
    trips: tuple[Trip, ...]
    members: tuple[Member, ...]
    volunteer: Volunteer | None
    wishes: Wishes


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show a page of everybody, or of those looked for."""
    names = visit(request).names
    # Whoever may not see names learns none by looking for them.
    wanted = " ".join(request.query.get("q", "").split())[:LONGEST_NAME] if names else ""
    part = request.query.get("part", "")
    part = part if part in PARTS else ""
    number = request.query.get("page", "1")
    page = min(int(number), MOST_PAGES) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    look = partial(
        directory.find_residents, by_name=names, skip=(max(page, 1) - 1) * A_PAGE, limit=A_PAGE + 1
    )
    found = await store(request).read(look, wanted, part)
    return render(
        request,
        "people.html",
        found=found[:A_PAGE],
        more=len(found) > A_PAGE,
        page=max(page, 1),
        q=wanted,
        part=part,
        parts=PARTS,
        known=await store(request).read(directory.count_residents),
    )


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show one resident."""
    person = await store(request).read(_person, int(request.match_info["id"]))
    if person is None:
        raise web.HTTPNotFound
    turns = gateway(request).turns
    return render(
        request,
        "person.html",
        person=person,
        languages={tag: language_name(tag) for tag in turns.library.languages},
        usual=language_name(turns.community.language),
        kinds=KINDS,
    )


def _person(tx: Tx, resident_id: int) -> Person | None:
    found = directory.listed(tx, resident_id)
    if found is None:
        return None
    return Person(
        found,
        tuple(store_help.requests_by(tx, resident_id, SHOWN)),
        tuple(lifts.trips_by(tx, resident_id, SHOWN)),
        tuple(members.members_on(tx, resident_id)),
        volunteers.volunteer(tx, resident_id) if "volunteer" in found.parts else None,
        wishes_of(tx, resident_id),
    )


@needs(Role.ORGANISER)
async def change(request: web.Request) -> web.Response:
    """Put somebody's name or language right."""
    resident_id, form = int(request.match_info["id"]), await fields(request)
    tags = ("", *gateway(request).turns.library.languages)
    await store(request).write(_change, resident_id, form, tags, visit(request).account.id, now(request))
    return await back(request, f"/people/{resident_id}", "people.changed")


def _change(tx: Tx, resident_id: int, form: Form, tags: tuple[str, ...], me: int, moment: datetime) -> None:
    found = directory.listed(tx, resident_id)
    if found is None:
        raise web.HTTPNotFound
    name, tag = form.text("name", most=LONGEST_NAME, empty=True), form.choice("language", tags)
    subject = f"resident:{resident_id}"
    if name != found.resident.name:
        people.set_name(tx, resident_id, name)
        write_event(tx, "resident.named", subject, {}, moment)
        journal(tx, me, "people.named", subject, moment)
    if tag != found.resident.language:
        people.set_language(tx, resident_id, tag)
        write_event(tx, "language.set", subject, {"language": tag}, moment)
        journal(tx, me, "people.language", subject, moment, language=tag or "-")


@needs(Role.COORDINATOR)
async def set_duty(request: web.Request) -> web.Response:
    """Put a coordinator on duty, or off."""
    resident_id, on_duty = int(request.match_info["id"]), request.match_info["duty"] == "on"
    me = visit(request).account.id
    left = await store(request).write(_set_duty, resident_id, on_duty, me, now(request))
    if not left:
        return await back(request, f"/people/{resident_id}", "people.nobody_on_duty", problem=True)
    return await back(request, f"/people/{resident_id}", "people.on_duty" if on_duty else "people.off_duty")


def _set_duty(tx: Tx, resident_id: int, on_duty: bool, me: int, moment: datetime) -> int:
    """Do it, and give how many are on duty now."""
    if not people.is_coordinator(tx, resident_id):
        raise FormMistake("duty", "people.no_coordinator")
    people.install_coordinator(tx, resident_id, on_duty=on_duty)
    deed = "people.put_on_duty" if on_duty else "people.put_off_duty"
    turn = "on" if on_duty else "off"
    write_event(tx, f"coordinator.{turn}_duty", f"resident:{resident_id}", {}, moment)
    journal(tx, me, deed, f"resident:{resident_id}", moment)
    return len(people.coordinators_on_duty(tx))


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = "/people/{id:[0-9]{1,12}}"
    return [
        web.get("/people", show_list),
        web.get(one, show),
        web.post(one, change),
        web.post(one + "/duty/{duty:on|off}", set_duty),
    ]
