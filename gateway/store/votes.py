"""Rolls, votes and ballots, as the database keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TypeAlias

from gateway.errors import GatewayError
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.polls import Poll

Marks: TypeAlias = bytes
"""One byte an option, in the ballot's order, as in `counting.marks`; 0 is no mark."""

OVER = frozenset({"closed", "tied", "counted", "published"})
"""The states of a poll in which its votes may be looked at."""


class PollStillOpen(GatewayError):
    """The votes of a poll were asked for before it closed: nothing was shown. Ask again after the close."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many members voted, of how many who may, and how many of the votes a coordinator entered."""

    voted: int
    roll: int
    post: int = 0
    proxy: int = 0


@dataclass(frozen=True, slots=True)
class Objection:
    """A member's objection to a proposal. `state`: open, withdrawn."""

    member_id: int
    member: str
    words: str
    state: str


def freeze_roll(tx: Tx, poll: Poll) -> int:
    """Put every member on a poll's roll and lay out its papers; give the roll's length."""
    roll = tx.run(
        "INSERT INTO roll (poll_id, member_id) SELECT :id, id FROM member WHERE left_at IS NULL", id=poll.id
    )
    if poll.secret:
        for paper in range(roll):
            tx.run(
                "INSERT INTO ballot (poll_id, paper, marks) VALUES (:id, :paper, :marks)",
                id=poll.id,
                paper=paper,
                marks=_blank(poll),
            )
    return roll


def turnout(tx: Tx, poll_id: int) -> Turnout:
    """Count who may vote and who has; never how."""
    row = tx.one(
        "SELECT COUNT(*) AS roll, COALESCE(SUM(voted), 0) AS voted FROM roll WHERE poll_id = :id", id=poll_id
    )
    entered = {
        found["how"]: int(found["n"])
        for found in tx.all(
            "SELECT how, COUNT(*) AS n FROM entered_vote WHERE poll_id = :id GROUP BY how", id=poll_id
        )
    }
    if row is None:
        return Turnout(0, 0)
    return Turnout(row["voted"], row["roll"], entered.get("post", 0), entered.get("proxy", 0))


def has_voted(tx: Tx, poll_id: int, member_id: int) -> bool | None:
    """Say whether a member has voted (None: not on the roll)."""
    row = tx.one(
        "SELECT voted FROM roll WHERE poll_id = :poll AND member_id = :member", poll=poll_id, member=member_id
    )
    return bool(row["voted"]) if row else None


def put_vote(tx: Tx, poll: Poll, member_id: int, marks: Marks) -> None:
    """Keep a member's vote in an open poll in place of an earlier one; the member is on the roll."""
    tx.run(
        "INSERT INTO vote (poll_id, member_id, marks) VALUES (:poll, :member, :marks) "
        "ON CONFLICT (poll_id, member_id) DO UPDATE SET marks = :marks",
        poll=poll.id,
        member=member_id,
        marks=marks,
    )
    tx.run(
        "DELETE FROM entered_vote WHERE poll_id = :poll AND member_id = :member",
        poll=poll.id,
        member=member_id,
    )
    tx.run(
        "UPDATE roll SET voted = 1 WHERE poll_id = :poll AND member_id = :member",
        poll=poll.id,
        member=member_id,
    )


def put_ballot(tx: Tx, poll: Poll, member_id: int, marks: Marks, random: Random) -> bool:
    """Mark the member as voted and fill one blank paper of a secret poll; False: may not vote (again).

    `random` must be one nobody can repeat (`random.SystemRandom`): who can, knows the papers.
    """
    marked = tx.run(
        "UPDATE roll SET voted = 1 WHERE poll_id = :poll AND member_id = :member AND voted = 0",
        poll=poll.id,
        member=member_id,
    )
    if not marked:
        return False
    blanks = tx.all(
        "SELECT paper FROM ballot WHERE poll_id = :poll AND marks = :blank", poll=poll.id, blank=_blank(poll)
    )
    tx.run(
        "UPDATE ballot SET side = 1 - side, marks = CASE WHEN paper = :paper THEN :marks ELSE marks END "
        "WHERE poll_id = :poll",
        marks=marks,
        poll=poll.id,
        paper=random.choice(blanks)["paper"],
    )
    # The log beside the database still holds the papers as they were before this vote.
    tx.forget_log()
    return True


