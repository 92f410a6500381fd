"""What time itself does with requests for help: terms end, reminders go out, residents say how it went."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flows.conversation import Prompt
from flows.value import text
from gateway.services import offers
from gateway.services.acting import Timed, Timing
from gateway.services.help_fit import at, civil
from gateway.services.help_lifecycle import move
from gateway.services.help_words import details, facts, first_name, tell_duty
from gateway.store import help as store
from gateway.store import people
from gateway.store.announcements import REMINDERS, refuses
from gateway.store.help import HelpRequest
from gateway.store.help_settings import help_settings
from gateway.store.volunteers import volunteer

REMIND_AT = time(18)
"""When, the day before, whoever has claimed something for a day is reminded of it."""

ASK_AT = time(10)
"""When, the day after, a resident is asked whether it happened, if nobody has said so."""

ASK_AFTER = timedelta(days=3)
"""The same for what was for no certain day."""

UNANSWERED = timedelta(days=3)
"""Who says nothing for so long leaves it at that: the request is done as far as anybody knows."""

BUSY = timedelta(minutes=10)
"""After that long somebody is asked again who was busy with something else."""


def keep_times(timing: Timing) -> datetime | None:
    """Do what is due with every request, and give when the next is."""
    for request in store.due_requests(timing.tx, timing.now):
        _attend(timing, request)
    return store.next_due(timing.tx)


def _attend(timing: Timing, request: HelpRequest) -> None:
    match request.state:
        case "new":
            offers.look(timing, request)
        case "looking":
            offers.offer_next(timing, request)
        case "offered":
            _lapse(timing, request)
        case "matched":
            _accompany(timing, request)
        case _:
            _ask(timing, request)


def _lapse(timing: Timing, request: HelpRequest) -> None:
    """End the term of the offers nobody answered; the next few are asked. A late yes still counts."""
    offers.end_open_offers(timing, request, "lapsed", "")
    offers.offer_next(timing, request)


def _accompany(timing: Timing, request: HelpRequest) -> None:
    """Ask the resident where exactly, remind whoever comes, ask how it went: each when its time has come."""
    if request.asked_at is not None and timing.now >= request.asked_at + UNANSWERED:
        tell_duty(timing, "told_unanswered", request)
        move(timing, request, "complete", {"unanswered": True})
        return
    if request.asked_at is None and timing.now >= _ask_moment(timing, request):
        _ask(timing, request)
        return
    if request.volunteer_id is None:  # another system has found somebody, and sees to the rest
        store.change_request(timing.tx, request.id, timing.now, due_at=None)
        return
    if request.address_asked_at is None:
        _ask_address(timing, request)
    if _reminder(timing, request) is not None:
        _remind(timing, request)
    _plan(timing, store.request_by_id(timing.tx, request.id))


def _plan(timing: Timing, request: HelpRequest) -> None:
    """Settle when a claimed request is attended to next."""
    dues = [_ask_moment(timing, request)] if request.asked_at is None else [request.asked_at + UNANSWERED]
    if request.address_asked_at is None:
        dues.append(timing.now + BUSY)
    if request.reminded_at is None and request.wanted_on is not None and request.matched_at is not None:
        moment = at(request.wanted_on - timedelta(days=1), REMIND_AT, timing.zone)
        if moment > max(timing.now, request.matched_at):
            dues.append(moment)
    store.change_request(timing.tx, request.id, timing.now, due_at=min(dues))


def _reminder(timing: Timing, request: HelpRequest) -> datetime | None:
    """Give since when a reminder is due (None: none is)."""
    if request.reminded_at is not None or request.wanted_on is None or request.matched_at is None:
        return None
    moment = at(request.wanted_on - timedelta(days=1), REMIND_AT, timing.zone)
    in_time = moment <= timing.now and not _is_over(timing, request)
    return moment if in_time and request.matched_at < moment else None


def _remind(timing: Timing, request: HelpRequest) -> None:
    helper = volunteer(timing.tx, request.volunteer_id) if request.volunteer_id is not None else None
    if helper is not None and not refuses(timing.tx, helper.id, REMINDERS):
        told = details(timing, help_settings(timing.tx), request, helper.language)
        timing.tell(helper.number, Prompt("claim", "told_reminder", "confirmation", told), ref=request.code)
    store.change_request(timing.tx, request.id, timing.now, reminded_at=timing.now)
    timing.emit("help.reminded", f"help:{request.id}", code=request.code)


def _ask_address(timing: Timing, request: HelpRequest) -> None:
    resident = people.resident_by_id(timing.tx, request.resident_id)
    assert request.volunteer_id is not None, "a matched request is somebody's"  # noqa: S101
    helper = first_name(people.resident_by_id(timing.tx, request.volunteer_id).name) or "?"
    values = {**facts(request), "helper": text(helper)}
    if timing.invite(resident.number, "address", values):
        store.change_request(timing.tx, request.id, timing.now, address_asked_at=timing.now)


def _ask(timing: Timing, request: HelpRequest) -> None:
    """Ask the resident whether it happened, at a civil hour and when they are not busy."""
    morning = civil(timing.now, timing.zone)
    if morning > timing.now:
        store.change_request(timing.tx, request.id, timing.now, due_at=morning)
        return
    resident = people.resident_by_id(timing.tx, request.resident_id)
    if timing.invite(resident.number, "happened", facts(request)):
        again = timing.now + UNANSWERED if request.state == "matched" else None
        store.change_request(timing.tx, request.id, timing.now, asked_at=timing.now, due_at=again)
    elif request.closed_at is not None and timing.now > request.closed_at + UNANSWERED:
        store.change_request(timing.tx, request.id, timing.now, due_at=None)
    else:
        store.change_request(timing.tx, request.id, timing.now, due_at=timing.now + BUSY)


def _ask_moment(timing: Timing, request: HelpRequest) -> datetime:
    day = request.wanted_on
    if day is not None:
        return at(day + timedelta(days=1), ASK_AT, timing.zone)
    matched = (request.matched_at or timing.now) + ASK_AFTER
    return at(matched.astimezone(timing.zone).date(), ASK_AT, timing.zone)


def _is_over(timing: Timing, request: HelpRequest) -> bool:
    today = timing.now.astimezone(timing.zone).date()
    return request.wanted_on is not None and request.wanted_on < today


TIMED: Timed = keep_times
