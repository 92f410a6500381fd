"""Requests for help, as the database keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_COLUMNS = (
    "id, code, resident_id, state, language, what, category, urgency, wanted_on, part, area, reach, "
    "reach_number, address, held, volunteer_id, opened_at, closed_at, due_at, nobody_at, matched_at, "
    "address_asked_at, reminded_at, asked_at, happened, duplicate_of, words_erased_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM help_request "  # noqa: S608
OPEN = ("new", "looking", "offered", "matched")


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """A request for help, in the words of the migration that made its table; moments are aware, UTC.

    `category`, `urgency`, `part` and `area` are keys of the community's settings, empty until told
    (`area` may be a resident's own words instead).
    """

    id: int
    code: str
    resident_id: int
    state: str
    language: str
    what: str
    category: str
    urgency: str
    wanted_on: date | None
    part: str
    area: str
    reach: str
    reach_number: str
    address: str
    held: bool
    volunteer_id: int | None
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    nobody_at: datetime | None
    matched_at: datetime | None
    address_asked_at: datetime | None
    reminded_at: datetime | None
    asked_at: datetime | None
    happened: bool | None
    duplicate_of: int | None
    words_erased_at: datetime | None


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


def find_request(tx: Tx, request_id: int) -> HelpRequest | None:
    """Find the request with an id."""
    row = tx.one(f"{_SELECT} WHERE id = :id", id=request_id)
    return _request(row) if row else None


def request_by_id(tx: Tx, request_id: int) -> HelpRequest:
    """Give the request with an id, which must exist."""
    found = find_request(tx, request_id)
    assert found is not None, "an offer or an event held a request that is not there"  # noqa: S101
    return found


def open_requests_of(tx: Tx, resident_id: int) -> list[HelpRequest]:
    """Give a resident's open requests, oldest first."""
    rows = tx.all(
        f"{_SELECT} WHERE resident_id = :resident_id AND closed_at IS NULL ORDER BY id",
        resident_id=resident_id,
    )
    return [_request(row) for row in rows]


def requests_by(tx: Tx, resident_id: int, limit: int) -> list[HelpRequest]:
    """Give a resident's latest requests, open or not, the newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE resident_id = :resident_id ORDER BY id DESC LIMIT :limit",
        resident_id=resident_id,
        limit=limit,
    )
    return [_request(row) for row in rows]


def request_of(tx: Tx, resident_id: int, code: str) -> HelpRequest | None:
    """Find a resident's newest request with a code, open or not."""
    row = tx.one(
        f"{_SELECT} WHERE resident_id = :resident_id AND code = :code ORDER BY id DESC LIMIT 1",
        resident_id=resident_id,
        code=code,
    )
    return _request(row) if row else None


def requests_in(tx: Tx, states: Sequence[str] = OPEN) -> list[HelpRequest]:
    """Give the open requests in some states, oldest first: what a list on the dashboard shows."""
    rows = tx.all(f"{_SELECT} WHERE closed_at IS NULL ORDER BY id")
    return [_request(row) for row in rows if row["state"] in states]


def closed_since(tx: Tx, since: datetime, limit: int = 500) -> list[HelpRequest]:
    """Give the requests that ended since a moment and still have their words, newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE closed_at >= :since AND words_erased_at IS NULL "
        "ORDER BY closed_at DESC LIMIT :limit",
        since=to_text(since),
        limit=limit,
    )
    return [_request(row) for row in rows]


def matched_to(tx: Tx, volunteer_id: int) -> list[HelpRequest]:
    """Give what a volunteer has claimed and not yet done, oldest first."""
    rows = tx.all(
        f"{_SELECT} WHERE volunteer_id = :volunteer AND state = 'matched' ORDER BY +id",
        volunteer=volunteer_id,
    )
    return [_request(row) for row in rows]


def due_requests(tx: Tx, now: datetime, limit: int = 200) -> list[HelpRequest]:
    """Give the requests with which time itself has something to do, longest due first."""
    rows = tx.all(
        f"{_SELECT} WHERE due_at <= :now ORDER BY due_at LIMIT :limit", now=to_text(now), limit=limit
    )
    return [_request(row) for row in rows]


def next_due(tx: Tx) -> datetime | None:
    """Give the earliest moment at which time itself has something to do with a request."""
    row = tx.one("SELECT MIN(due_at) AS at FROM help_request WHERE due_at IS NOT NULL")
    return from_text(row["at"]) if row and row["at"] else None


def change_request(tx: Tx, request_id: int, now: datetime, **columns: Any) -> None:
    """Change columns of a request: moments are aware, dates local."""
    stored = {name: _stored(value) for name, value in columns.items()}
    assignments = ", ".join(f"{name} = :{name}" for name in stored)
    tx.run(
        f"UPDATE help_request SET {assignments}, changed_at = :now WHERE id = :id",  # noqa: S608
        **stored,
        now=to_text(now),
        id=request_id,
    )


def add_note(tx: Tx, request_id: int, noted_by: str, words: str, now: datetime) -> int:
    """Keep what a coordinator noted about a request and give the note's id."""
    return tx.insert(
        "INSERT INTO help_note (request_id, at, noted_by, words) "
        "VALUES (:request_id, :now, :noted_by, :words) RETURNING id",
        request_id=request_id,
        now=to_text(now),
        noted_by=noted_by,
        words=words,
    )


def notes_on(tx: Tx, request_id: int) -> list[tuple[datetime, str, str]]:
    """Give moment, author and words of the notes on a request, oldest first."""
    rows = tx.all(
        "SELECT at, noted_by, words FROM help_note WHERE request_id = :id ORDER BY id", id=request_id
    )
    return [(from_text(row["at"]), row["noted_by"], row["words"]) for row in rows]


def erase_words(tx: Tx, closed_before: datetime, now: datetime) -> int:
    """Erase the words of requests that ended before a moment; give how many. What can be counted stays."""
    tx.run(
        "DELETE FROM help_note WHERE request_id IN "
        "(SELECT id FROM help_request WHERE closed_at < :before AND words_erased_at IS NULL)",
        before=to_text(closed_before),
    )
    return tx.run(
        "UPDATE help_request SET what = '', address = '', reach_number = '', words_erased_at = :now "
        "WHERE closed_at < :before AND words_erased_at IS NULL",
        before=to_text(closed_before),
        now=to_text(now),
    )


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _moment(stored: str | None) -> datetime | None:
    return from_text(stored) if stored else None


def _request(row: Row) -> HelpRequest:
    return HelpRequest(
        id=row["id"],
        code=row["code"],
        resident_id=row["resident_id"],
        state=row["state"],
        language=row["language"],
        what=row["what"],
        category=row["category"],
        urgency=row["urgency"],
        wanted_on=date.fromisoformat(row["wanted_on"]) if row["wanted_on"] else None,
        part=row["part"],
        area=row["area"],
        reach=row["reach"],
        reach_number=row["reach_number"],
        address=row["address"],
        held=bool(row["held"]),
        volunteer_id=row["volunteer_id"],
        opened_at=from_text(row["opened_at"]),
        closed_at=_moment(row["closed_at"]),
        due_at=_moment(row["due_at"]),
        nobody_at=_moment(row["nobody_at"]),
        matched_at=_moment(row["matched_at"]),
        address_asked_at=_moment(row["address_asked_at"]),
        reminded_at=_moment(row["reminded_at"]),
        asked_at=_moment(row["asked_at"]),
        happened=None if row["happened"] is None else bool(row["happened"]),
        duplicate_of=row["duplicate_of"],
        words_erased_at=_moment(row["words_erased_at"]),
    )
