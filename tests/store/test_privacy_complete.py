"""No table that knows of a resident is forgotten: MY DATA tells of each, and FORGET ME reaches each.

The schema itself says which tables those are, so that a new one cannot be left out.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from gateway.store.database import Tx
from gateway.store.holdings import holdings
from gateway.store.instant import to_text
from gateway.store.migrate import migrate
from gateway.store.privacy import FORGOTTEN, erase_person
from tests.store.plans import slow_statements

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROSE, ROSES = 1, "+447700900171"
WORDS = "zygodactyl parrots"
PEOPLE = ("resident", "volunteer", "driver", "member", "roll")
"""Tables a row of which is a person: whatever points there knows of somebody."""

NUMBERS = ("number", "sender")
"""Columns of words that hold somebody's number."""

MATTERS = ("help_request", "food_referral", "inbound", "outbound", "call", "trip")
"""Tables a row of which is somebody's: what points there and to nobody is about them, too."""

OTHERS = {
    (
        "help_request",
        "volunteer_id",
    ): "the words are another's; a volunteer is told of their offers",
    ("urgent", "taken_by_resident"): "the words are another's; whoever took it was told, which is counted",
    ("outbound", "resident_id"): "texts are known by the number they went to",
}

TOLD_BESIDES = {
    "conversation": "what it holds was texted or said, and those are counted",
    "entered_vote": "it stands for a vote of somebody on the roll, which is counted",
    "inbound_part": "a piece of a text that is counted",
    "sent_part": "a piece of a text that is counted",
    "thread": "when somebody last wrote, in texts that are counted",
    "vote": "it is somebody's who is on the roll, which is counted",
    "vote_talk": "which of the texts that are counted are about a vote",
    "api_token": "a driver's address for a calendar: being a driver is told",
    "driver_hours": "being a driver is told",
}
KEPT = {
    "*.state": "where a matter ended, which is counted",
    "*.language": "what it was said in, which is counted",
    "*.code": "a reference that is given again",
    "*.category": "what kind of thing it was, which is counted",
    "*.flow": "what was talked about",
    "*.step": "what was talked about",
    "call.link": "one of our modems",
    "call.direction": "who rang, which is counted",
    "call.purpose": "why we rang, which is counted",
    "call.how": "how it ended, which is counted",
    "recording.kind": "what it was for, until its file is gone",
    "recording.file": "it is gone with the next sweep, within minutes",
    "help_request.urgency": "counted",
    "help_request.part": "counted",
    "help_request.reach": "by text or by ringing, without the number",
    "food_referral.slot": "how full a time was, which is counted",
    "trip.pickup": "from where lifts go, which is counted",
    "trip.dropoff": "to where lifts go, which is counted",
    "trip.time": "when lifts go, which is counted",
    "trip.appointment": "when lifts go, which is counted",
    "trip.needs": "how many need which room, which is counted",
    "trip.cancelled_as": "counted",
    "run.vehicle": "what was driven, which is counted",
    "board_idea.what": "what is public stays, without its author",
    "board_idea.place": "what is public stays, without its author",
    "board_idea.outcome": "what is public stays, without its author",
    "board_idea.meets_where": "what is public stays, without its author",
    "shift.what": "the rota's own words",
    "urgent.kind": "counted",
    "urgent.subject": "a number of ours that leads to nobody any more",
    "enrolment.decided_by": "a coordinator of the dashboard",
    "entered_vote.entered_by": "a coordinator of the dashboard",
    "entered_vote.how": "counted",
    "api_token.kind": "for the log of what it did",
    "api_token.prefix": "for the log of what it did",
    "api_token.hash": "a revoked token stays refused",
    "api_token.scopes": "for the log of what it did",
    "outbound.*": "a text that is still to be sent is waited for (is_told_something)",
}


def schema() -> sqlite3.Connection:
    """Open an empty database with every table, in which rows may point to rows that are not there."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, NOW)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    return connection


def known_by() -> dict[str, str]:
    """Give the column by which each table knows of a resident."""
    found: dict[str, str] = {}
    with closing(schema()) as connection:
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            table = row["name"]
            own, about = _leads(connection, table)
            columns = [one for one in (own or about) if (table, one) not in OTHERS]
            if columns and table != "resident":
                found[table] = columns[0]
    return found


def _leads(connection: sqlite3.Connection, table: str) -> tuple[list[str], list[str]]:
    """Give the columns that lead to somebody, and those that lead to what is somebody's."""
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    own = [row["name"] for row in columns if row["name"] in NUMBERS and row["type"] == "TEXT"]
    own += [row["name"] for row in columns if row["name"] == "resident_id"]
    about = []
    for row in connection.execute(f"PRAGMA foreign_key_list({table})"):
        if row["table"] in PEOPLE and row["from"] != "poll_id":
            own.append(row["from"])
        elif row["table"] in MATTERS and row["table"] != table:
            about.append(row["from"])
    return own, about


