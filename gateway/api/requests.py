"""Requests for help, as other systems see and move them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from gateway.api.kinds import MOST_ID, Cursor, Described, Id, Limit, PersonId, Whole, Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused, not_found
from gateway.services import outside
from gateway.store import api_read
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text

RequestState = Literal["new", "looking", "offered", "matched", "done", "failed", "withdrawn", "duplicate"]
NextState = Literal["looking", "matched", "done", "failed", "withdrawn", "duplicate"]


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """A request for help. `what` and `area` are the resident's own words: null without `people:read`."""

    id: Id
    code: Annotated[str, Described("The short code people call it by; free again once it is closed.")]
    state: RequestState
    person: PersonId
    volunteer: Annotated[PersonId, Described("Who sees to it, or saw to it.")] | None
    language: Annotated[str, Described("BCP 47.")]
    category: str
    urgency: str
    wanted_on: date | None
    what: str | None
    area: str | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HelpRequestPage:
    """Requests for help, oldest first, and the cursor of the next page."""

    items: list[HelpRequest]
    next: str | None


@dataclass(frozen=True, slots=True)
class RequestPath:
    """Which request."""

    id: Id


@dataclass(frozen=True, slots=True)
class RequestQuery:
    """Which requests."""

    state: RequestState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class RequestMove:
    """Where a request goes. `reference` is what the other system calls it; the resident is told by text."""

    state: NextState
    reference: Annotated[str, Words(60)] = ""
    of: Annotated[int, Whole(1, MOST_ID), Described("For `duplicate`: the request that stays.")] | None = None


@dataclass(frozen=True, slots=True)
class MovedRequest:
    """The request as it now is, and whether the resident was told: not after STOP."""

    request: HelpRequest
    told: bool


def list_requests(tx: Tx, call: Call) -> HelpRequestPage:
    """Give a page of requests."""
    query: RequestQuery = call.query
    filters = {"state": query.state}
    after = call.begins("listRequests", filters)
    page = api_read.request_page(tx, after, query.limit, query.state)
    return HelpRequestPage(
        [view_of(call, row) for row in page.rows], call.next("listRequests", filters, page.more_after)
    )


def read_request(tx: Tx, call: Call) -> HelpRequest:
    """Give one request."""
    return view_of(call, request_row(tx, call))


def move_request(tx: Tx, call: Call) -> MovedRequest:
    """Move a request on and tell its resident; raises IllegalMove."""
    row = request_row(tx, call)
    move: RequestMove = call.body
    if move.of is not None and (
        move.state != "duplicate" or move.of == row["id"] or api_read.request_row(tx, move.of) is None
    ):
        raise Refused(422, "no_such_request", "`of` is for a duplicate, and names another request.")
    by = {"token": call.token_id}
    told = outside.move_request(
        tx, call.room.turns, row["id"], move.state, move.reference, by, call.now, of=move.of
    )
    return MovedRequest(view_of(call, request_row(tx, call)), told)


def request_row(tx: Tx, call: Call) -> Row:
    """Give the request the path names; raises Refused 404."""
    path: RequestPath = call.path
    row = api_read.request_row(tx, path.id)
    if row is None:
        raise not_found("request")
    return row


def view_of(call: Call, row: Row) -> HelpRequest:
    """Give a request as other systems see it."""
    words = call.may("people:read")
    return HelpRequest(
        id=row["id"],
        code=row["code"],
        state=row["state"],
        person=call.person(row["resident_id"]),
        volunteer=call.person(row["volunteer_id"]) if row["volunteer_id"] is not None else None,
        language=row["language"],
        category=row["category"],
        urgency=row["urgency"],
        wanted_on=date.fromisoformat(row["wanted_on"]) if row["wanted_on"] else None,
        what=row["what"] if words else None,
        area=row["area"] if words else None,
        opened_at=from_text(row["opened_at"]),
        changed_at=from_text(row["changed_at"]),
        closed_at=from_text(row["closed_at"]) if row["closed_at"] else None,
    )


OPERATIONS = (
    Operation(
        "listRequests",
        "GET",
        "/requests",
        "List requests for help",
        "request",
        HelpRequestPage,
        scope="requests:read",
        work=list_requests,
        query=RequestQuery,
    ),
    Operation(
        "readRequest",
        "GET",
        "/requests/{id}",
        "Read one request for help",
        "request",
        HelpRequest,
        scope="requests:read",
        work=read_request,
        params=RequestPath,
    ),
    Operation(
        "moveRequest",
        "POST",
        "/requests/{id}/state",
        "Move a request to another state",
        "request",
        MovedRequest,
        scope="requests:write",
        work=move_request,
        params=RequestPath,
        body=RequestMove,
        errors=(409,),
        about="The resident hears of it by text, in their language. A move that cannot be made answers 409.",
    ),
)
