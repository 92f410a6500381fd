"""The board: SOMEBODY should do something, a coordinator lets it through, neighbours join, and it happens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TypeAlias

from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services.acting import Acting, Action, Heeded, Timed, Timing
from gateway.services.help_asking import words_in
from gateway.services.help_fit import at
from gateway.services.help_words import short, told
from gateway.services.lifecycle import IllegalMove, advance, lifecycle
from gateway.store import board as store
from gateway.store import people
from gateway.store.announcements import REMINDERS, refuses
from gateway.store.board import Idea
from gateway.store.journal import journal

Doing: TypeAlias = Acting | Timing

ENOUGH = 4
"""So many people make an idea a plan, where the coordinator says nothing else."""

MOST_WAITING = 3
"""More ideas of one handset at a time are no help to whoever reads them."""

MOST_LISTED = 8
"""A text names so many ideas, those with the most people first."""

REMIND_AT = time(18)
"""When, the day before, those who joined are reminded of the first meeting."""

CLOSED = ("done", "dropped", "refused")
OPENED = "waiting"
LIFECYCLE = lifecycle(
    OPENED,
    {
        "let_through": {"listed": ("waiting",)},
        "refuse": {"refused": ("waiting",)},
        "plan": {"planned": ("listed",)},
        "complete": {"done": ("listed", "planned")},
        "drop": {"dropped": ("listed", "planned")},
    },
)


def propose(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Keep what somebody should do until a coordinator has looked at it, and tell those on duty."""
    what = words_in(values, "what")
    if not any(letter.isalpha() for letter in what):
        return Outcome("wordless")
    mine = store.waiting_of(acting.tx, acting.resident.id)
    if any(one.what.casefold() == what.casefold() for one in mine):
        return Outcome("already", {"short": text(short(what))})
    if len(mine) >= MOST_WAITING:
        return Outcome("many")
    idea_id = store.add_idea(acting.tx, acting.resident.id, OPENED, acting.language, what, ENOUGH, acting.now)
    acting.emit("board.waiting", f"board:{idea_id}")
    who = f"{acting.resident.name} {acting.resident.number}".strip()
    shown = {"what": text(told(what)), "who": text(who), "number": Value("number", idea_id)}
    _tell_duty(acting, "told_waiting", shown)
    return Outcome("kept", {"short": text(short(what))})


