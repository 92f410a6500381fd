"""Reads a finished database and says what is wrong with its trips, knowing nothing of how they got there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from gateway.store.database import Row, Tx


def check_trips(tx: Tx) -> list[str]:
    """Give every breach of what must hold: capacity at any moment, trips within runs, one run at a time."""
    return [*_overfull(tx), *_outside(tx), *_twice_at_once(tx), *_codes(tx)]


def _overfull(tx: Tx) -> Iterator[str]:
    for run in tx.all("SELECT id, seats, wheelchair_spaces FROM run"):
        trips = tx.all(
            "SELECT starts_at, ends_at, seats, wheelchairs FROM trip "
            "WHERE run_id = :id AND state IN ('booked', 'done', 'no_show')",
            id=run["id"],
        )
        for moment in {trip["starts_at"] for trip in trips}:
            there = [trip for trip in trips if trip["starts_at"] <= moment < trip["ends_at"]]
            for what, room in (("seats", run["seats"]), ("wheelchairs", run["wheelchair_spaces"])):
                taken = sum(trip[what] for trip in there)
                if taken > room:
                    yield f"run {run['id']} at {moment}: {taken} {what} taken, there are {room}"


def _outside(tx: Tx) -> Iterator[str]:
    for row in tx.all(
        "SELECT t.id FROM trip t LEFT JOIN run r ON r.id = t.run_id WHERE t.state = 'booked' "
        "AND (r.id IS NULL OR t.date <> r.date OR t.starts_at < r.starts_at OR t.ends_at > r.ends_at)"
    ):
        yield f"trip {row['id']} is booked outside any run"


def _twice_at_once(tx: Tx) -> Iterator[str]:
    runs = tx.all("SELECT id, vehicle, driver_id, starts_at, ends_at FROM run")
    for one, other in combinations(runs, 2):
        together = one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]
        if together and (_same(one, other, "vehicle") or _same(one, other, "driver_id")):
            yield f"runs {one['id']} and {other['id']} share a vehicle or a driver at once"


def _codes(tx: Tx) -> Iterator[str]:
    for row in tx.all(
        "SELECT resident_id, code FROM trip WHERE state IN ('requested', 'standby', 'booked') "
        "GROUP BY resident_id, code HAVING count(*) > 1"
    ):
        yield f"resident {row['resident_id']} has two open trips called {row['code']}"


def _same(one: Row, other: Row, column: str) -> bool:
    return bool(one[column] == other[column])
