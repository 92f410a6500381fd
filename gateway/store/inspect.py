"""A look at a database that changes nothing, also while the gateway uses it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import StoreError
from gateway.store.database import Tx, read_only
from gateway.store.facts import fact
from gateway.store.migrate import migrations


@dataclass(frozen=True, slots=True)
class Inspected:
    """How a database is: its size in bytes, and its schema's number beside the newest one known here."""

    size: int
    schema: int
    newest: int


def inspect(database: Path) -> Inspected:
    """Open the database read-only and check it quickly. Raises StoreError when it is damaged or not ours."""
    try:
        with closing(sqlite3.connect(read_only(database), uri=True, timeout=5)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            schema = connection.execute("SELECT max(number) FROM migration").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"{database} cannot be read ({error}).") from None
    if verdict != "ok":
        raise StoreError(f"{database} is damaged ({verdict}).")
    return Inspected(database.stat().st_size, schema or 0, max(number for number, _, _ in migrations()))


def tried_pin(database: Path, modem: str) -> str | None:
    """Give the fingerprint of the PIN that a modem's SIM refused, None where none is known."""
    try:
        with closing(sqlite3.connect(read_only(database), uri=True, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            return fact(Tx(connection), f"tried-pin:{modem}")
    except sqlite3.Error:
        return None
