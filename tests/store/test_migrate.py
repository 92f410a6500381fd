"""The schema is the sum of its migrations, each applied whole and once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from gateway.store import migrate
from gateway.store.migrate import migrations

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def schema(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE name <> 'migration' AND sql <> ''")
    return {(name, sql) for name, sql in rows}


def test_the_schema_is_what_the_files_say_taken_one_after_the_other(connection: sqlite3.Connection) -> None:
    migrate.migrate(connection, NOW)
    with closing(sqlite3.connect(":memory:")) as plain:
        for _, _, sql in migrations():
            plain.executescript(sql)
        assert schema(connection) == schema(plain)


def test_a_database_of_any_earlier_version_becomes_the_same(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrations()
    for version in range(1, len(every) + 1):
        with monkeypatch.context() as earlier:
            earlier.setattr(migrate, "migrations", lambda version=version: every[:version])
            migrate.migrate(connection, NOW)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate.migrate(fresh, NOW)
        assert schema(connection) == schema(fresh)


def test_a_migration_that_fails_half_way_leaves_nothing_of_itself(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.migrate(connection, NOW)
    before = schema(connection)
    broken = [*migrations(), (9999, "9999_broken.sql", "CREATE TABLE half (id INTEGER);\nCREATE nonsense;\n")]
    monkeypatch.setattr(migrate, "migrations", lambda: broken)
    with pytest.raises(sqlite3.OperationalError):
        migrate.migrate(connection, NOW)
    assert schema(connection) == before


def test_a_statement_without_its_end_is_an_error_and_not_left_out(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        migrate, "migrations", lambda: [(1, "0001_open.sql", "CREATE TABLE open (id INTEGER)\n")]
    )
    with pytest.raises(ValueError, match=r"0001_open\.sql ends within a statement"):
        migrate.migrate(connection, NOW)
