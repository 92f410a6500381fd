"""Tries to tell from a database who voted how: every column of every table that knows a voter is tried.

The one who tries knows the truth beforehand and looks for anything that goes with it more than by chance.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from contextlib import closing
from math import sqrt
from pathlib import Path

VOTER_COLUMNS = (
    "member_id",
    "resident_id",
    "number",
    "sender",
    "subject",
    "outbound_id",
    "inbound_id",
    "talk",
)
BINS = 4
# Eight deviations from what chance gives: of millions of columns not one would get there by itself.
SUSPICIOUS = 8.0


def suspicious_columns(database: Path, truth: Mapping[str, str]) -> dict[str, float]:
    """Give the columns that go with the choice, with how far they are from chance, in deviations.

    `truth` maps a handset's number to the choice made on it. Only tables that hold a row for most
    voters are looked at; the tables of ballots know no voter.
    """
    found = {}
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        names = _names(connection)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            for place, row in enumerate(rows):
                if place == 0:
                    columns = row.keys()
            for column in columns if rows else ():
                per_voter = _values(rows, column, names)
                if len(per_voter) >= 0.6 * len(truth):
                    far = _distance(per_voter, truth)
                    if far > SUSPICIOUS:
                        found[f"{table}.{column}"] = far
    return found


def agreement(order: Sequence[str], ballots: Sequence[str]) -> float:
    """Give how far choices in one order agree with ballots in another, in deviations from chance."""
    pairs = list(zip(order, ballots, strict=True))
    counts = Counter(ballots)
    same = sum(times * times for times in counts.values()) / len(ballots) ** 2
    expected, deviation = len(pairs) * same, sqrt(len(pairs) * same * (1 - same))
    return (sum(a == b for a, b in pairs) - expected) / deviation


def _names(connection: sqlite3.Connection) -> dict[tuple[str, object], str]:
    """Map what tables call a voter to the handset's number."""
    names: dict[tuple[str, object], str] = {}
    for row in connection.execute("SELECT id, number FROM resident"):
        names |= {
            ("resident_id", row["id"]): row["number"],
            ("subject", f"resident:{row['id']}"): row["number"],
            ("number", row["number"]): row["number"],
            ("sender", row["number"]): row["number"],
        }
    for row in connection.execute(
        "SELECT member.id AS id, number FROM member JOIN resident ON resident.id = resident_id"
    ):
        names["member_id", row["id"]] = row["number"]
    for table in ("outbound", "inbound"):
        owner = "number" if table == "outbound" else "sender"
        for row in connection.execute(f"SELECT id, {owner} AS number FROM {table}"):
            names[f"{table}_id", row["id"]] = row["number"]
    return names


def _values(
    rows: Sequence[sqlite3.Row], column: str, names: Mapping[tuple[str, object], str]
) -> dict[str, Hashable]:
    """Give what a column says of each voter: one value, or how its several values come together."""
    several: dict[str, list[object]] = defaultdict(list)
    for row in rows:
        for key in VOTER_COLUMNS:
            if key in row.keys() and (key, row[key]) in names:  # noqa: SIM118 - a row is no mapping
                several[names[key, row[key]]].append(row[column])
                break
    return {number: _together(values) for number, values in several.items()}


def _together(values: Sequence[object]) -> Hashable:
    if all(isinstance(value, int | float) for value in values):
        return sum(values)  # type: ignore[arg-type]
    return tuple(sorted(str(value) for value in values))


def _distance(values: Mapping[str, Hashable], truth: Mapping[str, str]) -> float:
    """Give how far values and choices are from having nothing to do with each other (chi-square)."""
    known = [(value, truth[number]) for number, value in values.items() if number in truth]
    binned = _binned([value for value, _ in known])
    table = Counter(zip(binned, (choice for _, choice in known), strict=True))
    by_bin, by_choice = Counter(binned), Counter(choice for _, choice in known)
    freedom = (len(by_bin) - 1) * (len(by_choice) - 1)
    if not freedom:
        return 0.0
    chi = sum(
        (table[one, choice] - by_bin[one] * by_choice[choice] / len(known)) ** 2
        / (by_bin[one] * by_choice[choice] / len(known))
        for one in by_bin
        for choice in by_choice
    )
    return (chi - freedom) / sqrt(2 * freedom)


def _binned(values: Sequence[Hashable]) -> list[int]:
    """Put values into few bins: each its own where they are few, neighbours together where they are many."""
    distinct = sorted(set(values)) if _numbers(values) else sorted(set(values), key=repr)  # type: ignore[type-var]
    if len(distinct) <= 2 * BINS:
        return [distinct.index(value) for value in values]
    rank = {value: place * BINS // len(distinct) for place, value in enumerate(distinct)}
    return [rank[value] for value in values]


def _numbers(values: Sequence[Hashable]) -> bool:
    return all(isinstance(value, int | float) for value in values)
