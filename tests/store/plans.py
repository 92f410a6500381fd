"""How SQLite would run a statement, and whether it would read a table that has grown from end to end."""

from __future__ import annotations

import re
from typing import Any

from gateway.store.database import Tx

# What grows with every text, trip or request; the others are as large as the community.
GROWING = frozenset(
    {
        "announcement_recipient",
        "api_answer",
        "board_idea",
        "board_joining",
        "call",
        "conversation",
        "delivery",
        "event",
        "flow_result",
        "food_referral",
        "help_note",
        "help_request",
        "inbound",
        "inbound_part",
        "journal",
        "offer",
        "outbound",
        "outgoing_call",
        "recording",
        "sent_part",
        "session",
        "shift",
        "trip",
        "urgent",
        "urgent_telling",
        "webhook_call",
        "webhook_delivery",
    }
)
# Read from the newest row backwards until the first that fits, which is the one just written.
NEWEST_FIRST = ("FROM inbound WHERE resident_id = ", "SELECT MAX(id) FROM inbound WHERE resident_id = ")


def shape(sql: str) -> str:
    """Give a statement without its values."""
    return re.sub(r"'[^']*'|\d+", "?", sql)


def slow_statements(tx: Tx, statements: list[str]) -> list[tuple[str, str]]:
    """Give the plan and the shape of those that would read a whole table of years."""
    partial = {
        row["name"] for row in tx.all("SELECT name FROM sqlite_master WHERE sql LIKE '%INDEX% WHERE %'")
    }
    found = []
    for sql in statements:
        if any(words in sql for words in NEWEST_FIRST):
            continue
        for row in tx.all(f"EXPLAIN QUERY PLAN {sql}"):
            scan = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", row["detail"])
            if scan and _table(sql, scan[1]) in GROWING and scan[2] not in partial:
                found.append((row["detail"], shape(sql)))
    return found


def _table(sql: str, name: str) -> str:
    """Give the table that goes by a name or an alias in a statement."""
    alias: Any = re.search(rf"(?:FROM|JOIN) (\w+) (?:AS )?{name}\b", sql)
    return alias[1] if alias else name
