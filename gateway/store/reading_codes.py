"""Codes with which somebody who rings in reads the prompts aloud: hashes, of which the newest is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack


@dataclass(frozen=True, slots=True)
class ReadingCode:
    """What is known of a code besides the code itself; `wrong` counts the wrong tries by resident."""

    id: int
    language: str
    hash: str
    valid_until: datetime
    wrong: Mapping[int, int]


def put_code(tx: Tx, language: str, hashed: str, valid_until: datetime) -> int:
    """Write down a new code and give its id; the one before is of no more use."""
    if (before := usable_code(tx)) is not None:
        end_code(tx, before)
    return tx.insert(
        "INSERT INTO reading_code (language, hash, valid_until) "
        "VALUES (:language, :hash, :until) RETURNING id",
        language=language,
        hash=hashed,
        until=to_text(valid_until),
    )


def usable_code(tx: Tx) -> ReadingCode | None:
    """Give the newest code unless it is used or spent; its time may be over."""
    row = tx.one("SELECT id, language, hash, valid_until, wrong FROM reading_code ORDER BY id DESC LIMIT 1")
    if row is None or not row["hash"]:
        return None
    wrong = {int(resident): int(count) for resident, count in unpack(row["wrong"]).items()}
    return ReadingCode(row["id"], row["language"], row["hash"], from_text(row["valid_until"]), wrong)


def count_wrong(tx: Tx, code: ReadingCode, resident_id: int) -> None:
    """Write down that a resident keyed something else than the code."""
    wrong = {**code.wrong, resident_id: code.wrong.get(resident_id, 0) + 1}
    tx.run(
        "UPDATE reading_code SET wrong = :wrong WHERE id = :id",
        id=code.id,
        wrong=pack({str(resident): count for resident, count in wrong.items()}),
    )


def end_code(tx: Tx, code: ReadingCode) -> None:
    """Let a code be of no more use, and forget who tried it."""
    tx.run("UPDATE reading_code SET hash = '', wrong = '{}' WHERE id = :id", id=code.id)