def put(connection: sqlite3.Connection, table: str) -> None:
    """Write a row that is all about Rose, with words of hers wherever there may be words."""
    values: dict[str, object] = {}
    for row in connection.execute(f"PRAGMA table_info({table})"):
        name, kind = row["name"], row["type"]
        if name in NUMBERS and kind == "TEXT":
            values[name] = ROSES
        elif name.endswith(("_at", "_until", "_on", "_date")) or name in ("at", "date"):
            values[name] = to_text(NOW)
        else:
            values[name] = {"INTEGER": ROSE, "REAL": 1.0, "BLOB": b"\x01"}.get(kind, WORDS)
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", values)


def put_with_parents(connection: sqlite3.Connection, table: str) -> None:
    """Write a row about Rose, unless there is one, and before it the rows of hers that it points to."""
    if connection.execute(f"SELECT 1 FROM {table}").fetchone():
        return
    for parent in dict.fromkeys(
        row["table"] for row in connection.execute(f"PRAGMA foreign_key_list({table})")
    ):
        if parent not in ("resident", table) and parent in (*PEOPLE, *MATTERS, "poll"):
            put_with_parents(connection, parent)
    put(connection, table)


def of_rose(table: str = "") -> sqlite3.Connection:
    """Give a database that knows Rose, and holds what a row of `table` needs to stand on."""
    connection = schema()
    put(connection, "resident")
    if table:
        put_with_parents(connection, table)
    return connection


TABLES = sorted(known_by())


@pytest.mark.parametrize("table", [one for one in TABLES if one not in TOLD_BESIDES])
def test_my_data_tells_of_every_table_that_knows_of_a_resident(table: str) -> None:
    with closing(of_rose(table)) as connection:
        held = holdings(Tx(connection), ROSE)
        connection.execute(f"DELETE FROM {table}")
        assert holdings(Tx(connection), ROSE) != held, f"MY DATA says nothing of {table}"


@pytest.mark.parametrize("table", TABLES)
def test_whoever_is_forgotten_is_in_no_words_of_any_table(table: str) -> None:
    with closing(of_rose(table)) as connection:
        erase_person(Tx(connection), ROSE, NOW, keep_number=False)
        left = [
            f"{table}.{name}"
            for row in connection.execute(f"SELECT * FROM {table}")
            for name in row.keys()  # noqa: SIM118 - a row is no mapping
            if row[name] in (WORDS, ROSES)
        ]
        unknown = [one for one in left if one not in KEPT and f"*.{one.partition('.')[2]}" not in KEPT]
        assert unknown == [], "FORGET ME leaves these; erase them, or write into KEPT why they stay"


def test_what_is_left_leads_to_nobody() -> None:
    with closing(of_rose()) as connection:
        erase_person(Tx(connection), ROSE, NOW, keep_number=True)
        left = {row["id"]: row for row in connection.execute("SELECT * FROM resident")}
        gone = left.pop(ROSE)
        assert gone["number"].startswith(FORGOTTEN)
        assert gone["name"] == ""
        assert [(row["number"], row["stopped"]) for row in left.values()] == [(ROSES, 1)]


def test_nobody_is_looked_for_in_a_whole_table_of_years() -> None:
    with closing(of_rose()) as connection:
        seen: set[str] = set()
        connection.set_trace_callback(seen.add)
        erase_person(Tx(connection), ROSE, NOW, keep_number=True)
        connection.set_trace_callback(None)
        asked = sorted(sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "DELETE")))
        assert len(asked) > 30
        assert slow_statements(Tx(connection), asked) == []


def test_what_is_told_besides_and_kept_is_there() -> None:
    assert set(TOLD_BESIDES) <= set(TABLES)
    with closing(schema()) as connection:
        columns = {
            f"{table}.{row['name']}"
            for table in TABLES
            for row in connection.execute(f"PRAGMA table_info({table})")
        }
    assert {one for one in KEPT if "*" not in one} <= columns
    assert len(TABLES) > 30
