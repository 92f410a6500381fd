"""Shifts: a rota that volunteers fill by text, and that says who is on duty now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TypeAlias

from flows.answers.words import say
from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services.acting import Acting, Action, Heeded, Timed, Timing
from gateway.services.help_fit import at
from gateway.services.lifecycle import advance, lifecycle
from gateway.store import people, volunteers
from gateway.store import shifts as store
from gateway.store.announcements import OFFERS, REMINDERS, refuses
from gateway.store.database import Tx
from gateway.store.shifts import Shift

Doing: TypeAlias = Acting | Timing

REMIND_AT = time(18)
"""When, the day before, whoever has a shift is reminded of it."""

MOST_LISTED = 6
ASKED_TO_SWAP = 10
"""So many who are on the rota hear that somebody wants to give a shift away."""

ON_THE_ROTA = timedelta(days=28)

OPENED = "open"
LIFECYCLE = lifecycle(
    OPENED,
    {
        "take": {"taken": ("open", "swap")},
        "swap": {"swap": ("taken",)},
        "free": {"open": ("taken", "swap")},
        "begin": {"on": ("taken", "swap")},
        "end": {"over": ("on",)},
        "miss": {"missed": ("open",)},
        "cancel": {"cancelled": ("open", "taken", "swap")},
    },
)


def list_shifts(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give the resident's own shifts, and those that are free."""
    if not may_take(acting.tx, acting.resident.id):
        return Outcome("not_you")
    ahead = store.shifts_ahead(acting.tx)
    mine: list[Json] = [line(acting, one, acting.language) for one in ahead if _is_mine(acting, one)]
    free: list[Json] = [
        line(acting, one, acting.language)
        for one in ahead
        if one.state in ("open", "swap") and not _is_mine(acting, one) and one.starts_at > acting.now
    ]
    lists = {"mine": Value("list", mine[:MOST_LISTED]), "free": Value("list", free[:MOST_LISTED])}
    if mine and free:
        return Outcome("both", lists)
    if mine:
        return Outcome("mine", {"mine": lists["mine"]})
    return Outcome("free", {"free": lists["free"]}) if free else Outcome("none")


