"""People, for those who may know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from gateway import policy
from gateway.api.kinds import Cursor, Limit, PersonId, Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import not_found
from gateway.store import api_read, people
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text

Role = Literal["volunteer", "driver", "coordinator"]


@dataclass(frozen=True, slots=True)
class Person:
    """A resident. `stopped` after STOP: nothing reaches them. `language` is BCP 47, empty until known."""

    id: PersonId
    name: str
    number: str
    language: str
    stopped: bool
    roles: list[Role]
    met_at: datetime


@dataclass(frozen=True, slots=True)
class PersonPage:
    """People, the first met first, and the cursor of the next page."""

    items: list[Person]
    next: str | None


@dataclass(frozen=True, slots=True)
class PersonPath:
    """Which person."""

    id: PersonId


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page."""

    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A telephone number, as people write it or in E.164."""

    number: Annotated[str, Words(24, 3, "^[0-9 +().-]*$", example="+447700900123")]


def list_people(tx: Tx, call: Call) -> PersonPage:
    """Give a page of people."""
    query: PageQuery = call.query
    page = api_read.person_page(tx, call.begins("listPeople", {}), query.limit)
    return PersonPage([_view(call, row) for row in page.rows], call.next("listPeople", {}, page.more_after))


def read_person(tx: Tx, call: Call) -> Person:
    """Give one person."""
    path: PersonPath = call.path
    return _view(call, person_row(tx, call, path.id))


def find_person(tx: Tx, call: Call) -> Person:
    """Find the person with a number, which stays out of addresses and so out of logs."""
    lookup: Lookup = call.body
    number = policy.e164(lookup.number, call.room.turns.community.region)
    known = people.resident_by_number(tx, number) if number else None
    if known is None:
        raise not_found("person")
    return _view(call, person_row(tx, call, call.person(known.id)))


def person_row(tx: Tx, call: Call, pseudonym: str) -> Row:
    """Give the person behind a pseudonym; raises Refused 404 where there is none."""
    resident_id = call.secrets.resident_id(pseudonym)
    # A pseudonym that was made up can name any id at all, once in 2^64.
    row = api_read.person_row(tx, resident_id) if resident_id is not None and resident_id < 2**63 else None
    if row is None:
        raise not_found("person")
    return row


def _view(call: Call, row: Row) -> Person:
    roles: list[Role] = []
    if row["volunteer"]:
        roles.append("volunteer")
    if row["driver"] is not None:
        roles.append("driver")
    if row["coordinator"] is not None:
        roles.append("coordinator")
    return Person(
        id=call.person(row["id"]),
        name=row["name"],
        number=row["number"],
        language=row["language"],
        stopped=bool(row["stopped"]),
        roles=roles,
        met_at=from_text(row["created_at"]),
    )


OPERATIONS = (
    Operation(
        "listPeople",
        "GET",
        "/people",
        "List people",
        "person",
        PersonPage,
        scope="people:read",
        work=list_people,
        query=PageQuery,
    ),
    Operation(
        "findPerson",
        "POST",
        "/find-person",
        "Find the person with a number",
        "person",
        Person,
        scope="people:read",
        work=find_person,
        body=Lookup,
        errors=(404,),
    ),
    Operation(
        "readPerson",
        "GET",
        "/people/{id}",
        "Read one person",
        "person",
        Person,
        scope="people:read",
        work=read_person,
        params=PersonPath,
    ),
)
