"""How trips ended, counted: what schemes report, and what need was not met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.store.database import Tx

_CODES = {"done": "COMP", "no_show": "NS", "cancelled": "CANC", "unmet": "UNMET"}


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """How often no lift was found between two places (labels), on a weekday (Monday is 0) at an hour."""

    pickup: str
    dropoff: str
    weekday: int
    hour: int
    count: int


def results_between(tx: Tx, first: date, last: date) -> dict[str, int]:
    """Count COMP, NS, CANC and UNMET from one day to another, and CANC_EARLY, CANC_LATE, CANC_SAME_DAY."""
    found = dict.fromkeys((*_CODES.values(), "CANC_EARLY", "CANC_LATE", "CANC_SAME_DAY"), 0)
    for row in tx.all(
        "SELECT state, cancelled_as, COUNT(*) AS n FROM trip WHERE date >= :first AND date <= :last "
        "AND state IN ('done', 'no_show', 'cancelled', 'unmet') GROUP BY state, cancelled_as",
        first=first.isoformat(),
        last=last.isoformat(),
    ):
        found[_CODES[row["state"]]] += row["n"]
        if row["cancelled_as"]:
            found[f"CANC_{row['cancelled_as'].upper()}"] += row["n"]
    return found


def unmet_between(tx: Tx, first: date, last: date) -> list[UnmetNeed]:
    """Count unmet needs from one day to another by route, weekday and hour, the commonest first."""
    counts: dict[tuple[str, str, int, int], int] = {}
    for row in tx.all(
        "SELECT t.date, t.time, p.label AS pickup, d.label AS dropoff FROM trip t "
        "JOIN place p ON p.key = t.pickup JOIN place d ON d.key = t.dropoff "
        "WHERE t.date >= :first AND t.date <= :last AND t.state = 'unmet'",
        first=first.isoformat(),
        last=last.isoformat(),
    ):
        weekday = date.fromisoformat(row["date"]).weekday()
        key = (row["pickup"], row["dropoff"], weekday, int(row["time"][:2]))
        counts[key] = counts.get(key, 0) + 1
    needs = [UnmetNeed(*key, count) for key, count in counts.items()]
    return sorted(needs, key=lambda need: (-need.count, need.weekday, need.hour, need.pickup, need.dropoff))
