"""Requests for help and volunteers, as the database keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_COLUMNS = "id, code, resident_id, state, what, category, urgency, wanted_on, area, opened_at"


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """A request for help. `category` and `urgency` are keys, empty until told; so is `area`."""

    id: int
    code: str
    resident_id: int
    state: str
    what: str
    category: str
    urgency: str
    wanted_on: date | None
    area: str
    opened_at: datetime


def codes_in_use(tx: Tx) -> frozenset[str]:
    """Give the codes of every open request."""
    return frozenset(row[0] for row in tx.all("SELECT code FROM help_request WHERE closed_at IS NULL"))


def add_request(
    tx: Tx, *, code: str, resident_id: int, state: str, language: str, what: str, now: datetime
) -> int:
    """Write down a new request and give its id."""
    return tx.insert(
        "INSERT INTO help_request (code, resident_id, state, language, what, opened_at, changed_at) "
        "VALUES (:code, :resident_id, :state, :language, :what, :now, :now) RETURNING id",
        code=code,
        resident_id=resident_id,
        state=state,
        language=language,
        what=what,
        now=to_text(now),
    )


def open_requests_of(tx: Tx, resident_id: int) -> list[HelpRequest]:
    """Give a resident's open requests, oldest first."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM help_request "  # noqa: S608
        "WHERE resident_id = :resident_id AND closed_at IS NULL ORDER BY id",
        resident_id=resident_id,
    )
    return [_request(row) for row in rows]


def request_of(tx: Tx, resident_id: int, code: str) -> HelpRequest | None:
    """Find a resident's newest request with a code, open or not."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM help_request "  # noqa: S608
        "WHERE resident_id = :resident_id AND code = :code ORDER BY id DESC LIMIT 1",
        resident_id=resident_id,
        code=code,
    )
    return _request(row) if row else None


def request_by_id(tx: Tx, request_id: int) -> HelpRequest | None:
    """Find a request by its id, open or not."""
    row = tx.one(f"SELECT {_COLUMNS} FROM help_request WHERE id = :id", id=request_id)  # noqa: S608
    return _request(row) if row else None


def set_details(
    tx: Tx, request_id: int, *, category: str, urgency: str, wanted_on: date | None, area: str, now: datetime
) -> None:
    """Replace what is known about a request besides its words."""
    tx.run(
        "UPDATE help_request SET category = :category, urgency = :urgency, wanted_on = :wanted_on, "
        "area = :area, changed_at = :now WHERE id = :id",
        category=category,
        urgency=urgency,
        wanted_on=wanted_on.isoformat() if wanted_on else None,
        area=area,
        now=to_text(now),
        id=request_id,
    )


def set_what(tx: Tx, request_id: int, what: str, now: datetime) -> None:
    """Replace the words of a request."""
    tx.run(
        "UPDATE help_request SET what = :what, changed_at = :now WHERE id = :id",
        what=what,
        now=to_text(now),
        id=request_id,
    )


def set_state(tx: Tx, request_id: int, state: str, now: datetime, *, closed: bool) -> None:
    """Move a request to a state; a closed one gives its code free."""
    tx.run(
        "UPDATE help_request SET state = :state, changed_at = :now, closed_at = :closed_at WHERE id = :id",
        state=state,
        now=to_text(now),
        closed_at=to_text(now) if closed else None,
        id=request_id,
    )


def rest_volunteers(tx: Tx) -> None:
    """Ask no volunteer any more: `install_volunteer` makes one active again."""
    tx.run("UPDATE volunteer SET active = 0")


def install_volunteer(tx: Tx, resident_id: int, categories: Sequence[str], area: str) -> None:
    """Write down a volunteer, or what has changed about one."""
    tx.run(
        "INSERT INTO volunteer (resident_id, categories, area) VALUES (:resident_id, :categories, :area) "
        "ON CONFLICT (resident_id) DO UPDATE SET "
        "categories = excluded.categories, area = excluded.area, active = 1",
        resident_id=resident_id,
        categories=json.dumps(list(categories)),
        area=area,
    )


def _request(row: Row) -> HelpRequest:
    return HelpRequest(
        id=row["id"],
        code=row["code"],
        resident_id=row["resident_id"],
        state=row["state"],
        what=row["what"],
        category=row["category"],
        urgency=row["urgency"],
        wanted_on=date.fromisoformat(row["wanted_on"]) if row["wanted_on"] else None,
        area=row["area"],
        opened_at=from_text(row["opened_at"]),
    )
