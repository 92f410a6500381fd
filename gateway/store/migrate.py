"""Numbered migrations: plain SQL files, applied once each, in order."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from importlib import resources

from gateway.errors import StoreFromFuture
from gateway.store.instant import to_text


def migrations() -> list[tuple[int, str, str]]:
    """Give number, name and SQL of every migration this version knows, in order."""
    folder = resources.files("gateway.store").joinpath("migrations")
    return sorted(
        (int(file.name[:4]), file.name, file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    )


def migrate(connection: sqlite3.Connection, now: datetime) -> None:
    """Bring the schema up to this version, each step in one transaction; raises StoreFromFuture."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration "
        "(number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"
    )
    done = {row[0] for row in connection.execute("SELECT number FROM migration")}
    known = migrations()
    if done - {number for number, _, _ in known}:
        raise StoreFromFuture(
            "The database was written by a newer Plainline than this one. "
            "Install that version again, or restore a backup made before the update."
        )
    for number, name, sql in known:
        if number not in done:
            _apply(connection, number, name, sql, now)


def _apply(connection: sqlite3.Connection, number: int, name: str, sql: str, now: datetime) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(name, sql):
            connection.execute(statement)
        connection.execute("INSERT INTO migration VALUES (?, ?, ?)", (number, name, to_text(now)))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(name: str, sql: str) -> list[str]:
    # executescript() would commit first, and so tear a migration in two.
    found, pending = [], ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    if any(line.strip() and not line.startswith("--") for line in pending.splitlines()):
        raise ValueError(f"{name} ends within a statement")
    return found
