"""Erasing what was written back and forth, where keeping it would betray a secret."""

from __future__ import annotations

import json
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import to_text

_LATER_THAN_ALL = "9999"


def erase_exchange(tx: Tx, resident_id: int, since: str, until: str = _LATER_THAN_ALL) -> int:
    """Empty the texts to and from a resident between two moments (stored text); give how many.

    The text that began it, which came just before `since`, goes too. A text still on its way
    out stays whole so that it can be sent, and becomes `kind` `secret`: emptied once it has ended.
    """
    inbound = tx.all(
        "SELECT id, bodyless FROM inbound WHERE sender = (SELECT number FROM resident WHERE id = :resident) "
        "AND received_at <= :until AND id >= COALESCE((SELECT MAX(began.id) FROM inbound began WHERE "
        "began.sender = inbound.sender AND began.received_at <= :since), 0)",
        resident=resident_id,
        since=since,
        until=until,
    )
    for row in inbound:
        _empty_inbound(tx, row)
    ended = tx.run(
        "UPDATE outbound SET body = '' WHERE resident_id = :resident "
        "AND created_at BETWEEN :since AND :until AND state NOT IN ('queued', 'sending', 'held')",
        resident=resident_id,
        since=since,
        until=until,
    )
    waiting = tx.run(
        "UPDATE outbound SET kind = 'secret' WHERE resident_id = :resident "
        "AND created_at BETWEEN :since AND :until AND state IN ('queued', 'sending', 'held')",
        resident=resident_id,
        since=since,
        until=until,
    )
    return len(inbound) + ended + waiting


def erase_conversations(tx: Tx, resident_id: int, flow: str, since: datetime) -> None:
    """Empty the texts of every conversation a resident has had in a flow since a moment, and its answers.

    The answers of one that is still open are left to its own turn.
    """
    rows = tx.all(
        "SELECT id, status, state, began_at, changed_at FROM conversation "
        "WHERE resident_id = :resident AND flow = :flow AND changed_at >= :since",
        resident=resident_id,
        flow=flow,
        since=to_text(since),
    )
    for row in rows:
        if row["status"] in {"active", "person"}:
            erase_exchange(tx, resident_id, row["began_at"])
        else:
            erase_exchange(tx, resident_id, row["began_at"], row["changed_at"])
            _empty_conversation(tx, row)


def began_at(tx: Tx, resident_id: int) -> str | None:
    """Give when a resident's open conversation began, as stored text (None: there is none)."""
    row = tx.one(
        "SELECT began_at FROM conversation WHERE resident_id = :resident AND status IN ('active', 'person')",
        resident=resident_id,
    )
    return str(row["began_at"]) if row else None


def _empty_inbound(tx: Tx, row: Row) -> None:
    # The keys are hashes of the body too, and a body of one digit is soon guessed from its hash.
    for part in tx.all("SELECT id, bodyless FROM inbound_part WHERE inbound_id = :id", id=row["id"]):
        tx.run(
            "UPDATE inbound_part SET body = '', twin = bodyless, key = :key WHERE id = :id",
            key=_free_key(tx, "inbound_part", part),
            id=part["id"],
        )
    tx.run(
        "UPDATE inbound SET body = '', twin = bodyless, key = :key WHERE id = :id",
        key=_free_key(tx, "inbound", row),
        id=row["id"],
    )


def _free_key(tx: Tx, table: str, row: Row) -> str:
    # Two texts in one second at one place of the SIM differ by nothing once their bodies are gone.
    taken = tx.one(
        f"SELECT 1 FROM {table} WHERE key = :key AND id <> :id",  # noqa: S608
        key=row["bodyless"],
        id=row["id"],
    )
    return f"erased:{row['id']}" if taken else str(row["bodyless"])


def _empty_conversation(tx: Tx, row: Row) -> None:
    state = json.loads(row["state"]) | {"answers": {}, "more": [], "argument": ""}
    tx.run(
        "UPDATE conversation SET state = :state WHERE id = :id",
        state=json.dumps(state, ensure_ascii=False, separators=(",", ":")),
        id=row["id"],
    )
