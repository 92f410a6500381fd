"""What was answered to requests with an Idempotency-Key, and the key of the installation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.store.database import Tx
from gateway.store.facts import fact, keep_fact
from gateway.store.instant import to_text

KEPT_FOR = timedelta(hours=24)
_KEY = "api.key"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that was given already, and the hash of the request it answered."""

    request_hash: str
    status: int
    body: str


def kept_answer(tx: Tx, token_id: int, key_hash: str, now: datetime) -> KeptAnswer | None:
    """Find what was answered to a token's key within the last day."""
    row = tx.one(
        "SELECT request_hash, status, body FROM api_answer "
        "WHERE token_id = :token AND key_hash = :key AND answered_at > :since",
        token=token_id,
        key=key_hash,
        since=to_text(now - KEPT_FOR),
    )
    return KeptAnswer(*row) if row else None


def keep_answer(tx: Tx, token_id: int, key_hash: str, answer: KeptAnswer, now: datetime) -> None:
    """Keep what was answered, and let go of what is older than a day."""
    tx.run("DELETE FROM api_answer WHERE answered_at <= :old", old=to_text(now - KEPT_FOR))
    tx.run(
        "INSERT INTO api_answer (token_id, key_hash, request_hash, status, body, answered_at) "
        "VALUES (:token, :key, :request, :status, :body, :now)",
        token=token_id,
        key=key_hash,
        request=answer.request_hash,
        status=answer.status,
        body=answer.body,
        now=to_text(now),
    )


def installation_key(tx: Tx) -> bytes:
    """Give the key pseudonyms and cursors are made with, making it where there is none."""
    kept = fact(tx, _KEY)
    if kept is not None:
        return bytes.fromhex(kept)
    made = secrets.token_bytes(32)
    keep_fact(tx, _KEY, made.hex())
    return made
