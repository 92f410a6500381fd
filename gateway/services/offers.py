"""Offers: a request put to the volunteers it fits, a few at a time and fairest first, until one claims it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from flows.conversation import Prompt
from flows.value import text
from gateway.help_settings import HelpSettings
from gateway.services.help_fit import civil, fits, window
from gateway.services.help_lifecycle import Doing, move
from gateway.services.help_words import facts, first_name, offer_facts, tell_duty
from gateway.store import help as requests
from gateway.store import help_offers as store
from gateway.store import people
from gateway.store.help import HelpRequest
from gateway.store.help_offers import Offer
from gateway.store.help_settings import help_settings
from gateway.store.volunteers import Volunteer, fairest_first

RECENT = timedelta(days=28)
"""Offers of so long count when it is weighed whose turn it is."""

WEEK = timedelta(days=7)
ANSWER = timedelta(hours=1)
"""The term to answer where the community's settings give none."""

LOOK_AGAIN = timedelta(hours=4)
LOOK_AGAIN_NOW = timedelta(minutes=30)
"""After that long somebody may be free who was not, for what is needed right now or later."""


def look(doing: Doing, request: HelpRequest, reason: str = "") -> HelpRequest:
    """Begin to look for somebody, or begin again, and put the request to the next few."""
    looking = request
    if request.state not in ("looking", "offered"):
        looking = move(doing, request, "look", {"reason": reason} if reason else {}, nobody_at=None)
    return offer_next(doing, looking)


def offer_next(doing: Doing, request: HelpRequest) -> HelpRequest:
    """Put a request to the next few it fits; tell the people on duty when there is nobody (left).

    At night only what is needed right now is offered; all else waits for the morning.
    """
    settings = help_settings(doing.tx)
    morning = civil(doing.now, doing.zone)
    if morning > doing.now and (not _is_for_now(settings, request) or _is_past(doing, request)):
        return _wait(doing, request, morning)
    if _is_past(doing, request):
        return fail(doing, request)
    if not request.category:
        return _nobody(doing, request, "told_sort", None)
    chosen = candidates(doing, request, settings.offers_at_once)
    if not chosen:
        again = LOOK_AGAIN_NOW if _is_for_now(settings, request) else LOOK_AGAIN
        return _nobody(doing, request, "told_nobody", doing.now + again)
    return offer_to(doing, request, chosen)


def candidates(doing: Doing, request: HelpRequest, count: int) -> list[Volunteer]:
    """Give those who would be asked next, the fairest first."""
    settings = help_settings(doing.tx)
    needed = window(settings, request, doing.now, doing.zone)
    free = fairest_first(
        doing.tx, request.id, now=doing.now, recent=doing.now - RECENT, week=doing.now - WEEK
    )
    return list(islice((one for one in free if fits(one, settings, request, needed)), count))


def offer_to(doing: Doing, request: HelpRequest, chosen: Sequence[Volunteer]) -> HelpRequest:
    """Put a request to these volunteers, without name or address; the urgency says how long they have."""
    settings = help_settings(doing.tx)
    for volunteer in chosen:
        store.add_offer(doing.tx, request.id, volunteer.id, "open", doing.now)
        prompt = Prompt(
            "claim",
            "told_offer",
            "confirmation",
            values=offer_facts(doing, settings, request, volunteer.language),
        )
        doing.tell(volunteer.number, prompt, ref=f"help:{request.id}")
    return move(
        doing,
        request,
        "offer",
        {"volunteers": [volunteer.id for volunteer in chosen]},
        due_at=_term(doing, settings, request),
        nobody_at=None,
    )


def end_offer(doing: Doing, offer: Offer, state: str) -> None:
    """Move an offer to the state it ends in, and write the event that tells of it."""
    store.set_offer_state(doing.tx, offer.id, state, doing.now)
    doing.emit(f"offer.{state}", f"help:{offer.request_id}", volunteer=offer.volunteer_id)


def end_open_offers(doing: Doing, request: HelpRequest, state: str, phrase: str) -> None:
    """End the offers that were not answered, and tell those who have them (an empty phrase: nothing)."""
    for offer in store.offers_of_request(doing.tx, request.id):
        if offer.state == "open":
            end_offer(doing, offer, state)
            if phrase:
                doing.tell(offer.number, Prompt("claim", phrase, values={"ref": text(request.code)}))


