"""Conversations that are over, as results packages read them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flows.conversation import Conversation
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import unpack


@dataclass(frozen=True, slots=True)
class FlowPackage:
    """A version of a flow as a package; `pushed` is the last conversation that was pushed."""

    id: str
    flow: str
    version: int
    created_at: datetime
    published_at: datetime | None
    pushed: int


@dataclass(frozen=True, slots=True)
class EndedConversation:
    """A conversation that is over."""

    id: int
    resident_id: int
    ended_at: datetime
    conversation: Conversation


_PACKAGE = "SELECT id, flow, version, created_at, published_at, pushed FROM flow_package"


def packages(tx: Tx) -> list[FlowPackage]:
    """Give every package."""
    return [_package(row) for row in tx.all(f"{_PACKAGE} ORDER BY flow, version")]


def package_by_id(tx: Tx, package_id: str) -> FlowPackage | None:
    """Find a package."""
    row = tx.one(f"{_PACKAGE} WHERE id = :id", id=package_id)
    return _package(row) if row else None


def ensure_packages(tx: Tx, flows: Iterable[tuple[str, int]], now: datetime) -> None:
    """Make a package of each version of a flow that has none."""
    for flow, version in flows:
        tx.run(
            "INSERT INTO flow_package (id, flow, version, created_at) VALUES (:id, :flow, :version, :now) "
            "ON CONFLICT (flow, version) DO NOTHING",
            id=str(uuid.uuid4()),
            flow=flow,
            version=version,
            now=to_text(now),
        )


def ended_conversations(
    tx: Tx,
    flow: str,
    version: int,
    *,
    after: int,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[EndedConversation]:
    """Give conversations of a flow that are over, in the order in which they began.

    None is given that began later than one that still goes on: whoever asks again after the last one
    misses nothing.
    """
    rows = tx.all(
        "SELECT id, resident_id, changed_at, state FROM conversation WHERE flow = :flow "
        "AND version = :version AND id > :after AND id < :open AND status NOT IN ('active', 'person') "
        "AND changed_at > :since AND changed_at <= :until ORDER BY id LIMIT :limit",
        flow=flow,
        version=version,
        after=after,
        open=_first_open(tx, flow, version),
        since=to_text(since) if since else "",
        until=to_text(until) if until else "9999",
        limit=limit,
    )
    return [
        EndedConversation(
            row["id"],
            row["resident_id"],
            from_text(row["changed_at"]),
            Conversation.from_json(unpack(row["state"])),
        )
        for row in rows
    ]


def note_published(tx: Tx, package_id: str, now: datetime) -> None:
    """Write down that another system knows a package."""
    tx.run("UPDATE flow_package SET published_at = :now WHERE id = :id", id=package_id, now=to_text(now))


def note_pushed(tx: Tx, package_id: str, conversation_id: int) -> None:
    """Write down how far a package's conversations were pushed."""
    tx.run("UPDATE flow_package SET pushed = :last WHERE id = :id", id=package_id, last=conversation_id)


def _first_open(tx: Tx, flow: str, version: int) -> int:
    # One that a person has taken over can last for weeks: it counts as over where it stood.
    row = tx.one(
        "SELECT MIN(id) AS id FROM conversation WHERE status = 'active' AND status IN ('active', 'person') "
        "AND flow = :flow AND version = :version",
        flow=flow,
        version=version,
    )
    return int(row["id"]) if row and row["id"] is not None else 2**62


def _package(row: Row) -> FlowPackage:
    return FlowPackage(
        row["id"],
        row["flow"],
        row["version"],
        from_text(row["created_at"]),
        from_text(row["published_at"]) if row["published_at"] else None,
        row["pushed"],
    )
