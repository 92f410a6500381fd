"""What else may be done with a request for help: sorted, put to volunteers, given to one, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from gateway.api.kinds import Described, PersonId, Words
from gateway.api.operations import Call, Operation
from gateway.api.people import person_row
from gateway.api.problems import Refused
from gateway.api.requests import HelpRequest, RequestPath, request_row, view_of
from gateway.services import help_desk
from gateway.store import help_offers
from gateway.store.database import Tx
from gateway.store.help_settings import help_settings

FURTHEST = timedelta(days=366)
OfferState = Literal["open", "accepted", "declined", "lapsed", "taken", "closed", "given_back"]
Key = Annotated[str, Words(64, 0, "^[A-Za-z0-9_-]*$", example="shopping")]


@dataclass(frozen=True, slots=True)
class Offer:
    """That a volunteer was asked, and what they said."""

    person: PersonId
    state: OfferState
    offered_at: datetime


@dataclass(frozen=True, slots=True)
class Offers:
    """Every volunteer who was asked about a request, the first asked first."""

    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class AskedVolunteers:
    """Whom a request is put to; nobody named: the next few it fits, the fairest first."""

    people: list[PersonId]


@dataclass(frozen=True, slots=True)
class RequestHelper:
    """The volunteer who agreed to see to a request."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """What a request is about, by keys of the community's settings (empty: not known), and for which day."""

    category: Key
    urgency: Key = ""
    area: Key = ""
    wanted_on: Annotated[date, Described("A local day.")] | None = None


def list_offers(tx: Tx, call: Call) -> Offers:
    """Give who was asked about a request."""
    row = request_row(tx, call)
    return Offers([_offer(call, one) for one in help_offers.offers_of_request(tx, row["id"])])


def offer_request(tx: Tx, call: Call) -> HelpRequest:
    """Put a request to volunteers; raises IllegalMove, Refused."""
    row = request_row(tx, call)
    asked: AskedVolunteers = call.body
    people = [int(person_row(tx, call, one)["id"]) for one in dict.fromkeys(asked.people)]
    help_desk.offer_now(call.timing(tx), row["id"], people, call.by)
    return _done(tx, call, "api.request_offered")


def assign_request(tx: Tx, call: Call) -> HelpRequest:
    """Give a request to a volunteer who agreed to it, and send them the details; raises IllegalMove."""
    row = request_row(tx, call)
    helper: RequestHelper = call.body
    person = person_row(tx, call, helper.person)
    help_desk.assign(call.timing(tx), row["id"], person["id"], call.by)
    return _done(tx, call, "api.request_assigned")


def release_request(tx: Tx, call: Call) -> HelpRequest:
    """Take a request from whoever has claimed it, and look for others; raises IllegalMove."""
    row = request_row(tx, call)
    help_desk.take_from(call.timing(tx), row["id"], call.by)
    return _done(tx, call, "api.request_released")


def reopen_request(tx: Tx, call: Call) -> HelpRequest:
    """Look again for somebody for a request that was done, or failed; raises IllegalMove."""
    row = request_row(tx, call)
    help_desk.set_state(call.timing(tx), row["id"], "reopen", call.by)
    return _done(tx, call, "api.request_reopened")


def sort_request(tx: Tx, call: Call) -> HelpRequest:
    """Sort a request; one that waited for that is offered. Raises IllegalMove, Refused."""
    row = request_row(tx, call)
    details: RequestDetails = call.body
    settings, today = help_settings(tx), call.now.astimezone(call.room.turns.community.zone).date()
    if details.wanted_on is not None and not today <= details.wanted_on <= today + FURTHEST:
        raise Refused(422, "bad_day", "The day is today or one of the next year.")
    for name, key, known in (
        ("category", details.category, settings.categories),
        ("urgency", details.urgency, settings.urgencies),
        ("area", details.area, settings.areas),
    ):
        if key and key not in {one.key for one in known}:
            raise Refused(422, "no_such_key", f"The community's settings have no such {name}.")
    help_desk.set_details(
        call.timing(tx),
        row["id"],
        call.by,
        category=details.category,
        urgency=details.urgency,
        area=details.area,
        wanted_on=details.wanted_on,
    )
    return _done(tx, call, "api.request_sorted")


def _offer(call: Call, found: help_offers.Offer) -> Offer:
    state: OfferState = found.state  # type: ignore[assignment]
    return Offer(call.person(found.volunteer_id), state, found.offered_at)


def _done(tx: Tx, call: Call, action: str) -> HelpRequest:
    row = request_row(tx, call)
    call.journal(tx, action, f"help:{row['id']}", state=row["state"])
    return view_of(call, row)


OPERATIONS = (
    Operation(
        "listOffers",
        "GET",
        "/requests/{id}/offers",
        "List who was asked about a request",
        "request",
        Offers,
        scope="requests:read",
        work=list_offers,
        params=RequestPath,
    ),
    Operation(
        "offerRequest",
        "POST",
        "/requests/{id}/offers",
        "Put a request to volunteers",
        "request",
        HelpRequest,
        scope="requests:write",
        work=offer_request,
        params=RequestPath,
        body=AskedVolunteers,
        errors=(409,),
        about="They are asked by text, without name or address. At night only what is needed at once is put "
        "to the next few; all else waits for the morning.",
    ),
    Operation(
        "assignRequest",
        "POST",
        "/requests/{id}/assign",
        "Give a request to a volunteer who agreed to it",
        "request",
        HelpRequest,
        scope="requests:write",
        work=assign_request,
        params=RequestPath,
        body=RequestHelper,
        errors=(409,),
        about="The volunteer is sent the details, the resident hears who comes, others that it is taken.",
    ),
    Operation(
        "releaseRequest",
        "POST",
        "/requests/{id}/release",
        "Take a request from its volunteer and look for others",
        "request",
        HelpRequest,
        scope="requests:write",
        work=release_request,
        params=RequestPath,
        errors=(409,),
    ),
    Operation(
        "reopenRequest",
        "POST",
        "/requests/{id}/reopen",
        "Look again for somebody after all",
        "request",
        HelpRequest,
        scope="requests:write",
        work=reopen_request,
        params=RequestPath,
        errors=(409,),
    ),
    Operation(
        "sortRequest",
        "PUT",
        "/requests/{id}/details",
        "Say what a request is about",
        "request",
        HelpRequest,
        scope="requests:write",
        work=sort_request,
        params=RequestPath,
        body=RequestDetails,
        errors=(409,),
        about="A request that waited for that is put to volunteers.",
    ),
)
