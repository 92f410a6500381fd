"""What polls came to: reports and ballots once they may be told, and other programs' ballots counted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from gateway.api.kinds import Words
from gateway.api.operations import Call, Operation, Stream
from gateway.api.polls import PUBLISHED, PollPath, named_poll
from gateway.api.problems import Refused
from gateway.api.reading import to_json
from gateway.counting import count_to_json
from gateway.counting.blt import BltMistake, hash_of, read_blt
from gateway.counting.recount import numbers_of, recount
from gateway.services import poll_report
from gateway.store import polls, votes
from gateway.store.database import Tx
from gateway.store.packed import pack

# Line breaks and tabs as other programs write them.
BLT_TEXT = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"


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


def read_report(tx: Tx, call: Call) -> PollReport:
    """Give what a poll came to; raises Refused before it may be told."""
    found = _over(tx, call)
    told = poll_report.report(tx, found)
    return PollReport(
        key=found.key,
        method=found.method,
        seats=found.seats,
        secret=found.secret,
        turnout=turnout_of(told.turnout),
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


def _over(tx: Tx, call: Call) -> polls.Poll:
    """Give a poll whose result may be told: published, or over for whoever may open and close it."""
    found = named_poll(tx, call)
    if found.state != PUBLISHED and not (call.may("polls:write") and found.state in votes.OVER):
        raise Refused(409, "not_published", "The result of this poll is not out yet.")
    return found


def turnout_of(found: votes.Turnout) -> Turnout:
    """Give a turn-out as other systems see it."""
    return Turnout(found.voted, found.roll, found.post, found.proxy)


OPERATIONS = (
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
