"""Systems that may send webhooks to us, and what was answered to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack

_COLUMNS = "id, name, scopes, secret, old_secret, old_secret_until, state, created_at"


@dataclass(frozen=True, slots=True)
class Source:
    """A system that may send webhooks to /hooks/NAME. `state`: on, off; `scopes` as tokens have them."""

    id: int
    name: str
    scopes: frozenset[str]
    secret: str = field(repr=False)
    old_secret: str = field(repr=False)
    old_secret_until: datetime | None
    state: str
    created_at: datetime

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """Give the secrets that it may sign with just now."""
        old = self.old_secret and self.old_secret_until is not None and now < self.old_secret_until
        return (self.secret, self.old_secret) if old else (self.secret,)


def add_source(tx: Tx, name: str, scopes: Sequence[str], secret: str, now: datetime) -> int:
    """Write down a new source and give its id."""
    return tx.insert(
        "INSERT INTO webhook_source (name, scopes, secret, state, created_at, changed_at) "
        "VALUES (:name, :scopes, :secret, 'on', :now, :now) RETURNING id",
        name=name,
        scopes=pack(sorted(scopes)),
        secret=secret,
        now=to_text(now),
    )


def set_source_secret(tx: Tx, source_id: int, secret: str, old_until: datetime | None, now: datetime) -> None:
    """Put a new secret in the old one's place, which is good until `old_until` (None: ends now)."""
    tx.run(
        "UPDATE webhook_source SET old_secret = CASE WHEN :until IS NULL THEN '' ELSE secret END, "
        "old_secret_until = :until, secret = :secret, changed_at = :now WHERE id = :id",
        secret=secret,
        until=to_text(old_until) if old_until else None,
        now=to_text(now),
        id=source_id,
    )


def set_source_state(tx: Tx, source_id: int, state: str, now: datetime) -> None:
    """Switch a source on or off, or remove it, and its secrets with it."""
    tx.run(
        "UPDATE webhook_source SET state = :state, changed_at = :now, "
        "secret = CASE WHEN :state = 'removed' THEN '' ELSE secret END, "
        "old_secret = CASE WHEN :state = 'removed' THEN '' ELSE old_secret END WHERE id = :id",
        state=state,
        now=to_text(now),
        id=source_id,
    )


def sources(tx: Tx) -> list[Source]:
    """Give every source that was not removed, the oldest first."""
    rows = tx.all(f"SELECT {_COLUMNS} FROM webhook_source WHERE state <> 'removed' ORDER BY id")  # noqa: S608
    return [_source(row) for row in rows]


def source_by_name(tx: Tx, name: str) -> Source | None:
    """Find a source by its name, on or off."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM webhook_source WHERE name = :name AND state <> 'removed'",  # noqa: S608
        name=name,
    )
    return _source(row) if row else None


def source_by_id(tx: Tx, source_id: int) -> Source | None:
    """Give a source, None when there is none or it was removed."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM webhook_source WHERE id = :id AND state <> 'removed'",  # noqa: S608
        id=source_id,
    )
    return _source(row) if row else None


def kept_answer(tx: Tx, source_id: int, webhook_id: str) -> str | None:
    """Give what was answered to a webhook that was done before, as JSON; None for a new one."""
    row = tx.one(
        "SELECT answer FROM webhook_call WHERE source_id = :source AND webhook_id = :id",
        source=source_id,
        id=webhook_id,
    )
    return str(row["answer"]) if row else None


def keep_answer(tx: Tx, source_id: int, webhook_id: str, answer: str, now: datetime) -> None:
    """Remember that a webhook was done, and what was answered."""
    tx.run(
        "INSERT INTO webhook_call (source_id, webhook_id, answer, at) VALUES (:source, :id, :answer, :now)",
        source=source_id,
        id=webhook_id,
        answer=answer,
        now=to_text(now),
    )


def forget_answers(tx: Tx, before: datetime, limit: int) -> int:
    """Forget up to so many webhooks that were done before a moment; give how many that were."""
    return tx.run(
        "DELETE FROM webhook_call WHERE (source_id, webhook_id) IN "
        "(SELECT source_id, webhook_id FROM webhook_call WHERE at < :before LIMIT :limit)",
        before=to_text(before),
        limit=limit,
    )


def _source(row: Row) -> Source:
    return Source(
        id=row["id"],
        name=row["name"],
        scopes=frozenset(unpack(row["scopes"])),
        secret=row["secret"],
        old_secret=row["old_secret"],
        old_secret_until=from_text(row["old_secret_until"]) if row["old_secret_until"] else None,
        state=row["state"],
        created_at=from_text(row["created_at"]),
    )
