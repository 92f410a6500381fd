"""What is held about one person, counted by kind: what MY DATA tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.store.announcements import choices
from gateway.store.database import Tx
from gateway.store.instant import from_text
from gateway.store.privacy import roles

_POLLS = "member CROSS JOIN poll JOIN {} held ON held.poll_id = poll.id AND held.member_id = member.id"
_NUMBER = "(SELECT number FROM resident WHERE id = :id)"

# Every table that knows of a resident is counted in one of the kinds, or told in words of its own:
# tests/store/test_privacy_complete.py goes through the schema and says which is forgotten.
_COUNTED: Mapping[str, tuple[str, ...]] = {
    "texts": (
        "inbound WHERE resident_id = :id",
        f"inbound_part WHERE inbound_id IS NULL AND sender = {_NUMBER}",
    ),
    "answers": (f"outbound WHERE number = {_NUMBER}",),
    "calls": ("call WHERE resident_id = :id", "outgoing_call WHERE resident_id = :id"),
    "recordings": ("recording WHERE resident_id = :id",),
    "requests": ("help_request WHERE resident_id = :id",),
    "notes": ("help_note WHERE request_id IN (SELECT id FROM help_request WHERE resident_id = :id)",),
    "offers": ("offer WHERE volunteer_id = :id",),
    "foodbank": ("food_referral WHERE resident_id = :id",),
    "lifts": ("trip WHERE resident_id = :id",),
    "needs": ("rider WHERE resident_id = :id",),
    "runs": ("run WHERE driver_id = :id",),
    "ideas": ("board_idea WHERE resident_id = :id",),
    "shifts": ("shift WHERE resident_id = :id",),
    "announcements": ("announcement_recipient WHERE resident_id = :id",),
    "polls": (
        _POLLS.format("roll") + " WHERE member.resident_id = :id",
        _POLLS.format("objection") + " WHERE member.resident_id = :id",
    ),
    "enrolments": ("enrolment WHERE resident_id = :id",),
    "surveys": ("flow_result WHERE resident_id = :id", "flow_consent WHERE resident_id = :id"),
    "urgent": ("urgent WHERE resident_id = :id", "urgent_telling WHERE resident_id = :id"),
}
KINDS = tuple(_COUNTED)
"""What is counted, in the order in which it is told."""

NUMBERED = frozenset(KINDS) - {"needs"}
"""The kinds of which it means something how many there are."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held about somebody.

    `counts` has every kind of which there is something; `since` is the oldest text's moment (None: no
    text). `joined` are the numbers of the ideas they are in on. `chosen` says of each kind of text they
    ever chose whether they want it. `slow` and `rung`: how they want to be spoken to.
    `memberships` are the names of those who share the handset and are, or were, members.
    """

    name: str
    counts: Mapping[str, int]
    since: datetime | None
    joined: tuple[int, ...]
    chosen: Mapping[str, bool]
    memberships: tuple[str, ...]
    roles: tuple[str, ...]
    slow: bool
    rung: bool

    @property
    def texts(self) -> int:
        """How many texts from them are kept."""
        return self.counts.get("texts", 0)


def holdings(tx: Tx, resident_id: int) -> Holdings:
    """Count what is held about a resident, for MY DATA and for the dashboard's page of people."""
    person = tx.one("SELECT name, slow, reads_no_texts FROM resident WHERE id = :id", id=resident_id)
    oldest = tx.one("SELECT MIN(received_at) AS at FROM inbound WHERE resident_id = :id", id=resident_id)
    joined = tx.all(
        "SELECT idea_id FROM board_joining WHERE resident_id = :id ORDER BY idea_id", id=resident_id
    )
    members = tx.all("SELECT name FROM member WHERE resident_id = :id ORDER BY id", id=resident_id)
    counts = {
        kind: sum(_count(tx, where, resident_id) for where in wheres) for kind, wheres in _COUNTED.items()
    }
    return Holdings(
        name=person["name"] if person else "",
        counts={kind: count for kind, count in counts.items() if count},
        since=from_text(oldest["at"]) if oldest and oldest["at"] else None,
        joined=tuple(int(row["idea_id"]) for row in joined),
        chosen=choices(tx, resident_id),
        memberships=tuple(row["name"] for row in members),
        roles=roles(tx, resident_id),
        slow=bool(person and person["slow"]),
        rung=bool(person and person["reads_no_texts"]),
    )


def _count(tx: Tx, where: str, resident_id: int) -> int:
    row = tx.one(f"SELECT COUNT(*) FROM {where}", id=resident_id)  # noqa: S608
    return int(row[0]) if row else 0
