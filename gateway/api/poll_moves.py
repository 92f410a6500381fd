"""Polls moved on, and votes on paper entered where they are not secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from gateway.api.kinds import Described, Id, Whole, Words
from gateway.api.operations import Call, Operation
from gateway.api.poll_reports import Turnout, turnout_of
from gateway.api.polls import Poll, PollPath, known_poll, named_poll, view_of
from gateway.api.problems import Refused
from gateway.community_votes import VotesMistake
from gateway.services import ballots, poll_desk
from gateway.store import votes
from gateway.store.database import Tx

LONGEST_OPEN = timedelta(days=2 * 366)
OptionKey = Annotated[str, Words(64, 1, "^[A-Za-z0-9_.-]+$", example="pond")]
NextPollState = Literal["scheduled", "open", "closed", "cancelled", "published"]


@dataclass(frozen=True, slots=True)
class PollMove:
    """Where a poll goes. `scheduled`: it opens at its time; `open`: now; `closed`: now, and it is counted."""

    state: NextPollState


@dataclass(frozen=True, slots=True)
class PollClose:
    """When a poll closes instead: later, for one that is open; for one that was interrupted, at all."""

    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Lot:
    """What was drawn before witnesses, such as the numbers of dice; the report shows it."""

    seed: Annotated[str, Words(poll_desk.LONGEST_SEED, 1, example="4 2 6 1")]


@dataclass(frozen=True, slots=True)
class Score:
    """What an option scored."""

    option: OptionKey
    score: Annotated[int, Whole(0, ballots.TOP_SCORE)]


@dataclass(frozen=True, slots=True)
class PaperVote:
    """A vote that a member gave on paper: options (in order where the method ranks), or a score for each."""

    member: Id
    how: Literal["post", "proxy"]
    options: list[OptionKey]
    scores: list[Score]
    words: Annotated[str, Words(300), Described("Those of an objection.")] = ""


def move_poll(tx: Tx, call: Call) -> Poll:
    """Move a poll on; raises IllegalMove, Refused."""
    found, timing, by = named_poll(tx, call), call.timing(tx), call.by
    move: PollMove = call.body
    moves = {
        "scheduled": poll_desk.schedule,
        "open": poll_desk.open_now,
        "closed": poll_desk.close_early,
        "cancelled": poll_desk.cancel,
        "published": poll_desk.publish,
    }
    try:
        moved = moves[move.state](timing, found, by=by)
    except VotesMistake as mistake:
        raise Refused(422, "bad_poll", str(mistake)) from None
    call.journal(tx, "api.poll_moved", f"poll:{found.id}", state=moved.state)
    return view_of(known_poll(tx, found.key))


def set_close(tx: Tx, call: Call) -> Poll:
    """Let a poll close later, or go on after it was interrupted; raises IllegalMove, Refused."""
    found, timing = named_poll(tx, call), call.timing(tx)
    close: PollClose = call.body
    if not call.now < close.closes_at <= call.now + LONGEST_OPEN:
        raise Refused(422, "bad_moment", "A poll closes at a moment to come, two years ahead at most.")
    change = poll_desk.resume if found.state == "interrupted" else poll_desk.extend
    try:
        change(timing, found, close.closes_at, by=call.by)
    except VotesMistake as mistake:
        raise Refused(422, "bad_poll", str(mistake)) from None
    call.journal(tx, "api.poll_moved", f"poll:{found.id}", state="open")
    return view_of(known_poll(tx, found.key))


def draw_lot(tx: Tx, call: Call) -> Poll:
    """Decide a tie by what was drawn; raises IllegalMove, Refused."""
    found = named_poll(tx, call)
    lot: Lot = call.body
    try:
        drawn = poll_desk.draw_lot(call.timing(tx), found, lot.seed, by=call.by)
    except VotesMistake as mistake:
        raise Refused(422, "bad_poll", str(mistake)) from None
    call.journal(tx, "api.poll_moved", f"poll:{found.id}", state=drawn.state)
    return view_of(known_poll(tx, found.key))


def enter_paper(tx: Tx, call: Call) -> Turnout:
    """Enter a vote that a member gave on paper in a poll with names; raises Refused.

    Never in a secret one: what another system sends is a voter and a choice in one piece, and would be
    in that system, and as a hash in our own kept answers.
    """
    found = named_poll(tx, call)
    paper: PaperVote = call.body
    if found.secret:
        raise Refused(
            403,
            "secret_poll",
            "Votes in a secret poll are entered at the dashboard alone.",
        )
    scores = {one.option: one.score for one in paper.scores}
    choice = ballots.Choice(tuple(paper.options), scores if paper.scores else None, paper.words)
    try:
        ballots.enter_for(call.timing(tx), found, paper.member, choice, how=paper.how, by=call.by)
    except ballots.VoteNotTaken:
        raise Refused(
            409,
            "not_taken",
            "The vote was not entered: the poll is not open, the member is not on its roll or has voted "
            "already, or it is no choice that the poll allows.",
        ) from None
    call.journal(tx, "api.vote_entered", f"poll:{found.id}", how=paper.how)
    return turnout_of(votes.turnout(tx, found.id))


OPERATIONS = (
    Operation(
        "movePoll",
        "POST",
        "/polls/{key}/state",
        "Open, close, call off or publish a poll",
        "poll",
        Poll,
        scope="polls:write",
        work=move_poll,
        params=PollPath,
        body=PollMove,
        errors=(409,),
        about="Members are told as the poll's own rules say.",
    ),
    Operation(
        "setPollClose",
        "PUT",
        "/polls/{key}/close",
        "Let a poll close later",
        "poll",
        Poll,
        scope="polls:write",
        work=set_close,
        params=PollPath,
        body=PollClose,
        errors=(409,),
    ),
    Operation(
        "drawLot",
        "POST",
        "/polls/{key}/lot",
        "Decide a tie by lot",
        "poll",
        Poll,
        scope="polls:write",
        work=draw_lot,
        params=PollPath,
        body=Lot,
        errors=(409,),
    ),
    Operation(
        "enterPaper",
        "POST",
        "/polls/{key}/papers",
        "Enter a vote given on paper",
        "poll",
        Turnout,
        scope="polls:write",
        work=enter_paper,
        params=PollPath,
        body=PaperVote,
        errors=(409,),
        about="In open polls, which have names. Those of a secret poll are entered at the dashboard alone.",
    ),
)
