"""Offers: which request was put to which volunteer, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_COLUMNS = "o.id, o.request_id, o.volunteer_id, o.state, o.offered_at, r.name, r.number"
_SELECT = f"SELECT {_COLUMNS} FROM offer o JOIN resident r ON r.id = o.volunteer_id "  # noqa: S608


@dataclass(frozen=True, slots=True)
class Offer:
    """A request put to a volunteer, whose `name` and `number` these are."""

    id: int
    request_id: int
    volunteer_id: int
    state: str
    offered_at: datetime
    name: str
    number: str


def add_offer(tx: Tx, request_id: int, volunteer_id: int, state: str, now: datetime) -> int:
    """Write down that a request is put to a volunteer and give the offer's id."""
    return tx.insert(
        "INSERT INTO offer (request_id, volunteer_id, state, offered_at, changed_at) "
        "VALUES (:request, :volunteer, :state, :now, :now) RETURNING id",
        request=request_id,
        volunteer=volunteer_id,
        state=state,
        now=to_text(now),
    )


def set_offer_state(tx: Tx, offer_id: int, state: str, now: datetime) -> None:
    """Move an offer to a state."""
    tx.run(
        "UPDATE offer SET state = :state, changed_at = :now WHERE id = :id",
        state=state,
        now=to_text(now),
        id=offer_id,
    )


def offers_of_request(tx: Tx, request_id: int) -> list[Offer]:
    """Give every offer of a request, oldest first."""
    rows = tx.all(f"{_SELECT} WHERE o.request_id = :request ORDER BY o.id", request=request_id)
    return [_offer(row) for row in rows]


def open_offers_to(tx: Tx, volunteer_id: int) -> list[Offer]:
    """Give the offers a volunteer has not answered yet, oldest first."""
    rows = tx.all(
        f"{_SELECT} WHERE o.volunteer_id = :volunteer AND o.state = 'open' ORDER BY +o.id",
        volunteer=volunteer_id,
    )
    return [_offer(row) for row in rows]


def offers_to(tx: Tx, volunteer_id: int, since: datetime, limit: int) -> list[Offer]:
    """Give what was put to a volunteer since a moment, whatever came of it, newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE o.volunteer_id = :volunteer AND o.offered_at >= :since "
        "ORDER BY o.offered_at DESC, o.id DESC LIMIT :limit",
        volunteer=volunteer_id,
        since=to_text(since),
        limit=limit,
    )
    return [_offer(row) for row in rows]


def offer_by_code(tx: Tx, volunteer_id: int, code: str) -> Offer | None:
    """Find the newest offer to a volunteer of a request with a code, whatever became of either."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM offer o JOIN resident r ON r.id = o.volunteer_id "  # noqa: S608
        "JOIN help_request h ON h.id = o.request_id "
        "WHERE o.volunteer_id = :volunteer AND h.code = :code ORDER BY o.id DESC LIMIT 1",
        volunteer=volunteer_id,
        code=code,
    )
    return _offer(row) if row else None


def _offer(row: Row) -> Offer:
    return Offer(
        row["id"],
        row["request_id"],
        row["volunteer_id"],
        row["state"],
        from_text(row["offered_at"]),
        row["name"],
        row["number"],
    )