def pass_on(doing: Doing, offer: Offer, request: HelpRequest) -> None:
    """Note a no; where nobody else is still to answer, the next few are asked at once."""
    if offer.state not in ("open", "lapsed"):
        return
    end_offer(doing, offer, "declined")
    others = store.offers_of_request(doing.tx, request.id)
    if request.state == "offered" and not any(other.state == "open" for other in others):
        offer_next(doing, request)


def release(doing: Doing, request: HelpRequest, state: str = "given_back") -> None:
    """End the offer that was claimed, if one was: its volunteer does not do it, or need not."""
    for offer in store.offers_of_request(doing.tx, request.id):
        if offer.state == "accepted":
            end_offer(doing, offer, state)


def match(doing: Doing, request: HelpRequest, volunteer: Volunteer, offer: Offer | None) -> HelpRequest:
    """Give a request to a volunteer; the others hear that it is taken, the resident who comes."""
    matched = move(
        doing,
        request,
        "match",
        {"volunteer": volunteer.id},
        volunteer_id=volunteer.id,
        matched_at=doing.now,
        due_at=doing.now,
        nobody_at=None,
    )
    if offer is None:
        store.add_offer(doing.tx, request.id, volunteer.id, "accepted", doing.now)
        doing.emit("offer.accepted", f"help:{request.id}", volunteer=volunteer.id)
    else:
        end_offer(doing, offer, "accepted")
    end_open_offers(doing, matched, "taken", "told_taken")
    _tell_match(doing, matched, volunteer)
    return requests.request_by_id(doing.tx, request.id)


def give_back(doing: Doing, request: HelpRequest, reason: str) -> HelpRequest:
    """Take a request from whoever had claimed it; others are asked, and the resident hears of it."""
    release(doing, request)
    resident = people.resident_by_id(doing.tx, request.resident_id)
    doing.tell(resident.number, Prompt("help", "told_looking_again", values=facts(request)))
    tell_duty(doing, "told_given_back", request)
    return look(doing, request, reason)


def fail(doing: Doing, request: HelpRequest) -> HelpRequest:
    """End a request for which nobody was found in time; the resident and the people on duty hear of it."""
    end_open_offers(doing, request, "closed", "told_closed")
    resident = people.resident_by_id(doing.tx, request.resident_id)
    doing.tell(resident.number, Prompt("help", "told_failed", values=facts(request)))
    tell_duty(doing, "told_failed_duty", request)
    return move(doing, request, "fail")


def _tell_match(doing: Doing, request: HelpRequest, volunteer: Volunteer) -> None:
    """Tell the resident who comes, and ask where exactly, at once or when they are not busy any more."""
    resident = people.resident_by_id(doing.tx, request.resident_id)
    helper = text(first_name(volunteer.name) or "?")
    if doing.invite(resident.number, "address", {**facts(request), "helper": helper}):
        requests.change_request(doing.tx, request.id, doing.now, address_asked_at=doing.now)
    else:
        values = {**facts(request), "helper": helper}
        doing.tell(resident.number, Prompt("address", "told_matched", values=values))


def _nobody(doing: Doing, request: HelpRequest, phrase: str, again: datetime | None) -> HelpRequest:
    """Leave a request to the people on duty, who are told once; whoever becomes free may be asked later."""
    waiting = request
    if any(offer.state == "open" for offer in store.offers_of_request(doing.tx, request.id)):
        return request
    if request.state == "offered":
        waiting = move(doing, request, "look", {"reason": "nobody"})
    if request.nobody_at is None:
        tell_duty(doing, phrase, request)
    requests.change_request(
        doing.tx, request.id, doing.now, nobody_at=waiting.nobody_at or doing.now, due_at=again
    )
    return requests.request_by_id(doing.tx, request.id)


def _wait(doing: Doing, request: HelpRequest, until: datetime | None) -> HelpRequest:
    requests.change_request(doing.tx, request.id, doing.now, due_at=until)
    return requests.request_by_id(doing.tx, request.id)


def _term(doing: Doing, settings: HelpSettings, request: HelpRequest) -> datetime:
    """Give until when an offer can be answered; a term that ends at night goes on until the morning."""
    urgency = settings.urgency(request.urgency)
    ends = doing.now + (timedelta(minutes=urgency.answer_minutes) if urgency else ANSWER)
    return ends if _is_for_now(settings, request) else civil(ends, doing.zone)


def _is_for_now(settings: HelpSettings, request: HelpRequest) -> bool:
    urgency = settings.urgency(request.urgency)
    return urgency is not None and urgency.when == "now"


def _is_past(doing: Doing, request: HelpRequest) -> bool:
    return request.wanted_on is not None and request.wanted_on < doing.now.astimezone(doing.zone).date()
