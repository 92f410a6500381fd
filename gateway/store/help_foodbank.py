"""Referrals to the food bank, as the database keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

_SELECT = (
    "SELECT id, code, resident_id, state, language, adults, children, diet, allergies, cooking, voucher, "
    "address, slot, slot_date, starts_at, ends_at, opened_at, reminded_at, closed_at FROM food_referral "
)


@dataclass(frozen=True, slots=True)
class Referral:
    """A household that needs a parcel. `slot` is a key of the community's, on `slot_date` (local).

    `diet` and `cooking` are keys of the flow's choices or the resident's own words; moments are
    aware, UTC.
    """

    id: int
    code: str
    resident_id: int
    state: str
    language: str
    adults: int
    children: int
    diet: str
    allergies: str
    cooking: str
    voucher: str
    address: str
    slot: str
    slot_date: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    opened_at: datetime
    reminded_at: datetime | None
    closed_at: datetime | None


def referral_codes_in_use(tx: Tx) -> frozenset[str]:
    """Give the codes of every open referral."""
    return frozenset(row[0] for row in tx.all("SELECT code FROM food_referral WHERE closed_at IS NULL"))


def add_referral(tx: Tx, now: datetime, **columns: Any) -> int:
    """Write down a new referral and give its id."""
    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)
    return tx.insert(
        f"INSERT INTO food_referral ({names}, opened_at, changed_at) "  # noqa: S608
        f"VALUES ({values}, :now, :now) RETURNING id",
        **columns,
        now=to_text(now),
    )


def find_referral(tx: Tx, referral_id: int) -> Referral | None:
    """Find the referral with an id."""
    row = tx.one(f"{_SELECT} WHERE id = :id", id=referral_id)
    return _referral(row) if row else None


def referral_by_id(tx: Tx, referral_id: int) -> Referral:
    """Give the referral with an id, which must exist."""
    found = find_referral(tx, referral_id)
    assert found is not None, "an event held a referral that is not there"  # noqa: S101
    return found


def open_referral_of(tx: Tx, resident_id: int) -> Referral | None:
    """Find a resident's open referral."""
    row = tx.one(
        f"{_SELECT} WHERE resident_id = :resident AND closed_at IS NULL ORDER BY id DESC LIMIT 1",
        resident=resident_id,
    )
    return _referral(row) if row else None


def open_referrals(tx: Tx) -> list[Referral]:
    """Give every open referral, oldest first: what a list on the dashboard shows."""
    return [_referral(row) for row in tx.all(f"{_SELECT} WHERE closed_at IS NULL ORDER BY +id")]


def closed_referrals(tx: Tx, since: datetime, limit: int) -> list[Referral]:
    """Give the referrals that ended since a moment and still have their words, newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE closed_at >= :since AND words_erased_at IS NULL "
        "ORDER BY closed_at DESC LIMIT :limit",
        since=to_text(since),
        limit=limit,
    )
    return [_referral(row) for row in rows]


def households_in(tx: Tx, slot: str, day: date) -> int:
    """Count the households that have a time."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM food_referral "
        "WHERE slot_date = :day AND slot = :slot AND state = 'booked'",
        day=day.isoformat(),
        slot=slot,
    )
    return int(row["n"]) if row else 0


def booked_before(tx: Tx, until: datetime) -> list[Referral]:
    """Give the booked referrals whose time starts before a moment, soonest first."""
    rows = tx.all(
        f"{_SELECT} WHERE state = 'booked' AND starts_at < :until ORDER BY starts_at", until=to_text(until)
    )
    return [_referral(row) for row in rows]


def change_referral(tx: Tx, referral_id: int, now: datetime, **columns: Any) -> None:
    """Change columns of a referral: moments are aware, dates local."""
    stored = {name: _stored(value) for name, value in columns.items()}
    assignments = ", ".join(f"{name} = :{name}" for name in stored)
    tx.run(
        f"UPDATE food_referral SET {assignments}, changed_at = :now WHERE id = :id",  # noqa: S608
        **stored,
        now=to_text(now),
        id=referral_id,
    )


def erase_words(tx: Tx, closed_before: datetime, now: datetime) -> int:
    """Erase the words of referrals that ended before a moment; give how many. What can be counted stays."""
    return tx.run(
        "UPDATE food_referral SET diet = '', allergies = '', cooking = '', voucher = '', address = '', "
        "words_erased_at = :now WHERE closed_at < :before AND words_erased_at IS NULL",
        before=to_text(closed_before),
        now=to_text(now),
    )


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _moment(stored: str | None) -> datetime | None:
    return from_text(stored) if stored else None


def _referral(row: Row) -> Referral:
    return Referral(
        id=row["id"],
        code=row["code"],
        resident_id=row["resident_id"],
        state=row["state"],
        language=row["language"],
        adults=row["adults"],
        children=row["children"],
        diet=row["diet"],
        allergies=row["allergies"],
        cooking=row["cooking"],
        voucher=row["voucher"],
        address=row["address"],
        slot=row["slot"],
        slot_date=date.fromisoformat(row["slot_date"]) if row["slot_date"] else None,
        starts_at=_moment(row["starts_at"]),
        ends_at=_moment(row["ends_at"]),
        opened_at=from_text(row["opened_at"]),
        reminded_at=_moment(row["reminded_at"]),
        closed_at=_moment(row["closed_at"]),
    )
