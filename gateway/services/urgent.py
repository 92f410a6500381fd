"""Emergencies: one coordinator after the other is texted, until one answers GOT IT or takes it on a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from textwrap import shorten

from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Value, text
from gateway.notices import WORDS_TOLD, Notices
from gateway.services.acting import Acting, Action, Heeded
from gateway.store import help_urgent as store
from gateway.store import people
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.help_urgent import Alarm
from gateway.store.outbound import Lane
from gateway.store.people import Resident

GAP = timedelta(minutes=5)
"""So long one coordinator has to answer before the next is told."""

LATER_GAP, LATER = timedelta(minutes=15), timedelta(hours=1)
"""After an hour it goes on more slowly: the day's texts must last for what else happens."""

ANSWERED_FOR = timedelta(hours=24)
"""So long a GOT IT is taken for an answer to what was told."""


def alarm(notices: Notices, resident: Resident, words: str, lane: Lane) -> None:
    """Tell the coordinator on duty of the emergency that was just raised about `resident`.

    Whoever was told last is told again when more words come; the next are told as time passes.
    """
    tx, now = notices.tx, notices.now
    found = store.open_alarm(tx, f"resident:{resident.id}")
    order = _order(tx, resident.id)
    if found is None or not order:
        return
    kept = shorten(words, WORDS_TOLD, placeholder="…")
    told = store.told_of(tx, found.id)
    last = next((one for one in order if told and one.id == told[-1]), None)
    _tell(notices, found, last or order[0], "duty_emergency", kept, lane)
    store.keep_alarm(tx, found.id, kept, found.repeat_at or now + GAP)


def repeat(notices: Notices) -> datetime | None:
    """Tell the next coordinator of every emergency nobody has taken; give when the next is to be told."""
    tx, now = notices.tx, notices.now
    dues: list[datetime] = []
    for found in store.alarms_to_repeat(tx):
        if found.taken_at is not None:
            _settle(notices, found)
        elif found.repeat_at is not None and found.repeat_at > now:
            dues.append(found.repeat_at)
        else:
            dues.append(_repeat(notices, found))
    return min(dues, default=None)


def take(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give whoever answers every emergency they were told of; the others hear of it soon."""
    tx, me = acting.tx, acting.resident
    told = store.alarms_told_to(tx, me.id, acting.now - ANSWERED_FOR)
    mine = [
        found
        for found in told
        if found.taken_at is None and store.take_alarm(tx, found.id, me.id, acting.now)
    ]
    for found in mine:
        acting.emit("urgent.taken", found.subject)
    if mine:
        return Outcome("taken", {"who": text("; ".join(_who(found) for found in mine))})
    taker = next((found.taker for found in reversed(told) if found.taker), "")
    return Outcome("before", {"by": text(taker or "?")})


def _repeat(notices: Notices, found: Alarm) -> datetime:
    tx, now = notices.tx, notices.now
    order = _order(tx, found.resident_id)
    later = now + (GAP if now - found.at < LATER else LATER_GAP)
    if order:
        told = store.told_of(tx, found.id)
        places = [one.id for one in order]
        after = places.index(told[-1]) + 1 if told and told[-1] in places else 0
        _tell(notices, found, order[after % len(order)], "duty_again", found.words, Lane.URGENT)
    store.keep_alarm(tx, found.id, found.words, later)
    return later


def _settle(notices: Notices, found: Alarm) -> None:
    """Tell the others who were told that somebody sees to it, and forget the words."""
    values = {"who": text(_who(found)), "by": text(found.taker or "?")}
    for resident_id in dict.fromkeys(store.told_of(notices.tx, found.id)):
        one = people.resident_by_id(notices.tx, resident_id)
        if one.name != found.taker:
            notices.tell(one.number, Prompt("common", "duty_taken", values=values))
    store.keep_alarm(notices.tx, found.id, "", None)


def _tell(notices: Notices, found: Alarm, coordinator: Resident, phrase: str, words: str, lane: Lane) -> None:
    values = {"who": text(_who(found)), "words": text(words)}
    notices.tell(coordinator.number, Prompt("common", phrase, values=values), lane=lane)
    store.add_telling(notices.tx, found.id, coordinator.id, notices.now)
    write_event(notices.tx, "urgent.told", found.subject, {}, notices.now)


def _order(tx: Tx, resident_id: int | None) -> list[Resident]:
    """Give whom to tell, one after the other: those on duty first, never whoever cried for help."""
    on_duty = people.coordinators_on_duty(tx)
    others = [one for one in people.coordinators(tx) if one.id not in {duty.id for duty in on_duty}]
    return [one for one in (*on_duty, *others) if one.id != resident_id and not one.stopped]


def _who(found: Alarm) -> str:
    return f"{found.name} {found.number}".strip()


def _was_told(acting: Acting, names: str) -> bool:  # noqa: ARG001
    return bool(store.alarms_told_to(acting.tx, acting.resident.id, acting.now - ANSWERED_FOR))


HEEDED: Mapping[str, Heeded] = {"got_it": _was_told}
ACTIONS: Mapping[str, Action] = {
    "urgent.take": Action(ActionSpec("urgent.take", {"taken": ("who",), "before": ("by",)}), take),
}