def take(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give a shift that is free, or that somebody gives away, to the first who takes it."""
    found = _named(acting, values)
    if found is None:
        return Outcome("unknown", {"number": _number(values)})
    told = facts(acting, found, acting.language)
    if found.state == "taken" and _is_mine(acting, found):
        return Outcome("mine", told)
    if found.state not in ("open", "swap") or found.starts_at <= acting.now:
        return Outcome("gone", told)
    if any(
        _is_mine(acting, one) and one.id != found.id and _overlap(one, found)
        for one in store.shifts_ahead(acting.tx)
    ):
        return Outcome("clash", told)
    if found.state == "swap" and not _is_mine(acting, found):
        _tell(acting, found, "told_swapped")
    give(acting, found, acting.resident.id)
    reminded = acting.now < _remind_at(acting, found) and not refuses(
        acting.tx, acting.resident.id, REMINDERS
    )
    return Outcome("taken" if reminded else "taken_unreminded", told)


def swap(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Offer the resident's shift to the others on the rota; it stays theirs until somebody takes it."""
    found = _named(acting, values)
    if found is None or not _is_mine(acting, found) or found.state not in ("taken", "swap"):
        return Outcome("unknown", {"number": _number(values)})
    if found.state == "taken":
        move(acting, found, "swap")
        for other in store.holders_since(acting.tx, acting.now - ON_THE_ROTA, ASKED_TO_SWAP):
            if other != acting.resident.id and not refuses(acting.tx, other, OFFERS):
                person = people.resident_by_id(acting.tx, other)
                told = facts(acting, found, person.language or acting.usual_language)
                acting.tell(person.number, Prompt("shift_swap", "told_others", values=told))
    return Outcome("asked", facts(acting, found, acting.language))


def add(doing: Doing, what: str, starts_at: datetime, ends_at: datetime, *, duty: bool) -> int:
    """Put a shift into the rota and give its number; with `duty` whoever is on it hears urgent matters."""
    made = store.add_shift(doing.tx, what, starts_at, ends_at, duty=duty)
    doing.emit("shift.added", f"shift:{made}")
    return made


def give(doing: Doing, found: Shift, resident_id: int) -> None:
    """Make a shift somebody's; raises IllegalMove where it is somebody else's, begun or over."""
    state = advance(LIFECYCLE, found.state, "take")
    store.move_shift(doing.tx, found.id, state, resident_id, doing.now)
    store.set_reminded(doing.tx, found.id, None)
    doing.emit("shift.taken", f"shift:{found.id}")


def assign(doing: Doing, found: Shift, resident_id: int) -> None:
    """Give a shift to somebody who agreed to it, and tell them; raises IllegalMove."""
    give(doing, found, resident_id)
    given = store.shift(doing.tx, found.id)
    assert given is not None, "it was found a moment ago"  # noqa: S101
    _tell(doing, given, "told_given")


def free(doing: Doing, found: Shift) -> None:
    """Take a shift from whoever has it, and tell them; raises IllegalMove."""
    state = advance(LIFECYCLE, found.state, "free")
    _tell(doing, found, "told_freed")
    store.move_shift(doing.tx, found.id, state, None, None)
    doing.emit("shift.freed", f"shift:{found.id}")


def cancel(doing: Doing, found: Shift) -> None:
    """Take a shift off the rota, and tell whoever has it; raises IllegalMove."""
    move(doing, found, "cancel")
    if found.resident_id is not None:
        _tell(doing, found, "told_cancelled")


def move(doing: Doing, found: Shift, trigger: str) -> None:
    """Move a shift on and write the event that tells of it; raises IllegalMove."""
    state = advance(LIFECYCLE, found.state, trigger)
    store.move_shift(doing.tx, found.id, state, found.resident_id, found.taken_at)
    doing.emit(f"shift.{state}", f"shift:{found.id}")


def keep_times(timing: Timing) -> datetime | None:
    """Begin and end shifts, and remind of those of tomorrow; give when the next is due."""
    dues: list[datetime] = []
    for found in store.shifts_ahead(timing.tx):
        due = _attend(timing, found)
        if due is not None:
            dues.append(due)
    return min(dues, default=None)


def _attend(timing: Timing, found: Shift) -> datetime | None:
    if found.state == "on":
        if timing.now < found.ends_at:
            return found.ends_at
        move(timing, found, "end")
        return None
    if timing.now >= found.starts_at:
        move(timing, found, "miss" if found.state == "open" else "begin")
        if found.state == "open":
            _tell_duty(timing, found)
            return None
        return timing.now if timing.now >= found.ends_at else found.ends_at
    remind = _remind_at(timing, found)
    if found.taken_at is None or found.reminded_at is not None or found.taken_at >= remind:
        return found.starts_at
    if timing.now < remind:
        return remind
    if found.resident_id is not None and not refuses(timing.tx, found.resident_id, REMINDERS):
        _tell(timing, found, "told_tomorrow")
    store.set_reminded(timing.tx, found.id, timing.now)
    return found.starts_at


def _remind_at(doing: Doing, found: Shift) -> datetime:
    return at(found.starts_at.astimezone(doing.zone).date() - timedelta(days=1), REMIND_AT, doing.zone)


def line(doing: Doing, found: Shift, language: str) -> str:
    """Give a shift in one line: number, day, times, what."""
    starts, ends = found.starts_at.astimezone(doing.zone), found.ends_at.astimezone(doing.zone)
    day = say(Value("date", starts.date().isoformat()), language, doing.zone)
    begins = say(Value("time", f"{starts:%H:%M}"), language, doing.zone)
    over = say(Value("time", f"{ends:%H:%M}"), language, doing.zone)
    return f"{found.id} {day}, {begins} - {over}: {found.what}"


def facts(doing: Doing, found: Shift, language: str) -> dict[str, Value]:
    """Give what phrases about a shift fill in."""
    return {"number": Value("number", found.id), "line": text(line(doing, found, language))}


def may_take(tx: Tx, resident_id: int) -> bool:
    """Tell whether a resident may be on the rota: volunteers and coordinators may."""
    me = volunteers.volunteer(tx, resident_id)
    return (me is not None and me.active) or people.is_coordinator(tx, resident_id)


def _tell(doing: Doing, found: Shift, phrase: str) -> None:
    told = facts(doing, found, found.language or doing.usual_language)
    doing.tell(found.number, Prompt("shift_take", phrase, values=told))


def _tell_duty(doing: Doing, found: Shift) -> None:
    for coordinator in people.coordinators_on_duty(doing.tx):
        told = facts(doing, found, coordinator.language or doing.usual_language)
        doing.tell(coordinator.number, Prompt("shift_take", "told_missed", values=told))


def _named(acting: Acting, values: Mapping[str, Value]) -> Shift | None:
    return store.shift(acting.tx, int(str(values["number"].data)))


def _number(values: Mapping[str, Value]) -> Value:
    return Value("number", int(str(values["number"].data)))


def _is_mine(acting: Acting, found: Shift) -> bool:
    return found.resident_id == acting.resident.id


def _overlap(one: Shift, other: Shift) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _heeded(acting: Acting, names: str) -> bool:
    return names.isascii() and names.isdigit() and may_take(acting.tx, acting.resident.id)


HEEDED: Mapping[str, Heeded] = {"shift_take": _heeded, "shift_swap": _heeded}
TIMED: Timed = keep_times

_FACTS = ("number", "line")
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec(
                "shift.list",
                {"both": ("mine", "free"), "mine": ("mine",), "free": ("free",), "none": (), "not_you": ()},
            ),
            list_shifts,
        ),
        (
            ActionSpec(
                "shift.take",
                {
                    "taken": _FACTS,
                    "taken_unreminded": _FACTS,
                    "mine": _FACTS,
                    "gone": _FACTS,
                    "clash": _FACTS,
                    "unknown": ("number",),
                },
                binding=True,
            ),
            take,
        ),
        (ActionSpec("shift.swap", {"asked": _FACTS, "unknown": ("number",)}, binding=True), swap),
    )
}
