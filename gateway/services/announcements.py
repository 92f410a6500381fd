"""Announcements: a coordinator tells a group; every kind can be stopped alone, and answers go first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from rapidfuzz.distance import OSA

from flows.answers.fold import fold
from flows.commands import NEAR_LETTERS_MIN
from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Value, text
from gateway.services import volunteer_desk
from gateway.services.acting import Acting, Action, Heeded, Timed, Timing
from gateway.services.help_asking import key_in, words_in
from gateway.services.help_fit import civil
from gateway.services.lifecycle import advance, lifecycle
from gateway.store import announcements as store
from gateway.store.announcements import OFFERS, REMINDERS, Announcement, Audience
from gateway.store.outbound import Lane
from gateway.store.people import Resident

CATEGORIES = ("news", "events", "warnings")
"""The kinds of announcement, each of which can be stopped alone."""

KINDS = (*CATEGORIES, REMINDERS, OFFERS)
"""The kinds of text that can be stopped alone: besides, reminders, and what volunteers are asked to do."""

AT_A_TIME = 10
"""No more texts of announcements wait to go than these: whoever stops meanwhile is told nothing more."""

PACE = timedelta(seconds=30)

OPENED = "sending"
LIFECYCLE = lifecycle(OPENED, {"finish": {"sent": ("sending",)}, "stop": {"stopped": ("sending",)}})

_FLOW = "stop_news"
_LANGUAGES = ("en", "es", "ko")


def announce(
    timing: Timing, category: str, words: Mapping[str, str], audience: Audience, account_id: int | None
) -> int:
    """Begin to tell a group something, in the civil hours; give the announcement's id.

    `account_id` is None where another system announces.
    """
    made = store.add_announcement(timing.tx, category, words, audience, account_id, timing.now)
    timing.emit("announcement.sending", f"announcement:{made}")
    return made


def stop(timing: Timing, announcement_id: int) -> None:
    """Tell nobody more of an announcement; raises IllegalMove where everybody was told already."""
    found = store.announcement(timing.tx, announcement_id)
    assert found is not None, "asked only of one that is there"  # noqa: S101
    _end(timing, found, "stop")


def keep_times(timing: Timing) -> datetime | None:
    """Tell the next few of every announcement; give when the next are to be told."""
    sending = store.being_sent(timing.tx)
    if not sending:
        return None
    begin = civil(timing.now, timing.zone)
    if begin > timing.now:
        return begin
    for found in sending:
        room = AT_A_TIME - store.broadcasts_waiting(timing.tx, AT_A_TIME)
        if room <= 0:
            break
        following = store.next_recipients(timing.tx, found.id, room)
        for resident in following:
            _tell(timing, found, resident)
        if len(following) < room:
            _end(timing, found, "finish")
    return timing.now + PACE


def prompt_for(words: Mapping[str, str], label: str, language: str, usual_language: str) -> Prompt:
    """Give what somebody who reads `language` is told: the words, and how to hear no more of the kind."""
    told = words.get(language) or words.get(usual_language) or next(iter(words.values()))
    return Prompt(_FLOW, "told", values={"words": text(told), "kind": text(label)})


def kind_label(doing: Acting | Timing, language: str, category: str) -> str:
    """Give what a kind of announcement is called where it is stopped by text."""
    return doing.label(language, _FLOW, "category", category).upper()


def choose(doing: Acting | Timing, resident_id: int, kind: str, *, wants: bool) -> None:
    """Remember whether a resident wants a kind (of KINDS), by text or because they told a coordinator.

    What they were asked to do and have not answered is passed on once they want no offers.
    """
    store.choose(doing.tx, resident_id, kind, doing.now, wants=wants)
    change = "wanted" if wants else "unwanted"
    doing.emit(f"announcement.{change}", f"resident:{resident_id}", category=kind)
    if kind == OFFERS and not wants:
        volunteer_desk.pass_all_on(doing, resident_id)


def want_none(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Tell a resident nothing more of a kind."""
    return _choose(acting, values, wants=False)


def want(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Tell a resident of a kind from now on."""
    return _choose(acting, values, wants=True)


def _choose(acting: Acting, values: Mapping[str, Value], *, wants: bool) -> Outcome:
    category = key_in(values, "category") or _category(acting, words_in(values, "words"))
    if not category:
        return Outcome("which")
    choose(acting, acting.resident.id, category, wants=wants)
    outcome = category if category in (REMINDERS, OFFERS) else "chosen"
    return Outcome(outcome, {"kind": text(kind_label(acting, acting.language, category))})


def _tell(timing: Timing, found: Announcement, resident: Resident) -> None:
    """Tell somebody, unless they want none of it by now."""
    if resident.stopped or store.refuses(timing.tx, resident.id, found.category):
        store.mark(timing.tx, found.id, resident.id, "skipped")
        return
    language = resident.language or timing.usual_language
    label = kind_label(timing, language, found.category)
    prompt = prompt_for(found.words, label, language, timing.usual_language)
    timing.tell(resident.number, prompt, lane=Lane.BROADCAST)
    store.mark(timing.tx, found.id, resident.id, "told")


def _end(timing: Timing, found: Announcement, trigger: str) -> None:
    state = advance(LIFECYCLE, found.state, trigger)
    store.set_state(timing.tx, found.id, state, timing.now)
    timing.emit(f"announcement.{state}", f"announcement:{found.id}")


def _category(acting: Acting, said: str) -> str:
    """Find the kind that is called so in any language, '' where none is.

    A slip of the pen does no harm, nor what stands before or behind it: lift reminders, avisos de turnos.
    """
    words = fold(said).split()
    named = {" ".join(words), "".join(words), *words[:1], *words[-1:]}
    for category in KINDS:
        labels = {fold(acting.label(tag, _FLOW, "category", category)) for tag in _LANGUAGES}
        if any(_is_near(one, label) for one in named for label in labels):
            return category
    return ""


def _is_near(said: str, label: str) -> bool:
    near = len(said) >= NEAR_LETTERS_MIN and len(label) >= NEAR_LETTERS_MIN and said.isascii()
    return OSA.distance(said, label) <= (1 if near else 0)


def _names_a_kind(acting: Acting, names: str) -> bool:
    return bool(names) and bool(_category(acting, names))


HEEDED: Mapping[str, Heeded] = {"stop_news": _names_a_kind, "start_news": _names_a_kind}
TIMED: Timed = keep_times
_CHOSEN = {"chosen": ("kind",), REMINDERS: ("kind",), OFFERS: ("kind",), "which": ()}
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (ActionSpec("announcement.want_none", _CHOSEN), want_none),
        (ActionSpec("announcement.want", _CHOSEN), want),
    )
}
