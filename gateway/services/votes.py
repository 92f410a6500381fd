"""Voting by text and call: whose vote it is, what may be voted on, and the vote itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flows.conversation import Outcome, Prompt, Turn
from flows.limits import UNCLEAR
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services.acting import Acting, Action
from gateway.services.ballots import Choice, cast
from gateway.services.polls import TIMED, facts, pair, poll_of, said
from gateway.services.scoring import scores_in
from gateway.services.secrecy import FLOW, forget_pin, forget_vote, note_vote_talk
from gateway.store import members, people, polls, votes
from gateway.store.database import Tx
from gateway.store.members import Member
from gateway.store.pin import is_pin
from gateway.store.polls import Poll
from gateway.store.threads import note_told, wait_for_person

__all__ = ["ACTIONS", "TIMED", "note_invalid"]

MOST_WRONG_PINS = 3
# A slip of the thumb last week says nothing about today; two guesses a day would take years.
WRONG_PINS_COUNT_FOR = timedelta(days=1)
# Whoever comes later than this after a close is told that nothing is open, not that they are late.
LATE_FOR = timedelta(days=7)
# A vote that is further ahead than this is no reason to wait for it.
EARLY_FOR = timedelta(days=30)
CHOOSING = frozenset({"choose", "rank", "approve", "score", "consent"})
"""The steps of the flow, without `_secret`, at which a vote is said."""

_NOTHING = text("")


def find(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find out whose vote it is: the number's one member, or whoever gives the right PIN."""
    note_vote_talk(acting)
    mine = members.members_on(acting.tx, acting.resident.id)
    if not mine:
        _count_rejection(acting, "stranger")
        return Outcome("stranger")
    if not polls.polls_in(acting.tx, "open"):
        return _none_open(acting)
    if all(member.locked for member in mine):
        _count_rejection(acting, "locked")
        return Outcome("locked")
    if len(mine) == 1 and not mine[0].pin_hash:
        return Outcome("known", {"member": Value("number", mine[0].id)})
    return Outcome("pin")


