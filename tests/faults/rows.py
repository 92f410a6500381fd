"""What stands in the gateway's database about one number: texts, answers, and what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from gateway.store.database import Tx

# What residents get done, by the event that tells of it, and the rows of one resident that prove it.
DEEDS = {
    "lift.booked": "SELECT COUNT(*) AS n FROM trip WHERE resident_id = :id AND state = 'booked'",
    "help.opened": "SELECT COUNT(*) AS n FROM help_request WHERE resident_id = :id",
    "vote.cast": (
        "SELECT COUNT(*) AS n FROM vote JOIN member ON member.id = vote.member_id "
        "WHERE member.resident_id = :id"
    ),
    "ballot.cast": (
        "SELECT COUNT(*) AS n FROM roll JOIN member ON member.id = roll.member_id "
        "JOIN poll ON poll.id = roll.poll_id WHERE member.resident_id = :id AND poll.secret AND roll.voted"
    ),
}


def unfinished(tx: Tx) -> int:
    """Count the texts that wait to go or are being sent."""
    row = tx.one("SELECT COUNT(*) AS n FROM outbound WHERE state IN ('queued', 'sending')")
    assert row is not None
    return int(row["n"])


def texts_from(tx: Tx, number: str) -> dict[int, str]:
    """Give id and state of each text of a number, those that the network delivered once more excepted."""
    rows = tx.all("SELECT id, state FROM inbound WHERE sender = :number ORDER BY id", number=number)
    return {row["id"]: row["state"] for row in rows if row["state"] != "double"}


class Reply(NamedTuple):
    """An answer to text `to` as it stands in the database."""

    to: int
    kind: str
    state: str
    attempts: int
    doubts: int
    ref: str
    body: str


def replies_to(tx: Tx, number: str) -> list[Reply]:
    """Give the answers to a number's texts, in the order of these."""
    rows = tx.all(
        "SELECT inbound_id, kind, state, attempts, doubts, ref, body FROM outbound "
        "WHERE number = :number AND inbound_id IS NOT NULL ORDER BY inbound_id, id",
        number=number,
    )
    return [Reply(*row) for row in rows]


def said_again(tx: Tx, number: str, heard: str, said: int) -> bool:
    """Tell whether what a number heard is a confirmation once more, and no answer to its text `said`."""
    earlier = replies_to(tx, number)[: said - 1]
    return any(reply.body == heard and reply.doubts for reply in earlier)


def deeds_of(tx: Tx, number: str) -> Mapping[str, int]:
    """Count what stands in the database for a resident, by the names of `DEEDS`."""
    resident = tx.one("SELECT id FROM resident WHERE number = :number", number=number)
    assert resident is not None
    counts = {deed: tx.one(sql, id=resident["id"]) for deed, sql in DEEDS.items()}
    return +Counter({deed: int(row["n"]) for deed, row in counts.items() if row is not None})