def list_ideas(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give what is on the board, those with the most people first."""
    found = sorted(store.ideas_in(acting.tx, *store.PUBLIC), key=lambda one: (-one.joined, one.id))
    if not found:
        return Outcome("none")
    lines: list[Json] = [f"{one.id} {short(one.what)} ({one.joined})" for one in found[:MOST_LISTED]]
    return Outcome("some", {"ideas": Value("list", lines), "number": Value("number", found[0].id)})


def join(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Let the resident join an idea; the one who makes it enough makes it a plan."""
    found = _named(acting, values)
    if found is None:
        return Outcome("unknown", {"number": _number(values)})
    if found.state not in store.PUBLIC:
        return Outcome("over", facts(found))
    if not store.join(acting.tx, found.id, acting.resident.id, acting.now):
        return Outcome("again", facts(found))
    acting.emit("board.joined", f"board:{found.id}")
    found = _again(acting, found)
    if found.state == "planned":
        return (
            Outcome("meets", {**facts(found), **meeting(acting, found)})
            if found.meets_at
            else Outcome("plan", facts(found))
        )
    if found.joined < found.enough:
        return Outcome("joined", facts(found))
    found = move(acting, found, "plan")
    _tell_duty(acting, "told_enough", facts(found))
    for one in store.joiners(acting.tx, found.id):
        if one.id != acting.resident.id:
            _tell(acting, one.number, "told_plan", found)
    return Outcome("plan", facts(found))


def let_by_text(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Let a coordinator put an idea on the board by text, in the words it came in."""
    found = store.idea(acting.tx, int(str(values["number"].data)))
    if found is None or found.state == "refused":  # whose words are gone
        return Outcome("unknown", {"number": _number(values)})
    if found.state != OPENED:
        return Outcome("before", facts(found))
    listed = let_through(acting, found.id, found.what, found.place, found.enough)
    journal(
        acting.tx,
        None,
        "board.let_through_by_text",
        f"board:{found.id}",
        acting.now,
        resident=acting.resident.id,
    )
    return Outcome("listed", facts(listed))


def leave(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take the resident out of an idea."""
    found = _named(acting, values)
    if found is None or not store.leave(acting.tx, found.id, acting.resident.id):
        return Outcome("unknown", {"number": _number(values)})
    acting.emit("board.left", f"board:{found.id}")
    return Outcome("left", facts(found))


def let_through(doing: Doing, idea_id: int, what: str, place: str, enough: int) -> Idea:
    """Put an idea on the board in these words: everybody may hear it. Raises IllegalMove.

    Whoever had it is the first to be in, and hears its number.
    """
    found = _known(doing, idea_id)
    listed = move(doing, found, "let_through", what=what, place=place, enough=enough, listed_at=doing.now)
    if listed.resident_id is not None:
        store.join(doing.tx, listed.id, listed.resident_id, doing.now)
        author = people.resident_by_id(doing.tx, listed.resident_id)
        _tell(doing, author.number, "told_listed", _again(doing, listed))
    return _again(doing, listed)


def refuse(doing: Doing, idea_id: int) -> Idea:
    """Keep an idea off the board; its words are erased and its author is told. Raises IllegalMove."""
    found = _known(doing, idea_id)
    if found.resident_id is not None:
        author = people.resident_by_id(doing.tx, found.resident_id)
        _tell(doing, author.number, "told_refused", found)
    refused = move(doing, found, "refuse", what="")
    doing.tx.forget_log()
    return refused


def plan(doing: Doing, idea_id: int) -> Idea:
    """Make an idea a plan before enough people are in; those who are hear it. Raises IllegalMove."""
    return _tell_all(doing, move(doing, _known(doing, idea_id), "plan"), "told_plan")


def set_meeting(doing: Doing, idea_id: int, meets_at: datetime, where: str) -> Idea:
    """Set when and where those who are in meet first, or meet instead; they hear it. Raises IllegalMove."""
    found = _known(doing, idea_id)
    if found.state != "planned":
        raise IllegalMove("Only a plan can have a meeting, so nothing was changed. Make it a plan first.")
    store.change_idea(doing.tx, found.id, doing.now, meets_at=meets_at, meets_where=where, reminded_at=None)
    doing.emit("board.meeting_set", f"board:{found.id}")
    return _tell_all(doing, _again(doing, found), "told_meeting")


def end(doing: Doing, idea_id: int, trigger: str, outcome: str) -> Idea:
    """Close an idea as done or dropped, with words about it that everybody may read. Raises IllegalMove."""
    ended = move(doing, _known(doing, idea_id), trigger, outcome=outcome, closed_at=doing.now)
    return _tell_all(doing, ended, f"told_{ended.state}")


def move(doing: Doing, found: Idea, trigger: str, **columns: object) -> Idea:
    """Move an idea on and write the event that tells of it; raises IllegalMove."""
    state = advance(LIFECYCLE, found.state, trigger)
    if state in CLOSED:
        columns["closed_at"] = doing.now
    store.change_idea(doing.tx, found.id, doing.now, state=state, **columns)
    doing.emit(f"board.{state}", f"board:{found.id}")
    return _again(doing, found)


def keep_times(timing: Timing) -> datetime | None:
    """Remind those who are in of a first meeting the evening before; give when the next are to be."""
    dues: list[datetime] = []
    for found in store.meetings_before(timing.tx, timing.now + timedelta(days=60)):
        assert found.meets_at is not None, "it was found by its meeting"  # noqa: S101
        remind = at(found.meets_at.astimezone(timing.zone).date() - timedelta(days=1), REMIND_AT, timing.zone)
        if timing.now < remind and found.state == "planned":
            dues.append(remind)
            continue
        store.change_idea(timing.tx, found.id, timing.now, reminded_at=timing.now)
        # A meeting that was set after that hour was told of only just now.
        if found.state == "planned" and timing.now < found.meets_at and found.changed_at < remind:
            _remind(timing, found)
    return min(dues, default=None)


def facts(found: Idea) -> dict[str, Value]:
    """Give what phrases about an idea fill in."""
    return {
        "number": Value("number", found.id),
        "short": text(short(found.what)),
        "count": Value("number", found.joined),
        "enough": Value("number", found.enough),
    }


def meeting(doing: Doing, found: Idea) -> dict[str, Value]:
    """Give when and where an idea's people meet."""
    assert found.meets_at is not None, "asked only where a meeting is set"  # noqa: S101
    local = found.meets_at.astimezone(doing.zone)
    return {
        "day": Value("date", local.date().isoformat()),
        "time": Value("time", f"{local:%H:%M}"),
        "where": text(found.meets_where),
    }


def _tell(doing: Doing, number: str, phrase: str, found: Idea) -> None:
    values = facts(found) | (meeting(doing, found) if found.meets_at else {})
    doing.tell(number, Prompt("board_join", phrase, values=values))


def _tell_all(doing: Doing, found: Idea, phrase: str) -> Idea:
    for one in store.joiners(doing.tx, found.id):
        _tell(doing, one.number, phrase, found)
    return found


def _remind(timing: Timing, found: Idea) -> None:
    for one in store.joiners(timing.tx, found.id):
        if not refuses(timing.tx, one.id, REMINDERS):
            _tell(timing, one.number, "told_tomorrow", found)


def _tell_duty(doing: Doing, phrase: str, values: Mapping[str, Value]) -> None:
    for coordinator in people.coordinators_on_duty(doing.tx):
        doing.tell(coordinator.number, Prompt("board_join", phrase, values=values))


def _again(doing: Doing, found: Idea) -> Idea:
    return _known(doing, found.id)


def _known(doing: Doing, idea_id: int) -> Idea:
    found = store.idea(doing.tx, idea_id)
    if found is None:
        raise IllegalMove("There is no such idea, so nothing was changed. Look at the board again.")
    return found


def _named(acting: Acting, values: Mapping[str, Value]) -> Idea | None:
    """Find the idea a resident means by its number: one that was never let through is nobody's to find."""
    found = store.idea(acting.tx, int(str(values["number"].data)))
    return found if found is not None and found.listed_at is not None else None


def _number(values: Mapping[str, Value]) -> Value:
    return Value("number", int(str(values["number"].data)))


def _is_number(acting: Acting, names: str) -> bool:  # noqa: ARG001
    return names.isascii() and names.isdigit()


def _may_let(acting: Acting, names: str) -> bool:
    """Whether somebody is a coordinator, or on duty and so told of what waits."""
    me = acting.resident.id
    on_duty = (one.id for one in people.coordinators_on_duty(acting.tx))
    return _is_number(acting, names) and (people.is_coordinator(acting.tx, me) or me in on_duty)


HEEDED: Mapping[str, Heeded] = {
    "board_join": _is_number,
    "board_leave": _is_number,
    "board_let": _may_let,
}
TIMED: Timed = keep_times

_FACTS = ("number", "short", "count", "enough")
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec(
                "board.propose",
                {"kept": ("short",), "already": ("short",), "many": (), "wordless": ()},
                binding=True,
            ),
            propose,
        ),
        (ActionSpec("board.list", {"some": ("ideas", "number"), "none": ()}), list_ideas),
        (
            ActionSpec(
                "board.join",
                {
                    "joined": _FACTS,
                    "plan": _FACTS,
                    "meets": (*_FACTS, "day", "time", "where"),
                    "again": _FACTS,
                    "over": _FACTS,
                    "unknown": ("number",),
                },
                binding=True,
            ),
            join,
        ),
        (
            ActionSpec(
                "board.let_through",
                {"listed": _FACTS, "before": _FACTS, "unknown": ("number",)},
                binding=True,
            ),
            let_by_text,
        ),
        (ActionSpec("board.leave", {"left": _FACTS, "unknown": ("number",)}, binding=True), leave),
    )
}
