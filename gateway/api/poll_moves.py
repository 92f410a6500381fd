"""Polls moved on, votes on paper entered where they are not secret, reports and ballots given out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from gateway.api.kinds import Described, Id, Whole, Words
from gateway.api.operations import Call, Operation, Stream
from gateway.api.polls import PUBLISHED, Poll, PollPath, known_poll, view_of
from gateway.api.problems import Refused
from gateway.api.reading import to_json
from gateway.community_votes import VotesMistake
from gateway.counting import count_to_json
from gateway.counting.blt import BltMistake, hash_of, read_blt
from gateway.counting.recount import numbers_of, recount
from gateway.services import ballots, poll_desk, poll_report
from gateway.store import polls, votes
from gateway.store.database import Tx
from gateway.store.packed import pack

LONGEST_OPEN = timedelta(days=2 * 366)
# Line breaks and tabs as other programs write them.
BLT_TEXT = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
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


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many voted, of how many who may, and how many of the votes were entered from paper."""

    voted: int
    members: int
    post: int
    proxy: int


@dataclass(frozen=True, slots=True)
class PollReport:
    """What a poll came to, counted anew from its ballots. In `count` a fraction is a string such as `7/3`.

    `rejected` says how often a vote was not taken, by reason. `hash` is the SHA-256 of `ballots.blt`.
    """

    key: str
    method: str
    seats: int
    secret: bool
    turnout: Turnout
    quorum: int
    quorate: bool
    tie_rule: str
    lot_seed: str
    rejected: dict[str, int]
    count: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class BltFile:
    """An election as BLT, and how to count it. `order`: who is stronger among equals, by number."""

    blt: Annotated[str, Words(60_000, 1, BLT_TEXT, example='2 1\n3 1 2 0\n0\n"Oak"\n"Elm"\n"Tree"\n')]
    method: Literal["plurality", "approval", "score", "ranked"] = "ranked"
    order: Annotated[str, Words(400, 0, "^[0-9,]*$", example="2,1")] = ""


@dataclass(frozen=True, slots=True)
class BltCount:
    """What the ballots of a file come to, options by number. `hash` is the SHA-256 of the text."""

    title: str
    options: list[str]
    seats: int
    count: dict[str, Any]
    hash: str


def move_poll(tx: Tx, call: Call) -> Poll:
    """Move a poll on; raises IllegalMove, Refused."""
    found, timing, by = _named(tx, call), call.timing(tx), call.by
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
    found, timing = _named(tx, call), call.timing(tx)
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
    found = _named(tx, call)
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
    found = _named(tx, call)
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
    return _turnout(votes.turnout(tx, found.id))


def read_report(tx: Tx, call: Call) -> PollReport:
    """Give what a poll came to; raises Refused before it may be told."""
    found = _over(tx, call)
    told = poll_report.report(tx, found)
    return PollReport(
        key=found.key,
        method=found.method,
        seats=found.seats,
        secret=found.secret,
        turnout=_turnout(told.turnout),
        quorum=found.quorum,
        quorate=told.quorate,
        tie_rule=found.tie_rule,
        lot_seed=found.lot_seed,
        rejected=dict(told.rejected),
        count=count_to_json(told.count),
        hash=told.hash,
    )


def read_ballots(tx: Tx, call: Call) -> str:
    """Give all ballots as BLT, sorted, without voters; raises Refused before they may be told."""
    return poll_report.report(tx, _over(tx, call)).blt


def count_ballots(call: Call) -> Stream:
    """Count the ballots of a BLT file; nothing is kept. Raises Refused."""
    return Stream(_counted(call.body))


async def _counted(file: BltFile) -> AsyncIterator[bytes]:
    # Beside the database's threads, which residents' turns need.
    yield pack(to_json(await asyncio.to_thread(_count, file))).encode()


def _count(file: BltFile) -> BltCount:
    try:
        election = read_blt(file.blt)
    except BltMistake as mistake:
        line = re.match(r"Line ([0-9]+)", str(mistake))
        where = f"See line {line[1]}." if line else "See the names behind the ballots."
        raise Refused(422, "bad_blt", f"The file cannot be read as BLT. {where}") from None
    order = file.order.split(",") if file.order else []
    if order and sorted(order) != sorted(numbers_of(election)):
        raise Refused(422, "bad_order", "The order names every option once, by number, such as 2,1,3.")
    counted = count_to_json(recount(election, file.method, order))
    return BltCount(election.title, list(election.options), election.seats, counted, hash_of(file.blt))


def _named(tx: Tx, call: Call) -> polls.Poll:
    path: PollPath = call.path
    known_poll(tx, path.key)
    found = polls.poll_by_key(tx, path.key)
    assert found is not None, "it was found a moment ago"  # noqa: S101
    return found


def _over(tx: Tx, call: Call) -> polls.Poll:
    """Give a poll whose result may be told: published, or over for whoever may open and close it."""
    found = _named(tx, call)
    if found.state != PUBLISHED and not (call.may("polls:write") and found.state in votes.OVER):
        raise Refused(409, "not_published", "The result of this poll is not out yet.")
    return found


def _turnout(found: votes.Turnout) -> Turnout:
    return Turnout(found.voted, found.roll, found.post, found.proxy)


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
    Operation(
        "readReport",
        "GET",
        "/polls/{key}/report",
        "Read what a poll came to, round by round",
        "poll",
        PollReport,
        scope="polls:read",
        work=read_report,
        params=PollPath,
        errors=(409,),
        about="Once it is published; for a token with `polls:write` once it is over.",
    ),
    Operation(
        "readBallots",
        "GET",
        "/polls/{key}/ballots.blt",
        "Read the ballots of a poll as BLT",
        "poll",
        str,
        scope="polls:read",
        work=read_ballots,
        params=PollPath,
        errors=(409,),
        media="text/plain",
        about="Sorted, without voters; when, as for the report.",
    ),
    Operation(
        "countBallots",
        "POST",
        "/count-ballots",
        "Count the ballots of a BLT file",
        "poll",
        BltCount,
        scope="polls:read",
        stream=count_ballots,
        body=BltFile,
        about="As polls are counted here. Nothing is kept.",
        kept=False,
    ),
)
