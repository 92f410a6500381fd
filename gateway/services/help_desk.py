"""What a coordinator does with requests for help: offer, assign, move on, join, note, and look back.

`by` is how the dashboard names whoever acts; it goes into the event and into nothing a resident reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flows.conversation import Prompt
from flows.value import Json
from gateway.services import offers
from gateway.services.help_lifecycle import CLOSED, Doing
from gateway.services.help_own import end, reopen
from gateway.services.help_words import details, facts
from gateway.services.lifecycle import IllegalMove
from gateway.store import help as store
from gateway.store import people
from gateway.store.announcements import OFFERS, refuses
from gateway.store.database import Tx
from gateway.store.events import events_about
from gateway.store.help import HelpRequest
from gateway.store.help_offers import Offer, offers_of_request
from gateway.store.help_settings import help_settings
from gateway.store.volunteers import Volunteer, volunteer


@dataclass(frozen=True, slots=True)
class History:
    """What became of a request: its events (when, what, details), offers and notes, each oldest first."""

    events: Sequence[tuple[datetime, str, dict[str, Json]]]
    offers: Sequence[Offer]
    notes: Sequence[tuple[datetime, str, str]]


def history(tx: Tx, request_id: int) -> History:
    """Give all that happened to a request."""
    return History(
        events=events_about(tx, f"help:{request_id}"),
        offers=offers_of_request(tx, request_id),
        notes=store.notes_on(tx, request_id),
    )


def offer_now(doing: Doing, request_id: int, volunteer_ids: Sequence[int], by: str) -> HelpRequest:
    """Put a request to volunteers a coordinator chose, or (none) to the next few; raises IllegalMove."""
    request = _open(doing, request_id)
    store.change_request(doing.tx, request.id, doing.now, held=False)
    doing.emit("help.handled", f"help:{request.id}", code=request.code, by=by, did="offer")
    if request.state == "matched":
        raise IllegalMove("Somebody has claimed it, so it was offered to nobody. Take it from them first.")
    if not volunteer_ids:
        return offers.look(doing, request, "by hand")
    asked = {offer.volunteer_id for offer in offers_of_request(doing.tx, request_id) if offer.state == "open"}
    chosen = [_volunteer(doing, one) for one in volunteer_ids if one not in asked]
    if any(refuses(doing.tx, one.id, OFFERS) for one in chosen):
        raise IllegalMove("Somebody there texted STOP OFFERS, so nobody was asked. Ring them, or ask others.")
    return offers.offer_to(doing, request, chosen)


def assign(doing: Doing, request_id: int, volunteer_id: int, by: str) -> HelpRequest:
    """Give a request to a volunteer who has agreed to it, and send them the details. Raises IllegalMove."""
    request = _open(doing, request_id)
    if request.state == "matched":
        raise IllegalMove("Somebody has claimed it already, so nothing was changed. Take it from them first.")
    doing.emit("help.handled", f"help:{request.id}", code=request.code, by=by, did="assign")
    helper = _volunteer(doing, volunteer_id)
    open_offers = [o for o in offers_of_request(doing.tx, request_id) if o.state == "open"]
    offer = next((o for o in open_offers if o.volunteer_id == volunteer_id), None)
    matched = offers.match(doing, request, helper, offer)
    told = details(doing, help_settings(doing.tx), matched, helper.language)
    doing.tell(helper.number, Prompt("claim", "told_assigned", "confirmation", told), ref=request.code)
    return matched


def take_from(doing: Doing, request_id: int, by: str) -> HelpRequest:
    """Take a request from whoever has claimed it, and look for others; raises IllegalMove."""
    request = _open(doing, request_id)
    if request.state != "matched" or request.volunteer_id is None:
        raise IllegalMove("Nobody has claimed it, so nothing was changed. Look at it again first.")
    doing.emit("help.handled", f"help:{request.id}", code=request.code, by=by, did="take")
    helper = people.resident_by_id(doing.tx, request.volunteer_id)
    doing.tell(helper.number, Prompt("claim", "told_closed", values={"ref": facts(request)["ref"]}))
    return offers.give_back(doing, request, "by hand")


def set_state(doing: Doing, request_id: int, trigger: str, by: str) -> HelpRequest:
    """Move a request on by hand: look, complete, fail, withdraw or reopen; raises IllegalMove."""
    request = store.request_by_id(doing.tx, request_id)
    doing.emit("help.handled", f"help:{request.id}", code=request.code, by=by, did=trigger)
    match trigger:
        case "look" if request.state == "matched":
            return take_from(doing, request.id, by)
        case "look":
            store.change_request(doing.tx, request.id, doing.now, held=False)
            return offers.look(doing, store.request_by_id(doing.tx, request.id), "by hand")
        case "reopen" if request.state in ("done", "failed"):
            return reopen(doing, request)
        case "complete" | "fail" | "withdraw":
            _tell_end(doing, request, trigger)
            return end(doing, request, trigger)
    raise IllegalMove(
        f"What is {request.state} cannot {trigger}, so nothing was changed. Look at it again first."
    )


def mark_duplicate(doing: Doing, request_id: int, of_id: int, by: str) -> HelpRequest:
    """Close a request that asks for the same as another; raises IllegalMove."""
    request = _open(doing, request_id)
    if of_id == request_id:
        raise IllegalMove("A request is no duplicate of itself, so nothing was changed. Choose another one.")
    doing.emit("help.handled", f"help:{request.id}", code=request.code, by=by, did="merge")
    other = store.request_by_id(doing.tx, of_id)
    return end(doing, request, "merge", {"of": other.code}, duplicate_of=of_id)


def note(doing: Doing, request_id: int, words: str, by: str) -> int:
    """Keep what a coordinator noted about a request; its words are erased with the request's own."""
    request = store.request_by_id(doing.tx, request_id)
    doing.emit("help.noted", f"help:{request.id}", code=request.code, by=by)
    return store.add_note(doing.tx, request_id, by, words, doing.now)


def set_details(
    doing: Doing, request_id: int, by: str, *, category: str, urgency: str, area: str, wanted_on: date | None
) -> HelpRequest:
    """Sort a request by hand; one that waited for that is offered. Raises IllegalMove."""
    request = _open(doing, request_id)
    store.change_request(
        doing.tx,
        request.id,
        doing.now,
        category=category,
        urgency=urgency,
        area=area,
        wanted_on=wanted_on,
        nobody_at=None,
    )
    doing.emit("help.described", f"help:{request.id}", code=request.code, by=by, category=category)
    sorted_now = store.request_by_id(doing.tx, request.id)
    return offers.offer_next(doing, sorted_now) if request.state == "looking" else sorted_now


def _tell_end(doing: Doing, request: HelpRequest, trigger: str) -> None:
    """Tell the resident of an end that did not come from them."""
    if trigger == "fail":
        resident = people.resident_by_id(doing.tx, request.resident_id)
        doing.tell(resident.number, Prompt("help", "told_failed", values=facts(request)))


def _open(doing: Doing, request_id: int) -> HelpRequest:
    request = store.request_by_id(doing.tx, request_id)
    if request.state in CLOSED:
        raise IllegalMove(
            f"The request is {request.state}, so nothing was changed. Open it again first, if need be."
        )
    return request


def _volunteer(doing: Doing, volunteer_id: int) -> Volunteer:
    found = volunteer(doing.tx, volunteer_id)
    if found is None or not found.active:
        raise IllegalMove("That person is no volunteer any more, so nothing was changed. Choose another one.")
    return found
