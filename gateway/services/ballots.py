"""One vote: what it may say, whether it is taken, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.counting.marks import ranks_to_marks, scores_to_marks, set_to_marks
from gateway.counting.tallied import OBJECT
from gateway.errors import GatewayError
from gateway.services.acting import Acting, Timing
from gateway.store import members, votes
from gateway.store.polls import Poll

TOP_SCORE = 5
"""The highest score: one digit, on a keypad and on paper."""

ENTERED_HOW = ("post", "proxy")
"""How a vote on paper came to the coordinator who enters it."""


class VoteNotTaken(GatewayError):
    """A vote on paper was not entered, and nothing was changed; the message says what stands against it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one vote says: option keys (in order of preference where the method ranks), or scores by key.

    `words` are those of an objection.
    """

    keys: Sequence[str] = ()
    scores: Mapping[str, int] | None = None
    words: str = ""

    def marks(self, poll: Poll) -> bytes:
        """Write the choice on a ballot; empty where the poll's method cannot take it."""
        known = set(poll.keys)
        if poll.method == "score":
            scores = dict(self.scores or {})
            fits = set(scores) == known and all(0 <= score <= TOP_SCORE for score in scores.values())
            return scores_to_marks(scores, poll.keys) if fits else b""
        fits = bool(self.keys) and set(self.keys) <= known and len(set(self.keys)) == len(self.keys)
        if not fits or (poll.method in {"plurality", "consent"} and len(self.keys) != 1):
            return b""
        write = set_to_marks if poll.method == "approval" else ranks_to_marks
        return write(self.keys, poll.keys)


def cast(acting: Acting, poll: Poll, member_id: int, choice: Choice) -> str:
    """Take a member's own vote: `recorded`, `changed`, `objected`, `final`, or why not.

    Not taken: `closed`, `absent` (from the roll), `voted`, `invalid`. What is not taken is counted.
    """
    outcome = _taken(acting, poll, member_id, choice)
    reason = _REASONS.get(outcome)
    if reason:
        votes.note_rejection(acting.tx, poll.id, reason)
    return outcome


def enter_for(timing: Timing, poll: Poll, member_id: int, choice: Choice, *, how: str, by: str) -> None:
    """Enter a vote that a member gave on paper; `how` is of `ENTERED_HOW`, `by` says which coordinator.

    Raises VoteNotTaken.
    """
    member = members.member_by_id(timing.tx, member_id)
    voted = votes.has_voted(timing.tx, poll.id, member_id)
    if how not in ENTERED_HOW or poll.state != "open":
        raise VoteNotTaken("This vote is not open, so nothing was entered.")
    if voted is None or member is None:
        raise VoteNotTaken("This person is not on the list of voters for this vote, so nothing was entered.")
    if voted:
        raise VoteNotTaken(f"{member.name} has voted already, so nothing was entered.")
    marks = choice.marks(poll)
    if not any(marks):
        raise VoteNotTaken(
            "This is no choice that the vote allows, so nothing was entered. Look at it again."
        )
    if poll.secret:
        votes.put_ballot(timing.tx, poll, member_id, marks, timing.random)
    else:
        votes.put_vote(timing.tx, poll, member_id, marks)
        _keep_objection(timing, poll, member_id, choice)
    votes.note_entered(timing.tx, poll.id, member_id, how, by)
    timing.emit("vote.entered", f"poll:{poll.id}", member=member_id, how=how, by=by)


def _taken(acting: Acting, poll: Poll, member_id: int, choice: Choice) -> str:
    if poll.state != "open":
        return "closed"
    voted = votes.has_voted(acting.tx, poll.id, member_id)
    if voted is None:
        return "absent"
    marks = choice.marks(poll)
    if not any(marks):
        return "invalid"
    if not poll.secret:
        votes.put_vote(acting.tx, poll, member_id, marks)
        acting.emit("vote.cast", f"poll:{poll.id}", member=member_id, again=voted)
        if _keep_objection(acting, poll, member_id, choice):
            return "objected"
        return "changed" if voted else "recorded"
    if not votes.put_ballot(acting.tx, poll, member_id, marks, acting.random):
        return "voted"
    # Says no more than that one more has voted: not who, and the store keeps no time either.
    acting.emit("ballot.cast", f"poll:{poll.id}")
    return "final"


def _keep_objection(scene: Acting | Timing, poll: Poll, member_id: int, choice: Choice) -> bool:
    """Keep or withdraw a member's objection; give whether one stands now."""
    if poll.method != "consent":
        return False
    if OBJECT in choice.keys:
        votes.raise_objection(scene.tx, poll.id, member_id, choice.words, scene.now)
        scene.emit("objection.raised", f"poll:{poll.id}")
        return True
    if votes.withdraw_objection(scene.tx, poll.id, member_id):
        scene.emit("objection.withdrawn", f"poll:{poll.id}")
    return False


_REASONS = {"closed": "late", "absent": "not_on_roll", "voted": "again", "invalid": "invalid"}
"""Why a vote was not taken, as the report counts it."""
