"""Voting by text: whose vote it is, what may be voted on, the vote itself, and how it came out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services.acting import Acting, Action
from gateway.services.counting.marks import ranks_to_marks
from gateway.services.polls import TIMED
from gateway.services.secrecy import forget_pin, forget_vote, note_vote_talk
from gateway.store import members
from gateway.store import votes as store
from gateway.store.members import Member
from gateway.store.pin import is_pin
from gateway.store.votes import Poll

__all__ = ["ACTIONS", "TIMED"]

MOST_WRONG_PINS = 3
# A slip of the thumb last week says nothing about today; two guesses a day would take years.
WRONG_PINS_COUNT_FOR = timedelta(days=1)
MOST_RESULTS = 6

_NOTHING = text("")


def find(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find out whose vote it is: the number's one member, or whoever gives the right PIN."""
    note_vote_talk(acting)
    mine = members.members_on(acting.tx, acting.resident.id)
    if not mine:
        return Outcome("stranger")
    if not store.polls_in(acting.tx, "open"):
        return Outcome("none")
    if all(member.locked for member in mine):
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
        return Outcome("locked", {"pin": _NOTHING})
    if found is not None:
        members.unlock(acting.tx, found.id)
        return Outcome("right", {"pin": _NOTHING, "member": Value("number", found.id)})
    left = [_note_wrong(acting, member) for member in mine if not member.locked]
    if not any(left):
        return Outcome("locked", {"pin": _NOTHING})
    return Outcome("wrong", {"pin": _NOTHING, "left": Value("number", min(n for n in left if n))})


