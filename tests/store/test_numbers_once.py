"""An id that was told outside never comes to mean another record, though its own is erased."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.retention import Retention
from gateway.store import migrate
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.webhooks import Wanted, add_endpoint
from gateway.terms import Terms
from tests.village import Village, ashby

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
COUNTS_FROM = 21
"""The migration from which on ids are given once."""

# Nothing outlives a row of these that knew its id.
KNOWN_NOWHERE_ELSE = {
    "broken_part": "no page, event or text names one",
    "driver_hours": "replaced as a whole with the community's file",
    "help_note": "stands below its request, by its words alone",
    "inbound_part": "its keys, which hold the id, go with it",
    "reading_code": "never erased, and the newest alone is good",
    "urgent_telling": "read by the matter it tells of",
}


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


@pytest.fixture
def earlier(monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Give a database as the version before left it, with foreign keys on."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        before = [one for one in migrate.migrations() if one[0] < COUNTS_FROM]
        with monkeypatch.context() as earlier:
            earlier.setattr(migrate, "migrations", lambda: before)
            migrate.migrate(connection, NOW)
        yield connection


def numbered(tx: Tx, how: str) -> set[str]:
    """Give the tables whose rows have an id, as they say it."""
    rows = tx.all("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {row["name"] for row in rows if f"id INTEGER PRIMARY KEY{how}" in row["sql"]}


async def test_every_id_is_given_once_or_is_known_nowhere_else(village: Village) -> None:
    again = await village.store.read(numbered, ",")
    assert again == set(KNOWN_NOWHERE_ELSE), "say AUTOINCREMENT where the table is made, or here why not"


async def test_nothing_counts_where_votes_lie(village: Village) -> None:
    counting = await village.store.read(numbered, " AUTOINCREMENT")
    assert counting
    assert not counting & {"ballot", "roll", "vote", "entered_vote", "objection"}


async def test_after_a_silence_of_years_a_new_event_is_no_old_one_and_is_still_delivered(
    village: Village,
) -> None:
    """Every event is too old and erased; receivers know each by its id, and an endpoint stands behind it."""
    last = await village.store.write(write_some_events, village.hands.now)
    village.hands.pass_time(timedelta(days=3_000))
    await Retention(village.store, village.turns, village.clock, Terms()).night()
    assert (
        await village.store.read(lambda tx: tx.all("SELECT id FROM event WHERE id <= :last", last=last)) == []
    )
    await village.store.write(lambda tx: write_event(tx, "help.opened", "help:1", {}, village.hands.now))
    newest = await village.store.read(lambda tx: tx.one("SELECT MAX(id) AS id FROM event"))
    assert newest is not None
    assert newest["id"] > last


def write_some_events(tx: Tx, now: datetime) -> int:
    for number in range(5):
        write_event(tx, "help.opened", f"help:{number}", {}, now)
    add_endpoint(tx, Wanted("cases", "https://cases.example.org/in", ("*",), ()), "whsec_x", now)
    newest = tx.one("SELECT cursor FROM webhook_endpoint")
    assert newest is not None
    return int(newest["cursor"])


def test_what_stood_in_a_database_of_before_stands_there_unchanged(earlier: sqlite3.Connection) -> None:
    earlier.execute("INSERT INTO resident (id, number, created_at) VALUES (4, '+447700900001', 'then')")
    for row_id in (7, 9):
        earlier.execute(
            "INSERT INTO inbound (id, key, twin, bodyless, link, sender, resident_id, body, "
            "received_at, state) VALUES (:id, :id, '', '', 'm0', '', 4, 'words', 'then', 'handled')",
            {"id": row_id},
        )
    earlier.execute(
        "INSERT INTO outbound (id, resident_id, number, body, kind, lane, inbound_id, state, parts, "
        "not_before, valid_until, created_at) VALUES (3, 4, '', 'so', '', 0, 9, 'sent', 1, '', '', '')"
    )
    earlier.execute("INSERT INTO journal (at, action, subject) VALUES ('then', 'did', 'it')")
    kinds = "SELECT type, name FROM sqlite_master WHERE type <> 'table' ORDER BY name"
    kept = {name: earlier.execute(f"SELECT * FROM {name}").fetchall() for name in ("inbound", "outbound")}
    beside = earlier.execute(kinds).fetchall()
    migrate.migrate(earlier, NOW)
    for name, rows in kept.items():
        assert earlier.execute(f"SELECT * FROM {name}").fetchall() == rows
    assert earlier.execute(kinds).fetchall() == beside
    assert earlier.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert earlier.execute("PRAGMA foreign_key_check").fetchall() == []
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        earlier.execute("DELETE FROM inbound WHERE id = 9")
    with pytest.raises(sqlite3.IntegrityError, match="cannot be altered"):
        earlier.execute("UPDATE journal SET action = 'did not'")
    earlier.execute("DELETE FROM outbound")
    earlier.execute("DELETE FROM inbound")
    assert next_inbound(earlier) == 10


def test_counting_begins_after_what_is_known_of_rows_long_gone(earlier: sqlite3.Connection) -> None:
    earlier.execute("INSERT INTO resident (id, number, created_at) VALUES (4, '+447700900001', 'then')")
    earlier.execute(
        "INSERT INTO webhook_endpoint (name, url, types, secret, state, cursor, created_at, changed_at) "
        "VALUES ('', '', '[]', '', 'on', 5000, '', '')"
    )
    earlier.execute(
        "INSERT INTO flow_package (id, flow, version, created_at, pushed) VALUES ('', '', 1, '', 60)"
    )
    earlier.execute("INSERT INTO vote_talk VALUES (4, 70, 80, 1)")
    migrate.migrate(earlier, NOW)
    known = dict(earlier.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0").fetchall())
    assert known == {
        "event": 5000,
        "flow_result": 60,
        "inbound": 70,
        "outbound": 80,
        "resident": 4,
        "webhook_endpoint": 1,
    }
    assert next_inbound(earlier) == 71


def next_inbound(connection: sqlite3.Connection) -> int:
    row = connection.execute(
        "INSERT INTO inbound (key, twin, bodyless, link, sender, body, received_at, state) "
        "VALUES ('new', '', '', '', '', '', '', '') RETURNING id"
    ).fetchone()
    return int(row[0])