def check_pin(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Find the member a PIN belongs to; a wrong one counts against everybody it could have been."""
    pin = str(values["pin"].data) if "pin" in values else ""
    forget_pin(acting)
    mine = members.members_on(acting.tx, acting.resident.id)
    found = next((member for member in mine if member.pin_hash and is_pin(member.pin_hash, pin)), None)
    if found is not None and found.locked:
        _count_rejection(acting, "locked")
        return Outcome("locked", {"pin": _NOTHING})
    if found is not None:
        members.unlock(acting.tx, found.id)
        return Outcome("right", {"pin": _NOTHING, "member": Value("number", found.id)})
    _count_rejection(acting, "wrong_pin")
    left = [_note_wrong(acting, member) for member in mine if not member.locked]
    if not any(left):
        return Outcome("locked", {"pin": _NOTHING})
    return Outcome("wrong", {"pin": _NOTHING, "left": Value("number", min(n for n in left if n))})


def choose_poll(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Find what the member can vote on now: one poll, several to choose from, or why there is none."""
    member = _member(acting, values)
    if member is None:
        return Outcome("absent")
    marks = [
        (poll, votes.has_voted(acting.tx, poll.id, member.id)) for poll in polls.polls_in(acting.tx, "open")
    ]
    on_roll = [(poll, voted) for poll, voted in marks if voted is not None]
    votable = [poll for poll, voted in on_roll if not (poll.secret and voted)]
    if len(votable) == 1:
        return Outcome("one", {"poll": Value("choice", pair(votable[0], acting.language))})
    if votable:
        pairs: list[Json] = [pair(poll, acting.language) for poll in votable]
        return Outcome("several", {"polls": Value("options", pairs)})
    for poll, voted in marks:
        votes.note_rejection(acting.tx, poll.id, "not_on_roll" if voted is None else "again")
    return Outcome("voted" if on_roll else "absent")


def look(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give the question of a poll and its options, or why the member cannot vote in it."""
    poll, member = poll_of(acting.tx, values), _member(acting, values)
    if poll is None or poll.state != "open":
        return Outcome("closed")
    voted = votes.has_voted(acting.tx, poll.id, member.id) if member else None
    if voted is None:
        return Outcome("absent")
    if voted and poll.secret:
        return Outcome("voted")
    note_vote_talk(acting, poll)
    pairs: list[Json] = [[option.key, said(option.labels, acting.language)] for option in poll.options]
    kind = poll.method if poll.method == "consent" else f"{_secrecy(poll)}_{poll.method}"
    told = {"options": Value("options", pairs), "choice": _NOTHING, "scores": Value("scores", [])}
    return Outcome(kind, {**facts(poll, acting.language), **told})


def take(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Record the member's vote. Whatever comes of it, the conversation forgets the choice."""
    poll, member = poll_of(acting.tx, values), _member(acting, values)
    choice = _choice(values)
    name = cast(acting, poll, member.id, choice) if poll and member else "closed"
    if poll is not None:
        forget_vote(acting, poll)
        if name == "objected" and member is not None:
            _start_talk(acting, poll, member, choice.words)
    return Outcome(name, dict.fromkeys(_FORGOTTEN, _NOTHING))


def note_invalid(tx: Tx, turn: Turn) -> None:
    """Count an answer that was no vote, given where the flow had asked for one."""
    for effect in turn.happened:
        if (
            effect.type == "conversation.unclear"
            and effect.data["flow"] == FLOW
            and str(effect.data["step"]).removesuffix("_secret") in CHOOSING
            and effect.data["reason"] != UNCLEAR  # the flow itself looks at what it says then
            and turn.conversation is not None
        ):
            poll = poll_of(tx, turn.conversation.answers)
            if poll is not None and poll.state == "open":
                votes.note_rejection(tx, poll.id, "invalid")


def _none_open(acting: Acting) -> Outcome:
    """Say why there is nothing to vote on: too late, too early, a fault, or nothing at all."""
    if polls.polls_in(acting.tx, "interrupted"):
        return Outcome("paused")
    over = [poll for state in sorted(votes.OVER) for poll in polls.polls_in(acting.tx, state)]
    late = [poll for poll in over if poll.closed_at and acting.now - poll.closed_at < LATE_FOR]
    scheduled = polls.polls_in(acting.tx, "scheduled")
    ahead = [poll for poll in scheduled if poll.opens_at - acting.now < EARLY_FOR]
    for poll, reason in [(poll, "late") for poll in late] + [(poll, "early") for poll in ahead]:
        votes.note_rejection(acting.tx, poll.id, reason)
    if ahead:
        opens = min(poll.opens_at for poll in ahead)
        return Outcome("early", {"opens": Value("datetime", opens.isoformat())})
    if late:
        closed = max(poll.closed_at for poll in late if poll.closed_at)
        return Outcome("late", {"closed": Value("datetime", closed.isoformat())})
    return Outcome("none")


def _start_talk(acting: Acting, poll: Poll, member: Member, words: str) -> None:
    """Let whoever objects wait for a person, and tell those on duty why: one of them talks with them."""
    wait_for_person(acting.tx, acting.resident.id, acting.now)
    note_told(acting.tx, acting.resident.id, acting.now)
    for reader in people.coordinators_on_duty(acting.tx):
        told = {
            **facts(poll, reader.language or acting.usual_language),
            "who": text(f"{member.name} {member.number}"),
            "words": text(words),
        }
        acting.tell(reader.number, Prompt(FLOW, "duty_objection", values=told))


def _count_rejection(acting: Acting, reason: str) -> None:
    """Count a try that belongs to no poll in particular against every one that is open."""
    for poll in polls.polls_in(acting.tx, "open"):
        votes.note_rejection(acting.tx, poll.id, reason)


def _note_wrong(acting: Acting, member: Member) -> int:
    """Write down one more wrong try of a member; give how many are left."""
    recent = member.wrong_pin_at is not None and acting.now - member.wrong_pin_at < WRONG_PINS_COUNT_FOR
    tries = (member.wrong_pins if recent else 0) + 1
    locked = tries >= MOST_WRONG_PINS
    members.note_wrong_pin(acting.tx, member.id, tries, acting.now, lock=locked)
    if locked:
        acting.emit("member.locked", f"member:{member.id}")
    return MOST_WRONG_PINS - tries


def _member(acting: Acting, values: Mapping[str, Value]) -> Member | None:
    if "member" not in values:
        return None
    mine = members.members_on(acting.tx, acting.resident.id)
    return next((member for member in mine if member.id == values["member"].data), None)


def _choice(values: Mapping[str, Value]) -> Choice:
    value, words = values.get("choice", _NOTHING), str(values.get("reason", _NOTHING).data)
    if value.type == "choice" and isinstance(value.data, (list, tuple)):
        return Choice((str(value.data[0]),), words=words)
    if value.type == "ranking" and isinstance(value.data, (list, tuple)):
        return Choice([str(part[0]) for part in value.data if isinstance(part, (list, tuple))])
    return Choice(scores=scores_in(values))


def _secrecy(poll: Poll) -> str:
    return "secret" if poll.secret else "open"


_QUESTION = ("question", "options", "closes", "choice", "scores")
_FORGOTTEN = ("choice", "scores", "score", "reason")
_KINDS = [
    f"{secrecy}_{method}"
    for secrecy in ("open", "secret")
    for method in ("plurality", "ranked", "approval", "score")
]
ACTIONS: Mapping[str, Action] = {
    action.spec.name: action
    for action in (
        Action(
            ActionSpec(
                "vote.find",
                {
                    "stranger": (),
                    "none": (),
                    "early": ("opens",),
                    "late": ("closed",),
                    "paused": (),
                    "locked": (),
                    "known": ("member",),
                    "pin": (),
                },
            ),
            find,
        ),
        Action(
            ActionSpec(
                "vote.check_pin", {"right": ("pin", "member"), "wrong": ("pin", "left"), "locked": ("pin",)}
            ),
            check_pin,
        ),
        Action(
            ActionSpec("vote.polls", {"one": ("poll",), "several": ("polls",), "voted": (), "absent": ()}),
            choose_poll,
        ),
        Action(
            ActionSpec(
                "vote.look",
                {
                    **dict.fromkeys(_KINDS, _QUESTION),
                    "consent": _QUESTION,
                    "voted": (),
                    "closed": (),
                    "absent": (),
                },
            ),
            look,
        ),
        Action(
            ActionSpec(
                "vote.cast",
                dict.fromkeys(
                    ("recorded", "changed", "objected", "final", "voted", "invalid", "closed", "absent"),
                    _FORGOTTEN,
                ),
                binding=True,
            ),
            take,
        ),
    )
}
