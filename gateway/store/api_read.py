"""What other systems read, page by page: each record as a row that names its own columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.store.database import Row, Tx

_REQUEST = (
    "SELECT id, code, resident_id, volunteer_id, state, language, what, category, urgency, wanted_on, area, "
    "opened_at, changed_at, closed_at FROM help_request"
)
_TRIP = (
    "SELECT t.id, t.code, t.resident_id, t.state, t.pickup, t.dropoff, t.date, t.time, t.starts_at, "
    "t.ends_at, t.seats, t.wheelchairs, t.run_id, t.requested_at, t.changed_at, p.label AS pickup_label, "
    "d.label AS dropoff_label, r.vehicle FROM trip t JOIN place p ON p.key = t.pickup "
    "JOIN place d ON d.key = t.dropoff LEFT JOIN run r ON r.id = t.run_id"
)
_PERSON = (
    "SELECT r.id, r.number, r.name, r.language, r.stopped, r.created_at, "
    "v.active AS volunteer, d.resident_id AS driver, c.resident_id AS coordinator "
    "FROM resident r LEFT JOIN volunteer v ON v.resident_id = r.id "
    "LEFT JOIN driver d ON d.resident_id = r.id LEFT JOIN coordinator c ON c.resident_id = r.id"
)
# What is being written about a vote is nobody's to read, and what was left of it is empty.
_RECEIVED = (
    "SELECT m.id, m.resident_id, m.body, m.link, m.state, m.received_at FROM inbound m "
    "WHERE m.resident_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM vote_talk v "
    "WHERE v.resident_id = m.resident_id AND v.first_inbound <= m.id)"
)
_SENT = (
    "SELECT m.id, m.resident_id, m.body, m.state, m.parts, m.created_at, m.ended_at FROM outbound m "
    "WHERE m.resident_id IS NOT NULL AND m.kind <> 'secret' AND NOT EXISTS (SELECT 1 FROM vote_talk v "
    "WHERE v.resident_id = m.resident_id AND v.first_outbound <= m.id)"
)
# Who voted is on the roll; how they did is not looked at.
_POLL = (
    "SELECT p.id, p.key, p.state, p.method, p.secret, p.quorum, p.question, p.options, p.opens_at, "
    "p.closes_at, p.result, (SELECT COUNT(*) FROM roll r WHERE r.poll_id = p.id) AS members, "
    "(SELECT COUNT(*) FROM roll r WHERE r.poll_id = p.id AND r.voted = 1) AS voted FROM poll p"
)
_CALL = "SELECT id, resident_id, direction, purpose, began_at, answered_at, ended_at, how FROM call"


@dataclass(frozen=True, slots=True)
class Page:
    """So many rows, and the id of the last one where more follow."""

    rows: list[Row]
    more_after: int | None


def request_row(tx: Tx, request_id: int) -> Row | None:
    """Give one request for help."""
    return tx.one(f"{_REQUEST} WHERE id = :id", id=request_id)


def request_page(tx: Tx, after: int, limit: int, state: str | None = None) -> Page:
    """Give requests for help in the order in which they were opened."""
    return _page(tx, f"{_REQUEST} WHERE id > :after", "id", after, limit, {"state": state})


def trip_row(tx: Tx, trip_id: int) -> Row | None:
    """Give one trip."""
    return tx.one(f"{_TRIP} WHERE t.id = :id", id=trip_id)


def trip_page(tx: Tx, after: int, limit: int, state: str | None = None, date: str | None = None) -> Page:
    """Give trips in the order in which they were asked for."""
    filters = {"t.state": state, "t.date": date}
    return _page(tx, f"{_TRIP} WHERE t.id > :after", "t.id", after, limit, filters)


def person_row(tx: Tx, resident_id: int) -> Row | None:
    """Give one person."""
    return tx.one(f"{_PERSON} WHERE r.id = :id", id=resident_id)


def person_page(tx: Tx, after: int, limit: int) -> Page:
    """Give people in the order in which they were first met."""
    return _page(tx, f"{_PERSON} WHERE r.id > :after", "r.id", after, limit, {})


def received_page(tx: Tx, after: int, limit: int) -> Page:
    """Give texts that came in, oldest first."""
    return _page(tx, f"{_RECEIVED} AND m.id > :after", "m.id", after, limit, {})


def sent_page(tx: Tx, after: int, limit: int) -> Page:
    """Give texts that went out or wait to, oldest first."""
    return _page(tx, f"{_SENT} AND m.id > :after", "m.id", after, limit, {})


def sent_row(tx: Tx, text_id: int) -> Row | None:
    """Give one text that went out or waits to."""
    return tx.one(f"{_SENT} AND m.id = :id", id=text_id)


def poll_row(tx: Tx, key: str) -> Row | None:
    """Give one poll."""
    return tx.one(f"{_POLL} WHERE p.key = :key", key=key)


def poll_page(tx: Tx, after: int, limit: int) -> Page:
    """Give polls in the order in which they were made."""
    return _page(tx, f"{_POLL} WHERE p.id > :after", "p.id", after, limit, {})


def idea_page(tx: Tx, after: int, limit: int, state: str | None = None) -> Page:
    """Give the ids of ideas in the order in which people had them."""
    return _page(tx, "SELECT id FROM board_idea WHERE id > :after", "id", after, limit, {"state": state})


def shift_page(tx: Tx, after: int, limit: int, state: str | None = None) -> Page:
    """Give the ids of shifts in the order in which they were made."""
    return _page(tx, "SELECT id FROM shift WHERE id > :after", "id", after, limit, {"state": state})


def announcement_page(tx: Tx, after: int, limit: int, state: str | None = None) -> Page:
    """Give the ids of announcements, oldest first."""
    return _page(tx, "SELECT id FROM announcement WHERE id > :after", "id", after, limit, {"state": state})


def referral_page(tx: Tx, after: int, limit: int, state: str | None = None) -> Page:
    """Give the ids of referrals to the food bank, oldest first."""
    return _page(tx, "SELECT id FROM food_referral WHERE id > :after", "id", after, limit, {"state": state})


def has_referral(tx: Tx, referral_id: int) -> bool:
    """Whether there is such a referral."""
    return tx.one("SELECT id FROM food_referral WHERE id = :id", id=referral_id) is not None


def volunteer_page(tx: Tx, after: int, limit: int) -> Page:
    """Give the ids of volunteers in the order in which they were first met."""
    select = "SELECT resident_id AS id FROM volunteer WHERE active = 1 AND resident_id > :after"
    return _page(tx, select, "resident_id", after, limit, {})


def member_page(tx: Tx, after: int, limit: int) -> Page:
    """Give the ids of members in the order in which they became one."""
    select = "SELECT id FROM member WHERE left_at IS NULL AND id > :after"
    return _page(tx, select, "id", after, limit, {})


def enrolment_page(tx: Tx, after: int, limit: int, state: str | None = None) -> Page:
    """Give the ids of those who asked to be a member, the first who asked first."""
    return _page(tx, "SELECT id FROM enrolment WHERE id > :after", "id", after, limit, {"state": state})


def call_page(tx: Tx, after: int, limit: int) -> Page:
    """Give calls, oldest first."""
    return _page(tx, f"{_CALL} WHERE id > :after", "id", after, limit, {})


def _page(tx: Tx, select: str, order: str, after: int, limit: int, filters: Mapping[str, str | None]) -> Page:
    wanted = {f"wanted{place}": value for place, value in enumerate(filters.values()) if value is not None}
    values: dict[str, Any] = {"after": after, "limit": limit + 1, **wanted}
    columns = [column for column, value in filters.items() if value is not None]
    where = "".join(f" AND {column} = :{name}" for column, name in zip(columns, wanted, strict=True))
    rows = tx.all(f"{select}{where} ORDER BY {order} LIMIT :limit", **values)
    return Page(rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None)
