"""What residents do with their own requests: ask how far they are, change, withdraw, say how it went."""

from __future__ import annotations

from collections.abc import Mapping

from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services import offers
from gateway.services.acting import Acting, Action
from gateway.services.codes import new_code
from gateway.services.help_asking import chosen, key_in, words_in
from gateway.services.help_lifecycle import CLOSED, Doing, move
from gateway.services.help_words import details, facts, first_name, offer_facts, short, tell_duty
from gateway.store import help as store
from gateway.store import people
from gateway.store.help import HelpRequest
from gateway.store.help_offers import offers_of_request
from gateway.store.help_settings import help_settings
from gateway.store.volunteers import volunteer


def mine(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find the resident's open requests: none, one, or several to choose from."""
    found = store.open_requests_of(acting.tx, acting.resident.id)
    if not found:
        return Outcome("none")
    if len(found) == 1:
        return Outcome("one", facts(found[0]))
    pairs: list[Json] = [[request.code, f"{request.code} {short(request.what)}"] for request in found]
    return Outcome("several", {"requests": Value("options", pairs)})


def status(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say how far a request is, and who comes."""
    request = chosen(acting, values)
    if request is None:
        return Outcome("gone")
    if request.state == "matched" and request.volunteer_id is not None:
        return Outcome("matched", {**facts(request), "helper": _helper(acting, request)})
    if request.state == "matched":  # another system has found somebody
        return Outcome("found", facts(request))
    return Outcome("closed" if request.state in CLOSED else request.state, facts(request))


def pick(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take the request that was chosen as the one the conversation is about."""
    request = chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    return Outcome("picked", facts(request))


def reword(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Put other words in the place of the resident's own."""
    request = chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    what = words_in(values, "what")
    if not any(letter.isalpha() for letter in what):
        return Outcome("wordless")
    store.change_request(acting.tx, request.id, acting.now, what=what)
    acting.emit("help.described", f"help:{request.id}", code=request.code)
    return Outcome("noted")


def announce_change(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Tell those concerned that a request has changed, and look for others where it suits nobody any more."""
    request = chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    tell_duty(acting, "told_changed", request)
    if request.state == "matched" and request.volunteer_id is not None:
        helper = volunteer(acting.tx, request.volunteer_id)
        if helper is not None:
            told = details(acting, help_settings(acting.tx), request, helper.language)
            acting.tell(
                helper.number, Prompt("claim", "told_changed", "confirmation", told), ref=request.code
            )
    elif request.state in ("offered", "looking") and key_in(values, "change") in ("when", "where"):
        _offer_anew(acting, request)
    return Outcome("changed", facts(request))


def withdraw(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take a request back and tell those who may be looking or coming already."""
    request = chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    end(acting, request, "withdraw")
    tell_duty(acting, "told_withdrawn", request)
    return Outcome("withdrawn", facts(request))


def end(
    doing: Doing, request: HelpRequest, trigger: str, told: dict[str, Json] | None = None, **columns: object
) -> HelpRequest:
    """End a request, and tell those who were asked, or were still to come, that it is no longer needed."""
    offers.end_open_offers(doing, request, "closed", "told_closed")
    if request.state == "matched" and request.volunteer_id is not None and trigger != "complete":
        helper = people.resident_by_id(doing.tx, request.volunteer_id)
        doing.tell(helper.number, Prompt("claim", "told_closed", values={"ref": text(request.code)}))
        offers.release(doing, request, "closed")
    return move(doing, request, trigger, told, **columns)


def keep_address(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Keep where exactly help is needed, and tell it to whoever has claimed the request, and only them."""
    request = chosen(acting, values)
    if request is None or request.state != "matched" or request.volunteer_id is None:
        return Outcome("gone")
    store.change_request(acting.tx, request.id, acting.now, address=words_in(values, "address"))
    acting.emit("help.described", f"help:{request.id}", code=request.code)
    helper = volunteer(acting.tx, request.volunteer_id)
    if helper is not None:
        request = store.request_by_id(acting.tx, request.id)
        told = details(acting, help_settings(acting.tx), request, helper.language)
        acting.tell(helper.number, Prompt("claim", "told_address", "confirmation", told), ref=request.code)
    return Outcome("kept", {"helper": _helper(acting, request)})


def confirm(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take from the resident that it happened: the request is done."""
    request = chosen(acting, values)
    if request is None or request.state not in ("matched", "done"):
        return Outcome("gone")
    if request.state == "matched":
        move(acting, request, "complete", {"happened": True}, happened=True)
    else:
        store.change_request(acting.tx, request.id, acting.now, happened=True)
        acting.emit("help.confirmed", f"help:{request.id}", code=request.code)
    return Outcome("confirmed", facts(request))


def deny(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take from the resident that it did not happen: somebody is looked for again."""
    request = chosen(acting, values)
    if request is None or request.state not in ("matched", "done"):
        return Outcome("gone")
    reopened = reopen(acting, request)
    tell_duty(acting, "told_reopened", reopened)
    return Outcome("reopened", facts(reopened))


def reopen(doing: Doing, request: HelpRequest) -> HelpRequest:
    """Look again for somebody for a request that was to be done: from now on it is for today."""
    settings = help_settings(doing.tx)
    today = next((urgency.key for urgency in settings.urgencies if urgency.when == "today"), "")
    code = request.code
    if request.closed_at is not None and code in store.codes_in_use(doing.tx):
        code = new_code(doing.random, store.codes_in_use(doing.tx))
    offers.release(doing, request)
    columns = {
        "urgency": today,
        "part": "",
        "wanted_on": doing.now.astimezone(doing.zone).date(),
        "happened": False,
        "code": code,
        "nobody_at": None,
        "asked_at": None,
    }
    trigger = "look" if request.closed_at is None else "reopen"
    looking = move(doing, request, trigger, {"reason": "did not happen"}, **columns)
    return offers.offer_next(doing, looking)


def _offer_anew(acting: Acting, request: HelpRequest) -> None:
    """Keep the offers of those it still fits in what was changed; ask the next few where none is left."""
    settings = help_settings(acting.tx)
    for offer in offers_of_request(acting.tx, request.id):
        asked = volunteer(acting.tx, offer.volunteer_id)
        if offer.state == "open" and asked is not None:
            told = offer_facts(acting, settings, request, asked.language)
            acting.tell(
                asked.number, Prompt("claim", "told_offer_changed", "confirmation", told), ref="offer"
            )
    if request.state == "looking":
        offers.offer_next(acting, request)


def _helper(acting: Acting, request: HelpRequest) -> Value:
    assert request.volunteer_id is not None, "a matched request is somebody's"  # noqa: S101
    return text(first_name(people.resident_by_id(acting.tx, request.volunteer_id).name) or "?")


_FACTS = ("ref", "short")
_STATES = dict.fromkeys(("new", "looking", "offered", "found", "closed"), _FACTS)
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (ActionSpec("help.mine", {"none": (), "one": _FACTS, "several": ("requests",)}), mine),
        (
            ActionSpec("help.status", {**_STATES, "matched": (*_FACTS, "helper"), "gone": ()}),
            status,
        ),
        (ActionSpec("help.pick", {"picked": _FACTS, "gone": ()}), pick),
        (ActionSpec("help.reword", {"noted": (), "wordless": (), "gone": ()}), reword),
        (ActionSpec("help.announce", {"changed": _FACTS, "gone": ()}), announce_change),
        (ActionSpec("help.withdraw", {"withdrawn": _FACTS, "gone": ()}, binding=True), withdraw),
        (ActionSpec("help.address", {"kept": ("helper",), "gone": ()}), keep_address),
        (ActionSpec("help.confirm", {"confirmed": _FACTS, "gone": ()}), confirm),
        (ActionSpec("help.deny", {"reopened": _FACTS, "gone": ()}), deny),
    )
}
