"""What volunteers do: claim an offer or pass it on, say done or that they can't, pause and come back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from flows.answers import TYPES
from flows.answers.base import Question, Understood
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services import offers, volunteer_desk
from gateway.services.acting import Acting, Action, Heeded
from gateway.services.codes import read_code
from gateway.services.help_asking import key_in, words_in
from gateway.services.help_fit import civil
from gateway.services.help_lifecycle import CLOSED, move
from gateway.services.help_words import details, offer_facts
from gateway.store import help as requests
from gateway.store import help_offers as store
from gateway.store import volunteers
from gateway.store.help import HelpRequest
from gateway.store.help_offers import Offer
from gateway.store.help_settings import help_settings
from gateway.store.places import Places

ASK_AFTER = timedelta(minutes=30)
"""So long after a volunteer said done their resident is asked whether it happened."""


def claim(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give the request to whoever is first to claim it; only they hear who, where and the words."""
    offer = _offer(acting, values)
    if isinstance(offer, Outcome):
        return offer
    request = requests.request_by_id(acting.tx, offer.request_id)
    named = {"ref": text(request.code)}
    if request.state == "matched" and request.volunteer_id != acting.resident.id:
        if offer.state == "open":
            offers.end_offer(acting, offer, "taken")
        return Outcome("taken", named)
    if request.state in CLOSED:
        return Outcome("over", named)
    if request.state != "matched":
        me = volunteers.volunteer(acting.tx, acting.resident.id)
        assert me is not None, "an offer was made to somebody who is no volunteer"  # noqa: S101
        request = offers.match(acting, request, me, offer)
    told = details(acting, help_settings(acting.tx), request, acting.language)
    won = {"ring": "won_ring", "text": "won_text"}.get(request.reach, "won")
    return Outcome(won, told)