def note_entered(tx: Tx, poll_id: int, member_id: int, how: str, by: str) -> None:
    """Write down that a coordinator entered a member's vote from paper."""
    tx.run(
        "INSERT INTO entered_vote (poll_id, member_id, how, entered_by) VALUES (:poll, :member, :how, :by)",
        poll=poll_id,
        member=member_id,
        how=how,
        by=by,
    )


def votes_of(tx: Tx, poll: Poll) -> Counter[Marks]:
    """Count equal votes of a poll that is over; raises PollStillOpen for any other."""
    if poll.state not in OVER:
        raise PollStillOpen(
            f"Poll {poll.key} is {poll.state}; its votes are shown to nobody before the close."
        )
    table = "ballot" if poll.secret else "vote"
    rows = tx.all(
        f"SELECT marks, COUNT(*) AS n FROM {table} WHERE poll_id = :id AND marks <> :blank "  # noqa: S608
        "GROUP BY marks ORDER BY marks",
        id=poll.id,
        blank=_blank(poll),
    )
    return Counter({row["marks"]: row["n"] for row in rows})


def named_votes(tx: Tx, poll: Poll) -> list[tuple[str, Marks]]:
    """Give the members' names and votes of a named poll that is over; raises PollStillOpen for any other."""
    if poll.state not in OVER or poll.secret:
        raise PollStillOpen(f"Poll {poll.key} is {poll.state} or secret; nobody sees who voted how.")
    rows = tx.all(
        "SELECT member.name AS name, vote.marks AS marks FROM vote JOIN member ON member.id = vote.member_id "
        "WHERE vote.poll_id = :id ORDER BY member.name, member.id",
        id=poll.id,
    )
    return [(row["name"], row["marks"]) for row in rows]


def note_rejection(tx: Tx, poll_id: int, reason: str) -> None:
    """Count one more vote that was asked for and not taken."""
    tx.run(
        "INSERT INTO poll_rejection (poll_id, reason, times) VALUES (:poll, :reason, 1) "
        "ON CONFLICT (poll_id, reason) DO UPDATE SET times = poll_rejection.times + 1",
        poll=poll_id,
        reason=reason,
    )


def rejections(tx: Tx, poll_id: int) -> Mapping[str, int]:
    """Give how often a vote was not taken, by reason."""
    rows = tx.all("SELECT reason, times FROM poll_rejection WHERE poll_id = :id ORDER BY reason", id=poll_id)
    return {row["reason"]: int(row["times"]) for row in rows}


def raise_objection(tx: Tx, poll_id: int, member_id: int, words: str, now: datetime) -> None:
    """Keep a member's objection to a proposal, in place of an earlier one."""
    tx.run(
        "INSERT INTO objection (poll_id, member_id, words, state, raised_at) "
        "VALUES (:poll, :member, :words, 'open', :now) "
        "ON CONFLICT (poll_id, member_id) DO UPDATE SET words = :words, state = 'open', raised_at = :now",
        poll=poll_id,
        member=member_id,
        words=words,
        now=to_text(now),
    )


def withdraw_objection(tx: Tx, poll_id: int, member_id: int) -> bool:
    """Let a member's objection stand no more; give whether there was one."""
    return bool(
        tx.run(
            "UPDATE objection SET state = 'withdrawn' "
            "WHERE poll_id = :poll AND member_id = :member AND state = 'open'",
            poll=poll_id,
            member=member_id,
        )
    )


def objections(tx: Tx, poll_id: int) -> list[Objection]:
    """Give the objections to a proposal, those that stand first."""
    rows = tx.all(
        "SELECT member_id, member.name AS member, words, state FROM objection "
        "JOIN member ON member.id = objection.member_id WHERE poll_id = :id "
        "ORDER BY state, raised_at, member_id",
        id=poll_id,
    )
    return [Objection(row["member_id"], row["member"], row["words"], row["state"]) for row in rows]


def _blank(poll: Poll) -> Marks:
    return bytes(len(poll.options))
