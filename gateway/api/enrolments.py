"""Those who want to be a member: let in, or turned down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from gateway.api.kinds import Cursor, Described, Id, Limit, PersonId
from gateway.api.members import without_pins
from gateway.api.operations import Call, Operation
from gateway.api.problems import not_found
from gateway.services import membership
from gateway.store import api_read, enrolments
from gateway.store.database import Tx

EnrolmentState = Literal["waiting", "approved", "refused"]


Decision = Literal["approved", "refused"]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """That somebody asked to be a member. `name` is null without `people:read`."""

    id: Id
    code: str
    state: EnrolmentState
    person: PersonId
    name: str | None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class EnrolmentPage:
    """Those who asked, the first who asked first, and the cursor of the next page."""

    items: list[Enrolment]
    next: str | None


@dataclass(frozen=True, slots=True)
class EnrolmentPath:
    """Whose wish."""

    id: Id


@dataclass(frozen=True, slots=True)
class EnrolmentQuery:
    """Whose wishes."""

    state: EnrolmentState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentDecision:
    """Whether somebody becomes a member."""

    state: Decision


@dataclass(frozen=True, slots=True)
class DecidedEnrolment:
    """What was decided. `need_pins`: members on that handset who need a PIN before they can vote from it."""

    enrolment: Enrolment
    member: Annotated[int, Described("The new member's id.")] | None
    need_pins: list[Id]


def list_enrolments(tx: Tx, call: Call) -> EnrolmentPage:
    """Give a page of those who asked to be a member."""
    query: EnrolmentQuery = call.query
    filters = {"state": query.state}
    after = call.begins("listEnrolments", filters)
    page = api_read.enrolment_page(tx, after, query.limit, query.state)
    return EnrolmentPage(
        [_view(call, _wish(tx, row["id"])) for row in page.rows],
        call.next("listEnrolments", filters, page.more_after),
    )


def decide_enrolment(tx: Tx, call: Call) -> DecidedEnrolment:
    """Let somebody in who asked, or turn them down, and tell them; raises IllegalMove."""
    path: EnrolmentPath = call.path
    decision: EnrolmentDecision = call.body
    wish, timing = _wish(tx, path.id), call.timing(tx)
    member_id, need_pins = None, list[int]()
    if decision.state == "approved":
        member_id = membership.approve(timing, wish, by=call.by).member_id
        need_pins = without_pins(tx, wish.resident_id)
    else:
        membership.refuse(timing, wish, by=call.by)
    call.journal(tx, "api.enrolment_decided", f"enrolment:{wish.id}", state=decision.state)
    return DecidedEnrolment(_view(call, _wish(tx, wish.id)), member_id, need_pins)


def _wish(tx: Tx, enrolment_id: int) -> enrolments.Enrolment:
    found = enrolments.by_id(tx, enrolment_id)
    if found is None:
        raise not_found("enrolment")
    return found


def _view(call: Call, found: enrolments.Enrolment) -> Enrolment:
    state: EnrolmentState = found.state  # type: ignore[assignment]
    return Enrolment(
        id=found.id,
        code=found.code,
        state=state,
        person=call.person(found.resident_id),
        name=found.name if call.may("people:read") else None,
        asked_at=found.asked_at,
    )


OPERATIONS = (
    Operation(
        "listEnrolments",
        "GET",
        "/enrolments",
        "List those who asked to be a member",
        "member",
        EnrolmentPage,
        scope="members:read",
        work=list_enrolments,
        query=EnrolmentQuery,
    ),
    Operation(
        "decideEnrolment",
        "POST",
        "/enrolments/{id}/state",
        "Let somebody in who asked to be a member, or turn them down",
        "member",
        DecidedEnrolment,
        scope="members:write",
        work=decide_enrolment,
        params=EnrolmentPath,
        body=EnrolmentDecision,
        errors=(409,),
        about="They hear of it by text.",
    ),
)
