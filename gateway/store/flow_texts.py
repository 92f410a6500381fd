"""Texts of flows in a coordinator's words: one draft, one revision that is live, and those before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.reworded import Rewording
from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text

REVISIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of the texts: `state` is draft, live or past; `changes` counts words unlike the files'."""

    id: int
    state: str
    by: str
    changed_at: datetime
    live_at: datetime | None
    changes: int


def live_texts(tx: Tx) -> list[Rewording]:
    """Give what is said in other words than the files'."""
    return _changes(tx, "live")


def draft_texts(tx: Tx) -> list[Rewording]:
    """Give what would be said in other words than the files' if the draft were switched on."""
    return _changes(tx, "draft") if _revision(tx, "draft") is not None else live_texts(tx)


def has_draft(tx: Tx) -> bool:
    """Tell whether there is a draft."""
    return _revision(tx, "draft") is not None


def write_draft(tx: Tx, change: Rewording, account_id: int, now: datetime) -> None:
    """Put other words for one text into the draft; empty words bring back those of the file."""
    draft = _revision(tx, "draft") or _begin(tx, _revision(tx, "live"), account_id, now)
    tx.run(
        "UPDATE text_revision SET made_by = :by, changed_at = :now WHERE id = :id",
        by=account_id,
        now=to_text(now),
        id=draft,
    )
    where = {"id": draft, "flow": change.flow, "language": change.language, "key": change.key}
    if change.words:
        tx.run(
            "INSERT INTO text_change (revision_id, flow, language, key, variant, words) "
            "VALUES (:id, :flow, :language, :key, :variant, :words) "
            "ON CONFLICT (revision_id, flow, language, key, variant) DO UPDATE SET words = excluded.words",
            variant=change.variant,
            words=change.words,
            **where,
        )
    else:
        tx.run(
            "DELETE FROM text_change WHERE revision_id = :id AND flow = :flow AND language = :language "
            "AND key = :key AND variant = :variant",
            variant=change.variant,
            **where,
        )


def drop_draft(tx: Tx) -> None:
    """Forget the draft."""
    draft = _revision(tx, "draft")
    if draft is not None:
        tx.run("DELETE FROM text_change WHERE revision_id = :id", id=draft)
        tx.run("DELETE FROM text_revision WHERE id = :id", id=draft)


def switch_on_draft(tx: Tx, now: datetime) -> bool:
    """Make the draft what is said; False where there is none."""
    draft = _revision(tx, "draft")
    if draft is None:
        return False
    tx.run("UPDATE text_revision SET state = 'past' WHERE state = 'live'")
    tx.run(
        "UPDATE text_revision SET state = 'live', live_at = :now WHERE id = :id", now=to_text(now), id=draft
    )
    return True


def draft_from(tx: Tx, revision_id: int | None, account_id: int, now: datetime) -> None:
    """Begin a new draft from an earlier revision, or (None) from the files as they are."""
    drop_draft(tx)
    _begin(tx, revision_id, account_id, now)


def revisions(tx: Tx) -> list[Revision]:
    """Give the draft, what is live, and what was, the newest first."""
    rows = tx.all(
        "SELECT r.id, r.state, r.changed_at, r.live_at, COALESCE(a.name, '') AS name, "
        "(SELECT COUNT(*) FROM text_change c WHERE c.revision_id = r.id) AS changes "
        "FROM text_revision r LEFT JOIN account a ON a.id = r.made_by ORDER BY r.id DESC LIMIT :most",
        most=REVISIONS_SHOWN,
    )
    return [
        Revision(
            row["id"],
            row["state"],
            row["name"],
            from_text(row["changed_at"]),
            from_text(row["live_at"]) if row["live_at"] else None,
            row["changes"],
        )
        for row in rows
    ]


def _begin(tx: Tx, source: int | None, account_id: int, now: datetime) -> int:
    draft = tx.insert(
        "INSERT INTO text_revision (state, made_by, changed_at) VALUES ('draft', :by, :now) RETURNING id",
        by=account_id,
        now=to_text(now),
    )
    if source is not None:
        tx.run(
            "INSERT INTO text_change (revision_id, flow, language, key, variant, words) "
            "SELECT :draft, flow, language, key, variant, words FROM text_change WHERE revision_id = :source",
            draft=draft,
            source=source,
        )
    return draft


def _revision(tx: Tx, state: str) -> int | None:
    row = tx.one("SELECT id FROM text_revision WHERE state = :state", state=state)
    return int(row["id"]) if row else None


def _changes(tx: Tx, state: str) -> list[Rewording]:
    rows = tx.all(
        "SELECT c.flow, c.language, c.key, c.variant, c.words FROM text_change c "
        "JOIN text_revision r ON r.id = c.revision_id WHERE r.state = :state "
        "ORDER BY c.flow, c.language, c.key, c.variant",
        state=state,
    )
    return [Rewording(row["flow"], row["language"], row["key"], row["variant"], row["words"]) for row in rows]
