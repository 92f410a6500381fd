"""Deadlines that were counted from a clock which turned out wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.store.database import Tx
from gateway.store.facts import fact, keep_fact
from gateway.store.instant import from_text, to_text

DOUBT = "clock-doubted"


def note_doubt(tx: Tx) -> None:
    """Note that moments may have been written by a wrong clock, for a later run too."""
    keep_fact(tx, DOUBT, "yes")


def doubted(tx: Tx) -> bool:
    """Tell whether moments may have been written by a wrong clock since it was last known to be right."""
    return fact(tx, DOUBT) is not None


def shift_deadlines(tx: Tx, step: timedelta) -> None:
    """Move what counts from "now" by as much as the clock was set, so that waits keep their length."""
    for row in tx.all("SELECT id, deadline FROM conversation WHERE deadline IS NOT NULL"):
        tx.run(
            "UPDATE conversation SET deadline = :at WHERE id = :id",
            id=row["id"],
            at=_moved(row["deadline"], step),
        )
    for row in tx.all("SELECT id, not_before, valid_until FROM outbound WHERE state = 'queued'"):
        tx.run(
            "UPDATE outbound SET not_before = :before, valid_until = :until WHERE id = :id",
            id=row["id"],
            before=_moved(row["not_before"], step),
            until=_moved(row["valid_until"], step),
        )
    _shift_help(tx, step)


def _shift_help(tx: Tx, step: timedelta) -> None:
    """Move the terms of offers and of emergencies; what waits for a certain day waits for it still."""
    for row in tx.all(
        "SELECT id, due_at FROM help_request WHERE due_at IS NOT NULL "
        "AND state IN ('new', 'looking', 'offered')"
    ):
        tx.run(
            "UPDATE help_request SET due_at = :at WHERE id = :id",
            id=row["id"],
            at=_moved(row["due_at"], step),
        )
    for row in tx.all("SELECT id, repeat_at FROM urgent WHERE repeat_at IS NOT NULL"):
        tx.run(
            "UPDATE urgent SET repeat_at = :at WHERE id = :id",
            id=row["id"],
            at=_moved(row["repeat_at"], step),
        )


def grant_grace(tx: Tx, now: datetime, grace: timedelta, longest: timedelta) -> None:
    """End the doubt: what seems overdue, or due too far ahead, gets `grace` more, as a wrong clock set it."""
    late, early = to_text(now + grace), to_text(now + longest)
    tx.run(
        "UPDATE conversation SET deadline = :late "
        "WHERE status IN ('active', 'person') AND (deadline < :late OR deadline > :early)",
        late=late,
        early=early,
    )
    tx.run(
        "UPDATE outbound SET not_before = :now WHERE state = 'queued' AND not_before > :early",
        now=to_text(now),
        early=early,
    )
    tx.run(
        "UPDATE outbound SET valid_until = :late "
        "WHERE state = 'queued' AND (valid_until < :late OR valid_until > :early)",
        late=late,
        early=early,
    )
    # Help is looked at again at once: an offer's term that has ended costs nobody a late yes.
    tx.run(
        "UPDATE help_request SET due_at = :now WHERE due_at IS NOT NULL "
        "AND (due_at > :early OR state IN ('matched', 'done'))",
        now=to_text(now),
        early=early,
    )
    tx.run(
        "UPDATE urgent SET repeat_at = :now WHERE repeat_at IS NOT NULL AND repeat_at > :early",
        now=to_text(now),
        early=early,
    )
    keep_fact(tx, DOUBT, None)


def _moved(stored: str, step: timedelta) -> str:
    try:
        return to_text(from_text(stored) + step)
    except OverflowError:
        return stored
