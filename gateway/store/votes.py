"""Polls, rolls, votes and ballots, as the database keeps them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, TypeAlias

from gateway.errors import GatewayError
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

Marks: TypeAlias = bytes
"""One byte an option, in the ballot's order: 0 is no mark, n the n-th preference."""

_COLUMNS = (
    "id, key, state, method, secret, tie_rule, quorum, question, options, tie_order, opens_at, closes_at, "
    "opened_at, result"
)


class PollStillOpen(GatewayError):
    """The votes of a poll were asked for before it closed: nothing was shown. Ask again after the close."""


@dataclass(frozen=True, slots=True)
class PollOption:
    """One option of a poll: its key and its label by language (BCP 47)."""

    key: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll. `tie_order` holds option keys, strongest first; `result` is empty until counted."""

    id: int
    key: str
    state: str
    method: str
    secret: bool
    tie_rule: str
    quorum: int
    question: Mapping[str, str]
    options: tuple[PollOption, ...]
    tie_order: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime
    opened_at: datetime | None
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many members voted, of how many who may."""

    voted: int
    roll: int


def add_poll(
    tx: Tx,
    *,
    key: str,
    question: Mapping[str, str],
    options: Sequence[PollOption],
    method: str,
    secret: bool,
    tie_rule: str,
    quorum: int,
    opens_at: datetime,
    closes_at: datetime,
) -> None:
    """Write down a draft of a poll; one whose key is known stays as it is."""
    tx.run(
        "INSERT INTO poll (key, state, method, secret, tie_rule, quorum, question, options, opens_at, "
        "closes_at) VALUES (:key, 'draft', :method, :secret, :tie_rule, :quorum, :question, :options, "
        ":opens_at, :closes_at) ON CONFLICT (key) DO NOTHING",
        key=key,
        method=method,
        secret=int(secret),
        tie_rule=tie_rule,
        quorum=quorum,
        question=_json(dict(question)),
        options=_json([[option.key, dict(option.labels)] for option in options]),
        opens_at=to_text(opens_at),
        closes_at=to_text(closes_at),
    )


def poll_by_key(tx: Tx, key: str) -> Poll | None:
    """Find a poll by its key."""
    row = tx.one(f"SELECT {_COLUMNS} FROM poll WHERE key = :key", key=key)  # noqa: S608
    return _poll(row) if row else None


def polls_in(tx: Tx, state: str) -> list[Poll]:
    """Give the polls in a state, the one that closes first before the others."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM poll WHERE state = :state ORDER BY closes_at, id",  # noqa: S608
        state=state,
    )
    return [_poll(row) for row in rows]


def set_state(tx: Tx, poll_id: int, state: str) -> None:
    """Move a poll to a state."""
    tx.run("UPDATE poll SET state = :state WHERE id = :id", state=state, id=poll_id)


def open_poll(tx: Tx, poll: Poll, state: str, tie_order: Sequence[str], now: datetime) -> int:
    """Open a poll: freeze its roll and its tie order, lay out its papers; give the roll's length."""
    tx.run(
        "UPDATE poll SET state = :state, tie_order = :tie_order, opened_at = :now WHERE id = :id",
        state=state,
        tie_order=_json(list(tie_order)),
        now=to_text(now),
        id=poll.id,
    )
    roll = tx.run("INSERT INTO roll (poll_id, member_id) SELECT :id, id FROM member", id=poll.id)
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
    """Count who may vote and who has."""
    row = tx.one(
        "SELECT COUNT(*) AS roll, COALESCE(SUM(voted), 0) AS voted FROM roll WHERE poll_id = :id", id=poll_id
    )
    return Turnout(row["voted"], row["roll"]) if row else Turnout(0, 0)


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
        "UPDATE ballot SET marks = :marks WHERE poll_id = :poll AND paper = :paper",
        marks=marks,
        poll=poll.id,
        paper=random.choice(blanks)["paper"],
    )
    return True


def votes_of(tx: Tx, poll: Poll) -> Counter[Marks]:
    """Count equal votes of a poll that is over; raises PollStillOpen for any other."""
    if poll.state not in {"closed", "counted"}:
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


def keep_result(tx: Tx, poll_id: int, state: str, result: Mapping[str, Any]) -> None:
    """Keep what the count of a poll came to."""
    tx.run(
        "UPDATE poll SET state = :state, result = :result WHERE id = :id",
        state=state,
        result=_json(dict(result)),
        id=poll_id,
    )


def _blank(poll: Poll) -> Marks:
    return bytes(len(poll.options))


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _poll(row: Row) -> Poll:
    return Poll(
        id=row["id"],
        key=row["key"],
        state=row["state"],
        method=row["method"],
        secret=bool(row["secret"]),
        tie_rule=row["tie_rule"],
        quorum=row["quorum"],
        question=json.loads(row["question"]),
        options=tuple(PollOption(key, labels) for key, labels in json.loads(row["options"])),
        tie_order=tuple(json.loads(row["tie_order"])),
        opens_at=from_text(row["opens_at"]),
        closes_at=from_text(row["closes_at"]),
        opened_at=from_text(row["opened_at"]) if row["opened_at"] else None,
        result=json.loads(row["result"]) if row["result"] else {},
    )