def polls(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Find what the member can vote on now: one poll, several to choose from, or why there is none."""
    member = _member(acting, values)
    if member is None:
        return Outcome("absent")
    marks = [
        (poll, store.has_voted(acting.tx, poll.id, member.id)) for poll in store.polls_in(acting.tx, "open")
    ]
    on_roll = [(poll, voted) for poll, voted in marks if voted is not None]
    votable = [poll for poll, voted in on_roll if not (poll.secret and voted)]
    if len(votable) == 1:
        return Outcome("one", {"poll": Value("choice", _pair(votable[0], acting.language))})
    if votable:
        pairs: list[Json] = [_pair(poll, acting.language) for poll in votable]
        return Outcome("several", {"polls": Value("options", pairs)})
    return Outcome("voted" if on_roll else "absent")


def look(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give the question of a poll and its options, or why the member cannot vote in it."""
    poll, member = _poll(acting, values), _member(acting, values)
    if poll is None or poll.state != "open":
        return Outcome("closed")
    voted = store.has_voted(acting.tx, poll.id, member.id) if member else None
    if voted is None:
        return Outcome("absent")
    if voted and poll.secret:
        return Outcome("voted")
    note_vote_talk(acting, poll)
    pairs: list[Json] = [[option.key, _said(option.labels, acting.language)] for option in poll.options]
    kind = "ranked" if poll.method == "ranked" else "single"
    return Outcome(
        f"secret_{kind}" if poll.secret else f"open_{kind}",
        {
            "question": text(_said(poll.question, acting.language)),
            "options": Value("options", pairs),
            "closes": Value("datetime", poll.closes_at.isoformat()),
        },
    )


def cast(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Record the member's vote. Whatever comes of it, the conversation forgets the choice."""
    poll, member = _poll(acting, values), _member(acting, values)
    name = _cast(acting, poll, member, values) if poll and member else "closed"
    if poll is not None:
        forget_vote(acting, poll)
    return Outcome(name, {"choice": _NOTHING})


def results(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find the counted polls, newest first; those still open give nothing but their closing time."""
    counted = store.polls_in(acting.tx, "counted")[::-1][:MOST_RESULTS]
    if len(counted) == 1:
        return Outcome("one", {"poll": Value("choice", _pair(counted[0], acting.language))})
    if counted:
        pairs: list[Json] = [_pair(poll, acting.language) for poll in counted]
        return Outcome("several", {"polls": Value("options", pairs)})
    running = store.polls_in(acting.tx, "open")
    if running:
        return Outcome("open", {"closes": Value("datetime", running[0].closes_at.isoformat())})
    return Outcome("none")


def result(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say how a counted poll came out."""
    poll = _poll(acting, values)
    if poll is None or poll.state != "counted":
        return Outcome("none")
    turnout = store.turnout(acting.tx, poll.id)
    labels = {option.key: _said(option.labels, acting.language) for option in poll.options}
    said = {
        "question": text(_said(poll.question, acting.language)),
        "voted": Value("number", turnout.voted),
        "roll": Value("number", turnout.roll),
    }
    if not poll.result["quorate"]:
        return Outcome("inquorate", {**said, "quorum": Value("number", poll.quorum)})
    last: Mapping[str, int] = poll.result["rounds"][-1]["votes"]
    in_order = sorted(last, key=lambda key: -last[key])
    said["counts"] = Value("list", [f"{labels[key]}: {last[key]}" for key in in_order])
    if poll.result["tied"]:
        return Outcome("tied", said)
    if not poll.result["winners"]:
        return Outcome("nobody", said)
    said["winner"] = text(", ".join(labels[key] for key in poll.result["winners"]))
    by_lot = any(part["tie"] for part in poll.result["rounds"])
    return Outcome("won_on_tie" if by_lot else "won", said)


def _cast(acting: Acting, poll: Poll, member: Member, values: Mapping[str, Value]) -> str:
    if poll.state != "open":
        return "closed"
    voted = store.has_voted(acting.tx, poll.id, member.id)
    if voted is None:
        return "absent"
    marks = ranks_to_marks(_preferences(values), [option.key for option in poll.options])
    if not any(marks):
        return "closed"
    if not poll.secret:
        store.put_vote(acting.tx, poll, member.id, marks)
        acting.emit("vote.cast", f"poll:{poll.id}", member=member.id, again=voted)
        return "changed" if voted else "recorded"
    if not store.put_ballot(acting.tx, poll, member.id, marks, acting.random):
        return "voted"
    # Says no more than that one more has voted: not who, and the store keeps no time either.
    acting.emit("ballot.cast", f"poll:{poll.id}")
    return "final"


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


def _poll(acting: Acting, values: Mapping[str, Value]) -> Poll | None:
    data = values["poll"].data if "poll" in values else None
    return store.poll_by_key(acting.tx, str(data[0])) if isinstance(data, (list, tuple)) else None


def _preferences(values: Mapping[str, Value]) -> list[str]:
    value = values.get("choice", _NOTHING)
    if value.type == "choice" and isinstance(value.data, (list, tuple)):
        return [str(value.data[0])]
    if value.type == "ranking" and isinstance(value.data, (list, tuple)):
        return [str(pair[0]) for pair in value.data if isinstance(pair, (list, tuple))]
    return []


def _pair(poll: Poll, language: str) -> list[Json]:
    return [poll.key, _said(poll.question, language)]


def _said(words: Mapping[str, str], language: str) -> str:
    """Give the words in a language, else in its main language, else in the first one written."""
    for wanted in (language, language.partition("-")[0]):
        if wanted in words:
            return words[wanted]
    return next(iter(words.values()))


_QUESTION = ("question", "options", "closes")
_FORGOTTEN = ("choice",)
_COUNTED = ("question", "voted", "roll")
ACTIONS: Mapping[str, Action] = {
    action.spec.name: action
    for action in (
        Action(
            ActionSpec(
                "vote.find", {"stranger": (), "none": (), "locked": (), "known": ("member",), "pin": ()}
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
            polls,
        ),
        Action(
            ActionSpec(
                "vote.look",
                {
                    "open_single": _QUESTION,
                    "open_ranked": _QUESTION,
                    "secret_single": _QUESTION,
                    "secret_ranked": _QUESTION,
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
                {
                    "recorded": _FORGOTTEN,
                    "changed": _FORGOTTEN,
                    "final": _FORGOTTEN,
                    "voted": _FORGOTTEN,
                    "closed": _FORGOTTEN,
                    "absent": _FORGOTTEN,
                },
                binding=True,
            ),
            cast,
        ),
        Action(
            ActionSpec(
                "vote.results", {"one": ("poll",), "several": ("polls",), "open": ("closes",), "none": ()}
            ),
            results,
        ),
        Action(
            ActionSpec(
                "vote.result",
                {
                    "won": (*_COUNTED, "counts", "winner"),
                    "won_on_tie": (*_COUNTED, "counts", "winner"),
                    "tied": (*_COUNTED, "counts"),
                    "nobody": (*_COUNTED, "counts"),
                    "inquorate": (*_COUNTED, "quorum"),
                    "none": (),
                },
            ),
            result,
        ),
    )
}
