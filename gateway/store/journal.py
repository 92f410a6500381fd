"""The log of who did what, when: it only ever grows, but for what became too old to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.value import Json
from gateway.store.database import Row, Tx
from gateway.store.facts import keep_fact
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack

ERASED_BEFORE = "journal_erased_before"


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed. `who` is the name of the account, '' where the gateway itself did it."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: dict[str, Json]


def journal(
    tx: Tx, /, account_id: int | None, action: str, subject: str, now: datetime, **detail: Json
) -> None:
    """Write down that an account did `action` (`help.moved`) to `subject` (`help:12`).

    `detail` is shown in the log to every role: ids, states and counts, never a name, number or text.
    """
    tx.run(
        "INSERT INTO journal (at, account_id, action, subject, detail) "
        "VALUES (:at, :account, :action, :subject, :detail)",
        at=to_text(now),
        account=account_id,
        action=action,
        subject=subject,
        detail=pack(detail),
    )
    tx.tell("journal.written")


def latest_entries(tx: Tx, *, before: int | None = None, limit: int = 50) -> list[Entry]:
    """Give the newest entries, or the newest before an id."""
    rows = tx.all(
        "SELECT j.id, j.at, j.action, j.subject, j.detail, COALESCE(a.name, '') AS who FROM journal j "
        "LEFT JOIN account a ON a.id = j.account_id WHERE j.id < :before ORDER BY j.id DESC LIMIT :limit",
        before=before if before is not None else 2**62,
        limit=limit,
    )
    return [_entry(row) for row in rows]


def entries_about(tx: Tx, subject: str, *, limit: int = 50) -> list[Entry]:
    """Give what was done to a subject, the newest first."""
    rows = tx.all(
        "SELECT j.id, j.at, j.action, j.subject, j.detail, COALESCE(a.name, '') AS who FROM journal j "
        "LEFT JOIN account a ON a.id = j.account_id WHERE j.subject = :subject "
        "ORDER BY j.id DESC LIMIT :limit",
        subject=subject,
        limit=limit,
    )
    return [_entry(row) for row in rows]


def forget_journal(tx: Tx, before: datetime) -> int:
    """Erase what is older than a moment and give how many entries that were."""
    keep_fact(tx, ERASED_BEFORE, to_text(before))
    return tx.run("DELETE FROM journal WHERE at < :before", before=to_text(before))


def _entry(row: Row) -> Entry:
    return Entry(
        row["id"], from_text(row["at"]), row["who"], row["action"], row["subject"], unpack(row["detail"])
    )
