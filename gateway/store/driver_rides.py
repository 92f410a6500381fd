"""The lifts a driver has before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text


@dataclass(frozen=True, slots=True)
class DriverRide:
    """A booked trip on one of a driver's runs, with its rider's name and what they need (a key)."""

    id: int
    code: str
    name: str
    pickup: str
    dropoff: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    needs: str


def is_driver(tx: Tx, resident_id: int) -> bool:
    """Say whether a resident drives for the community."""
    return tx.one("SELECT 1 FROM driver WHERE resident_id = :id", id=resident_id) is not None


def driver_rides(tx: Tx, driver_id: int, since: datetime, until: datetime) -> list[DriverRide]:
    """Give what is booked on a driver's runs that begin between two moments, in order."""
    rows = tx.all(
        "SELECT t.id, t.code, r.name, p.label AS pickup, d.label AS dropoff, t.starts_at, t.ends_at, "
        "t.changed_at, t.needs FROM run "
        "JOIN trip t ON t.run_id = run.id AND t.state IN ('booked', 'reminded', 'on_board') "
        "JOIN resident r ON r.id = t.resident_id JOIN place p ON p.key = t.pickup "
        "JOIN place d ON d.key = t.dropoff WHERE run.driver_id = :driver AND run.starts_at >= :since "
        "AND run.starts_at < :until ORDER BY t.starts_at, t.id",
        driver=driver_id,
        since=to_text(since),
        until=to_text(until),
    )
    return [
        DriverRide(
            row["id"],
            row["code"],
            row["name"],
            row["pickup"],
            row["dropoff"],
            from_text(row["starts_at"]),
            from_text(row["ends_at"]),
            from_text(row["changed_at"]),
            row["needs"],
        )
        for row in rows
    ]
