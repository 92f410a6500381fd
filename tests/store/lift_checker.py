"""Reads a finished database and says what is wrong with its trips, knowing nothing of how they got there.

Its arithmetic is its own: minutes as whole numbers, stops walked one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

from gateway.store.database import Row, Tx

ABOARD = "('offered', 'booked', 'reminded', 'on_board', 'done', 'no_show')"
OPEN = "('requested', 'standby', 'offered', 'booked', 'reminded', 'on_board')"


def check_trips(tx: Tx) -> list[str]:
    """Give every breach of what must hold of runs, of trips, and of who knows them by which code."""
    return check_seats(tx) + [problem for run, trips in _carried(tx) for problem in _too_late(tx, run, trips)]


def check_seats(tx: Tx) -> list[str]:
    """Give the same without driving the runs, which takes travel times that are written down."""
    found = [*_outside(tx), *_twice_at_once(tx), *_codes(tx), *_adrift(tx)]
    for run, trips in _carried(tx):
        found += _overfull(run, trips)
        found += [
            f"trip {trip['id']} needs a lift" for trip in trips if trip["needs_lift"] and not run["lift"]
        ]
    return found


def _carried(tx: Tx) -> Iterator[tuple[Row, list[Row]]]:
    for run in tx.all("SELECT id, seats, wheelchair_spaces, lift, starts_at, ends_at FROM run"):
        yield run, tx.all(f"SELECT * FROM trip WHERE run_id = :id AND state IN {ABOARD}", id=run["id"])


def _overfull(run: Row, trips: Sequence[Row]) -> Iterator[str]:
    """Walk the stops in order: whoever gets out has left before somebody gets in at the same minute."""
    steps = [(_minute(trip["ends_at"]), 0, -1, trip) for trip in trips]
    steps += [(_minute(trip["starts_at"]), 1, 1, trip) for trip in trips]
    seats = wheelchairs = 0
    for minute, _, sign, trip in sorted(steps, key=lambda step: step[:2]):
        seats += sign * trip["seats"]
        wheelchairs += sign * trip["wheelchairs"]
        if seats > run["seats"] or wheelchairs > run["wheelchair_spaces"]:
            yield f"run {run['id']} at minute {minute}: {seats} seats and {wheelchairs} spaces are taken"


def _too_late(tx: Tx, run: Row, trips: Sequence[Row]) -> Iterator[str]:
    """Drive the run: nobody is reached later than the window allows, and the run ends in time."""
    rules = tx.one("SELECT window_min, travel_min FROM lift_rules")
    assert rules is not None
    stops = [(_minute(t["starts_at"]), 1, t["pickup"], t["loading_min"], t["id"]) for t in trips]
    stops += [
        (_minute(t["ends_at"]) - t["loading_min"], 0, t["dropoff"], t["loading_min"], t["id"]) for t in trips
    ]
    here, came, goes = "", 0, 0
    for minute, _, place, loading, trip in sorted(stops, key=lambda stop: stop[:3]):
        if not here:
            came = minute
        elif place == here:
            came = max(minute, came)
        else:
            came = max(minute, goes + _travel(tx, here, place, rules["travel_min"]))
        goes = max(goes, came + loading) if here else came + loading
        here = place
        if came > minute + rules["window_min"]:
            yield f"run {run['id']} reaches trip {trip} {came - minute} minutes late"
        if came + loading > _minute(run["ends_at"]):
            yield f"run {run['id']} is not over in time"


def _travel(tx: Tx, here: str, there: str, usual: int) -> int:
    for a, b in ((here, there), (there, here)):
        row = tx.one("SELECT minutes FROM travel_time WHERE origin = :a AND destination = :b", a=a, b=b)
        if row is not None:
            return int(row[0])
    return usual


def _outside(tx: Tx) -> Iterator[str]:
    for row in tx.all(
        f"SELECT t.id FROM trip t LEFT JOIN run r ON r.id = t.run_id WHERE t.state IN {ABOARD} "
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
        f"SELECT resident_id, code FROM trip WHERE state IN {OPEN} "
        "GROUP BY resident_id, code HAVING count(*) > 1"
    ):
        yield f"resident {row['resident_id']} has two open trips called {row['code']}"


def _adrift(tx: Tx) -> Iterator[str]:
    """An offer has a term, and nothing else has; nobody who waits sits in a run."""
    for row in tx.all(
        "SELECT id, state FROM trip WHERE (state = 'offered') <> (offered_until IS NOT NULL) "
        "OR (state IN ('requested', 'standby', 'unmet') AND run_id IS NOT NULL)"
    ):
        yield f"trip {row['id']} is {row['state']} with what does not belong to that"


def _same(one: Row, other: Row, column: str) -> bool:
    return bool(one[column] == other[column])


def _minute(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp()) // 60
