"""Tokens of other systems and of drivers' calendars: kept as hashes, never as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack

BEARER = "bearer"
CALENDAR = "calendar"

_COLUMNS = "id, kind, name, prefix, scopes, driver_id, created_at, expires_at, last_used_on, revoked_at"


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token besides the token itself; `last_used_on` is a UTC date, '' for never."""

    id: int
    kind: str
    name: str
    prefix: str
    scopes: frozenset[str]
    driver_id: int | None
    created_at: datetime
    expires_at: datetime | None
    last_used_on: str
    revoked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def hash_of(token: str) -> str:
    """Give what is kept of a token; it is random and long, so that one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def add_token(
    tx: Tx,
    *,
    kind: str,
    name: str,
    prefix: str,
    hashed: str,
    now: datetime,
    scopes: Sequence[str] = (),
    driver_id: int | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Write down a new token and give its id."""
    return tx.insert(
        "INSERT INTO api_token (kind, name, prefix, hash, scopes, driver_id, created_at, expires_at) "
        "VALUES (:kind, :name, :prefix, :hash, :scopes, :driver, :now, :expires) RETURNING id",
        kind=kind,
        name=name,
        prefix=prefix,
        hash=hashed,
        scopes=pack(sorted(scopes)),
        driver=driver_id,
        now=to_text(now),
        expires=to_text(expires_at) if expires_at else None,
    )


def token_by_hash(tx: Tx, kind: str, hashed: str) -> Token | None:
    """Find a token of a kind by its hash, usable or not."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM api_token WHERE hash = :hash AND kind = :kind",  # noqa: S608
        hash=hashed,
        kind=kind,
    )
    return _token(row) if row else None


def tokens(tx: Tx) -> list[Token]:
    """Give every token there ever was, the newest first."""
    return [_token(row) for row in tx.all(f"SELECT {_COLUMNS} FROM api_token ORDER BY id DESC")]  # noqa: S608


def revoke_token(tx: Tx, token_id: int, now: datetime) -> bool:
    """Let a token be used no more; False when there is none of that id that could be."""
    return bool(
        tx.run(
            "UPDATE api_token SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL",
            id=token_id,
            now=to_text(now),
        )
    )


def note_use(tx: Tx, token_id: int, day: str) -> None:
    """Remember the day (UTC) on which a token was last used, and no more than the day."""
    tx.run("UPDATE api_token SET last_used_on = :day WHERE id = :id", id=token_id, day=day)


def _token(row: Row) -> Token:
    return Token(
        row["id"],
        row["kind"],
        row["name"],
        row["prefix"],
        frozenset(unpack(row["scopes"])),
        row["driver_id"],
        from_text(row["created_at"]),
        from_text(row["expires_at"]) if row["expires_at"] else None,
        row["last_used_on"],
        from_text(row["revoked_at"]) if row["revoked_at"] else None,
    )
