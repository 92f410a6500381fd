"""Polls, as the database keeps them: what is asked, by which rules, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack

_COLUMNS = (
    "id, key, state, method, secret, tie_rule, quorum, question, options, tie_order, opens_at, closes_at, "
    "opened_at, closed_at, copied_at, seats, announce, publish, lot_seed, result"
)


@dataclass(frozen=True, slots=True)
class PollOption:
    """One option of a poll: its key and its label by language (BCP 47)."""

    key: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PollRules:
    """Everything of a poll that is frozen when it opens.

    `method`, `tie_rule`, `seats`, `quorum`, `announce` and `publish` are as in
    `community_votes.PollEntry`.
    """

    question: Mapping[str, str]
    options: tuple[PollOption, ...]
    method: str
    secret: bool
    tie_rule: str
    quorum: int
    seats: int
    announce: bool
    publish: str
    opens_at: datetime
    closes_at: datetime

    @property
    def keys(self) -> tuple[str, ...]:
        """The options' keys, in the order of the ballot."""
        return tuple(option.key for option in self.options)


@dataclass(frozen=True, slots=True)
class Poll(PollRules):
    """A poll. `tie_order` holds option keys, strongest first; `result` is empty until counted.

    `lot_seed` is what a lot was drawn with; `copied_at` when the backup was made that it came back from.
    """

    id: int
    key: str
    state: str
    tie_order: tuple[str, ...]
    lot_seed: str
    opened_at: datetime | None
    closed_at: datetime | None
    copied_at: datetime | None
    result: Mapping[str, Any]


def add_poll(tx: Tx, key: str, state: str, rules: PollRules) -> int | None:
    """Write down a poll and give its id; one whose key is known stays as it is, and None is given."""
    row = tx.one(
        "INSERT INTO poll (key, state, method, secret, tie_rule, quorum, question, options, opens_at, "
        "closes_at, seats, announce, publish) VALUES (:key, :state, :method, :secret, :tie_rule, "
        ":quorum, :question, :options, :opens_at, :closes_at, :seats, :announce, :publish) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        key=key,
        state=state,
        **_stored(rules),
    )
    return int(row["id"]) if row else None


def change_rules(tx: Tx, poll_id: int, rules: PollRules) -> None:
    """Write the rules of a poll that is not open yet anew."""
    tx.run(
        "UPDATE poll SET method = :method, secret = :secret, tie_rule = :tie_rule, quorum = :quorum, "
        "question = :question, options = :options, opens_at = :opens_at, closes_at = :closes_at, "
        "seats = :seats, announce = :announce, publish = :publish WHERE id = :id",
        id=poll_id,
        **_stored(rules),
    )


def poll_by_key(tx: Tx, key: str) -> Poll | None:
    """Find a poll by its key."""
    row = tx.one(f"SELECT {_COLUMNS} FROM poll WHERE key = :key", key=key)  # noqa: S608
    return _poll(row) if row else None


def poll_by_id(tx: Tx, poll_id: int) -> Poll | None:
    """Find a poll by its id."""
    row = tx.one(f"SELECT {_COLUMNS} FROM poll WHERE id = :id", id=poll_id)  # noqa: S608
    return _poll(row) if row else None


def polls_in(tx: Tx, state: str) -> list[Poll]:
    """Give the polls in a state, the one that closes first before the others."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM poll WHERE state = :state ORDER BY closes_at, id",  # noqa: S608
        state=state,
    )
    return [_poll(row) for row in rows]


def all_polls(tx: Tx, limit: int = 200) -> list[Poll]:
    """Give every poll, the one that closes last first."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM poll ORDER BY closes_at DESC, id DESC LIMIT :limit",  # noqa: S608
        limit=limit,
    )
    return [_poll(row) for row in rows]


def set_state(tx: Tx, poll_id: int, state: str) -> None:
    """Move a poll to a state."""
    tx.run("UPDATE poll SET state = :state WHERE id = :id", state=state, id=poll_id)


def set_times(tx: Tx, poll_id: int, opens_at: datetime, closes_at: datetime) -> None:
    """Set when a poll opens and closes."""
    tx.run(
        "UPDATE poll SET opens_at = :opens, closes_at = :closes WHERE id = :id",
        opens=to_text(opens_at),
        closes=to_text(closes_at),
        id=poll_id,
    )


def set_opened(tx: Tx, poll_id: int, now: datetime) -> None:
    """Write down when a poll opened."""
    tx.run("UPDATE poll SET opened_at = :now WHERE id = :id", now=to_text(now), id=poll_id)


def set_closed(tx: Tx, poll_id: int, now: datetime) -> None:
    """Write down when a poll closed."""
    tx.run("UPDATE poll SET closed_at = :now WHERE id = :id", now=to_text(now), id=poll_id)


def set_tie_order(tx: Tx, poll_id: int, tie_order: Sequence[str], seed: str) -> None:
    """Fix who is stronger among equals, and what a lot was drawn with."""
    tx.run(
        "UPDATE poll SET tie_order = :tie_order, lot_seed = :seed WHERE id = :id",
        tie_order=pack(list(tie_order)),
        seed=seed,
        id=poll_id,
    )


def keep_result(tx: Tx, poll_id: int, result: Mapping[str, Any]) -> None:
    """Keep what the count of a poll came to."""
    tx.run("UPDATE poll SET result = :result WHERE id = :id", result=pack(dict(result)), id=poll_id)


def _stored(rules: PollRules) -> dict[str, Any]:
    return {
        "method": rules.method,
        "secret": int(rules.secret),
        "tie_rule": rules.tie_rule,
        "quorum": rules.quorum,
        "question": pack(dict(rules.question)),
        "options": pack([[option.key, dict(option.labels)] for option in rules.options]),
        "opens_at": to_text(rules.opens_at),
        "closes_at": to_text(rules.closes_at),
        "seats": rules.seats,
        "announce": int(rules.announce),
        "publish": rules.publish,
    }


def _poll(row: Row) -> Poll:
    return Poll(
        question=unpack(row["question"]),
        options=tuple(PollOption(key, labels) for key, labels in unpack(row["options"])),
        method=row["method"],
        secret=bool(row["secret"]),
        tie_rule=row["tie_rule"],
        quorum=row["quorum"],
        seats=row["seats"],
        announce=bool(row["announce"]),
        publish=row["publish"],
        opens_at=from_text(row["opens_at"]),
        closes_at=from_text(row["closes_at"]),
        id=row["id"],
        key=row["key"],
        state=row["state"],
        tie_order=tuple(unpack(row["tie_order"])),
        lot_seed=row["lot_seed"],
        opened_at=_moment(row["opened_at"]),
        closed_at=_moment(row["closed_at"]),
        copied_at=_moment(row["copied_at"]),
        result=unpack(row["result"]) if row["result"] else {},
    )


def _moment(stored: str | None) -> datetime | None:
    return from_text(stored) if stored else None
