"""Conversations, as JSON beside the few columns that are searched."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flows.conversation import Conversation
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.packed import pack, unpack


class Kept(NamedTuple):
    """A conversation and the row it lies in."""

    id: int
    conversation: Conversation


OPEN = ("active", "person")


def latest_conversation(tx: Tx, resident_id: int) -> Kept | None:
    """Give a resident's newest conversation, open or ended."""
    row = tx.one(
        "SELECT id, state FROM conversation WHERE resident_id = :resident ORDER BY id DESC LIMIT 1",
        resident=resident_id,
    )
    if row is None:
        return None
    return Kept(row["id"], Conversation.from_json(unpack(row["state"])))


def begin_conversation(tx: Tx, resident_id: int, conversation: Conversation, now: datetime) -> int:
    """Keep a new conversation and give its id."""
    tx.tell("conversation.moved")
    return tx.insert(
        "INSERT INTO conversation "
        "(resident_id, flow, version, status, state, deadline, began_at, changed_at) "
        "VALUES (:resident, :flow, :version, :status, :state, :deadline, :now, :now) RETURNING id",
        resident=resident_id,
        flow=conversation.flow,
        version=conversation.version,
        status=conversation.status,
        state=_state(conversation),
        deadline=_deadline(conversation),
        now=to_text(now),
    )


def save_conversation(tx: Tx, kept: Kept, conversation: Conversation, now: datetime) -> None:
    """Keep what a conversation has become since it was `kept`."""
    tx.tell("conversation.moved")
    # To name the status, even the same, has SQLite write the index of open conversations anew.
    status = "" if conversation.status == kept.conversation.status else "status = :status, "
    tx.run(
        f"UPDATE conversation SET {status}flow = :flow, version = :version, state = :state, "  # noqa: S608
        "deadline = :deadline, changed_at = :now WHERE id = :id",
        id=kept.id,
        flow=conversation.flow,
        version=conversation.version,
        status=conversation.status,
        state=_state(conversation),
        deadline=_deadline(conversation),
        now=to_text(now),
    )


def overdue(tx: Tx, now: datetime, limit: int = 100) -> list[int]:
    """Give the residents whose conversation's deadline has passed, the longest overdue first."""
    rows = tx.all(
        "SELECT resident_id FROM conversation WHERE deadline <= :now AND status IN ('active', 'person') "
        "ORDER BY deadline LIMIT :limit",
        now=to_text(now),
        limit=limit,
    )
    return [int(row["resident_id"]) for row in rows]


def is_overdue(tx: Tx, resident_id: int, now: datetime) -> bool:
    """Tell whether the deadline of a resident's open conversation has passed."""
    row = tx.one(
        "SELECT 1 FROM conversation WHERE resident_id = :resident AND status IN ('active', 'person') "
        "AND deadline <= :now",
        resident=resident_id,
        now=to_text(now),
    )
    return row is not None


def drop_deadline(tx: Tx, resident_id: int) -> None:
    """Let a resident's open conversation wait without an end."""
    tx.run(
        "UPDATE conversation SET deadline = NULL WHERE resident_id = :resident "
        "AND status IN ('active', 'person')",
        resident=resident_id,
    )


def next_deadline(tx: Tx) -> datetime | None:
    """Give the earliest deadline of any open conversation."""
    row = tx.one(
        "SELECT deadline AS at FROM conversation WHERE deadline IS NOT NULL "
        "AND status IN ('active', 'person') ORDER BY deadline LIMIT 1"
    )
    return datetime.fromisoformat(row["at"]) if row and row["at"] else None


def _state(conversation: Conversation) -> str:
    return pack(conversation.to_json())


def _deadline(conversation: Conversation) -> str | None:
    if conversation.deadline is None or conversation.status not in OPEN:
        return None
    return to_text(conversation.deadline)
