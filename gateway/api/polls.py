"""Polls: what is asked, who came, and how it came out once the community says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from gateway.api.kinds import Described, Id, Words
from gateway.api.operations import Call, Operation
from gateway.api.people import PageQuery
from gateway.api.problems import not_found
from gateway.store import api_read, polls
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text
from gateway.store.packed import unpack

# Before it is published a result is nobody's: not while a poll is open, not while a tie is settled.
PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class PollOption:
    """One option, with its label by language (BCP 47)."""

    key: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll. `result` is null until it is published; a fraction in it is a string such as `7/3`."""

    id: Id
    key: str
    state: str
    method: str
    secret: bool
    quorum: int
    question: dict[str, str]
    options: list[PollOption]
    opens_at: datetime
    closes_at: datetime
    members: Annotated[int, Described("How many may vote; 0 before it opens.")]
    voted: int
    result: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class PollPage:
    """Polls, oldest first, and the cursor of the next page."""

    items: list[Poll]
    next: str | None


@dataclass(frozen=True, slots=True)
class PollPath:
    """Which poll."""

    key: Annotated[str, Words(64, 1, "^[A-Za-z0-9_.-]+$", example="bench")]


def list_polls(tx: Tx, call: Call) -> PollPage:
    """Give a page of polls."""
    query: PageQuery = call.query
    page = api_read.poll_page(tx, call.begins("listPolls", {}), query.limit)
    return PollPage([view_of(row) for row in page.rows], call.next("listPolls", {}, page.more_after))


def read_poll(tx: Tx, call: Call) -> Poll:
    """Give one poll."""
    path: PollPath = call.path
    return view_of(known_poll(tx, path.key))


def known_poll(tx: Tx, key: str) -> Row:
    """Give the poll with a key; raises Refused 404."""
    row = api_read.poll_row(tx, key)
    if row is None:
        raise not_found("poll")
    return row


def named_poll(tx: Tx, call: Call) -> polls.Poll:
    """Give the poll the path names, with all its rules; raises Refused 404."""
    path: PollPath = call.path
    found = polls.poll_by_key(tx, path.key)
    if found is None:
        raise not_found("poll")
    return found


def view_of(row: Row) -> Poll:
    """Give a poll as other systems see it."""
    return Poll(
        id=row["id"],
        key=row["key"],
        state=row["state"],
        method=row["method"],
        secret=bool(row["secret"]),
        quorum=row["quorum"],
        question=unpack(row["question"]),
        options=[PollOption(key, labels) for key, labels in unpack(row["options"])],
        opens_at=from_text(row["opens_at"]),
        closes_at=from_text(row["closes_at"]),
        members=row["members"],
        voted=row["voted"],
        result=unpack(row["result"]) if row["state"] == PUBLISHED and row["result"] else None,
    )


OPERATIONS = (
    Operation(
        "listPolls",
        "GET",
        "/polls",
        "List polls",
        "poll",
        PollPage,
        scope="polls:read",
        work=list_polls,
        query=PageQuery,
    ),
    Operation(
        "readPoll",
        "GET",
        "/polls/{key}",
        "Read one poll",
        "poll",
        Poll,
        scope="polls:read",
        work=read_poll,
        params=PollPath,
    ),
)