def decline(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Pass an offer on; from whoever has claimed it already, take it back."""
    offer = _offer(acting, values)
    if isinstance(offer, Outcome):
        return offer
    request = requests.request_by_id(acting.tx, offer.request_id)
    if request.state == "matched" and request.volunteer_id == acting.resident.id:
        offers.give_back(acting, request, "given back")
        return Outcome("given_back", {"ref": text(request.code)})
    offers.pass_on(acting, offer, request)
    return Outcome("declined", {"ref": text(request.code)})


def done(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take from a volunteer that it is done; the resident is asked later."""
    request = _claimed(acting, values)
    if isinstance(request, Outcome):
        return request
    ask = civil(acting.now + ASK_AFTER, acting.zone)
    move(acting, request, "complete", {"volunteer": acting.resident.id}, due_at=ask)
    return Outcome("done", {"ref": text(request.code)})


def give_back(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take a request back from a volunteer who can't after all; others are asked."""
    request = _claimed(acting, values)
    if isinstance(request, Outcome):
        return decline(acting, values) if request.name == "unknown" else request
    offers.give_back(acting, request, "given back")
    return Outcome("given_back", {"ref": text(request.code)})


def list_offers(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give the offers a volunteer has not answered, or what they have claimed where there is none.

    Whoever is no volunteer is a stranger.
    """
    settings = help_settings(acting.tx)
    found = [
        offer_facts(acting, settings, requests.request_by_id(acting.tx, offer.request_id), acting.language)
        for offer in store.open_offers_to(acting.tx, acting.resident.id)
    ]
    if len(found) == 1:
        return Outcome("one", found[0])
    if found:
        pairs: list[Json] = [[str(f["ref"].data), f"{f['ref'].data} {f['offer'].data}"] for f in found]
        return Outcome("several", {"offers": Value("options", pairs)})
    claimed = requests.matched_to(acting.tx, acting.resident.id)
    if not claimed:
        return Outcome("none" if volunteers.volunteer(acting.tx, acting.resident.id) else "stranger")
    told = [details(acting, settings, request, acting.language) for request in claimed]
    lines: list[Json] = [
        f"{t['ref'].data}: {t['what'].data}. {t['who'].data}, {t['where'].data}. {t['when'].data}."
        for t in told
    ]
    return Outcome("claimed", {"claimed": Value("list", lines)})


def show_offer(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say more of the offer that was chosen."""
    offer = store.offer_by_code(acting.tx, acting.resident.id, key_in(values, "which"))
    if offer is None or offer.state != "open":
        return Outcome("gone")
    request = requests.request_by_id(acting.tx, offer.request_id)
    return Outcome("shown", offer_facts(acting, help_settings(acting.tx), request, acting.language))


def pause(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Ask a volunteer nothing for as long as they say, or until they are back; pass on what they have."""
    said = words_in(values, "until")
    until = _until(acting, said) if said else acting.now + volunteer_desk.UNTIL_BACK
    if until is None:
        return Outcome("unclear")
    volunteer_desk.rest(acting, acting.resident.id, until)
    if not said:
        return Outcome("paused")
    day = until.astimezone(acting.zone).date()
    return Outcome("paused_until", {"day": Value("date", day.isoformat())})


def resume(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Ask a volunteer again."""
    volunteer_desk.come_back(acting, acting.resident.id)
    return Outcome("resumed")


def _offer(acting: Acting, values: Mapping[str, Value]) -> Offer | Outcome:
    """Find the offer a volunteer means: by its code, or the only one they have not answered."""
    named = key_in(values, "which") or words_in(values, "code") or words_in(values, "ref")
    if named:
        offer = store.offer_by_code(acting.tx, acting.resident.id, read_code(named))
        return offer or Outcome("unknown", {"ref": text(named)})
    found = store.open_offers_to(acting.tx, acting.resident.id)
    if len(found) == 1:
        return found[0]
    codes = [requests.request_by_id(acting.tx, offer.request_id).code for offer in found]
    return Outcome("which", {"codes": text(", ".join(codes))})


def _claimed(acting: Acting, values: Mapping[str, Value]) -> HelpRequest | Outcome:
    """Find the claimed request a volunteer means: by its code, or the only one."""
    found = requests.matched_to(acting.tx, acting.resident.id)
    code = read_code(words_in(values, "code"))
    if code:
        named = next((request for request in found if request.code == code), None)
        return named or Outcome("unknown", {"ref": text(code)})
    if len(found) == 1:
        return found[0]
    return Outcome("which", {"codes": text(", ".join(request.code for request in found))})


def _until(acting: Acting, said: str) -> datetime | None:
    """Understand "2 weeks" or "until 5 May": the beginning of that day."""
    now = acting.now.astimezone(acting.zone)
    question = Question(acting.language, now, "GB", Places({}, {}), {"within": "366d"})
    parsed = TYPES["date"].parse(said, question)
    if not isinstance(parsed, Understood):
        return None
    return datetime.combine(date.fromisoformat(str(parsed.value.data)), time(), acting.zone)


def _heeded(acting: Acting, names: str) -> bool:
    """Whether a word with a code, or the word alone, may be an answer to an offer."""
    if names:
        return bool(read_code(names)) and volunteers.volunteer(acting.tx, acting.resident.id) is not None
    return bool(store.open_offers_to(acting.tx, acting.resident.id))


def _heeded_after(acting: Acting, names: str) -> bool:
    """Whether a word with a code, or the word alone, may be about something claimed."""
    if names:
        return _heeded(acting, names)
    return bool(requests.matched_to(acting.tx, acting.resident.id))


def _may_pause(acting: Acting, names: str) -> bool:  # noqa: ARG001
    me = volunteers.volunteer(acting.tx, acting.resident.id)
    return me is not None and me.active


def _may_resume(acting: Acting, names: str) -> bool:
    me = volunteers.volunteer(acting.tx, acting.resident.id)
    paused = me is not None and me.paused_until is not None and me.paused_until > acting.now
    return paused and not names


HEEDED: Mapping[str, Heeded] = {
    "claim": _heeded,
    "decline": _heeded,
    "done": _heeded_after,
    "give_back": _heeded_after,
    "pause": _may_pause,
    "resume": _may_resume,
}

_NAMED = ("ref",)
_WON = ("ref", "who", "where", "when", "what")
_UNNAMED = {"unknown": _NAMED, "which": ("codes",)}
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec(
                "offer.claim",
                {
                    "won": _WON,
                    "won_ring": _WON,
                    "won_text": _WON,
                    "taken": _NAMED,
                    "over": _NAMED,
                    **_UNNAMED,
                },
                binding=True,
            ),
            claim,
        ),
        (
            ActionSpec("offer.decline", {"declined": _NAMED, "given_back": _NAMED, **_UNNAMED}),
            decline,
        ),
        (ActionSpec("offer.done", {"done": _NAMED, **_UNNAMED}), done),
        (
            ActionSpec("offer.give_back", {"given_back": _NAMED, "declined": _NAMED, **_UNNAMED}),
            give_back,
        ),
        (
            ActionSpec(
                "offer.list",
                {
                    "none": (),
                    "one": ("ref", "offer"),
                    "several": ("offers",),
                    "claimed": ("claimed",),
                    "stranger": (),
                },
            ),
            list_offers,
        ),
        (ActionSpec("offer.show", {"shown": ("ref", "offer"), "gone": ()}), show_offer),
        (ActionSpec("volunteer.pause", {"paused": (), "paused_until": ("day",), "unclear": ()}), pause),
        (ActionSpec("volunteer.resume", {"resumed": ()}), resume),
    )
}
