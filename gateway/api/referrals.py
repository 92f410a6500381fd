"""Referrals to the food bank: who needs a parcel, when it is had, and how that ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from gateway.api.kinds import Cursor, Described, Id, Limit, PersonId, Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused, not_found
from gateway.services import foodbank_desk
from gateway.store import api_read
from gateway.store import help_foodbank as store
from gateway.store.database import Tx
from gateway.store.help_settings import foodbank_settings

ReferralState = Literal["new", "booked", "given", "missed", "cancelled"]
NextReferralState = Literal["given", "missed", "cancelled"]
_TRIGGERS = {"given": "give", "missed": "miss", "cancelled": "cancel"}
TimeKey = Annotated[str, Words(80, 1, "^[A-Za-z0-9_-]+@[0-9-]{10}$", example="tuesday@2026-03-03")]


@dataclass(frozen=True, slots=True)
class Referral:
    """A household that needs a parcel. `diet` to `address` are its own words: null without `people:read`."""

    id: Id
    code: str
    state: ReferralState
    person: PersonId
    language: Annotated[str, Described("BCP 47.")]
    adults: int
    children: int
    time: Annotated[str, Described("The key of its time, as `listFoodBankTimes` has it.")] | None
    starts_at: datetime | None
    ends_at: datetime | None
    diet: str | None
    allergies: str | None
    cooking: str | None
    voucher: str | None
    address: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """Referrals, oldest first, and the cursor of the next page."""

    items: list[Referral]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReferralPath:
    """Which referral."""

    id: Id


@dataclass(frozen=True, slots=True)
class ReferralQuery:
    """Which referrals."""

    state: ReferralState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class ReferralMove:
    """How a referral ended. Of a cancelling the household is told."""

    state: NextReferralState


@dataclass(frozen=True, slots=True)
class ReferralTime:
    """The time a household is given; `address` where parcels are brought and it is not known."""

    time: TimeKey
    address: Annotated[str, Words(200)] = ""


@dataclass(frozen=True, slots=True)
class FoodBankTime:
    """A time at which parcels are handed out (`collection`) or brought (`delivery`), for so many."""

    key: str
    how: str
    date: date
    starts_at: datetime
    ends_at: datetime
    households: int
    capacity: int


@dataclass(frozen=True, slots=True)
class FoodBankTimes:
    """The times of the coming weeks, the soonest first; none where there is no food bank."""

    times: list[FoodBankTime]


def list_referrals(tx: Tx, call: Call) -> ReferralPage:
    """Give a page of referrals."""
    query: ReferralQuery = call.query
    filters = {"state": query.state}
    page = api_read.referral_page(tx, call.begins("listReferrals", filters), query.limit, query.state)
    return ReferralPage(
        [_view(call, store.referral_by_id(tx, row["id"])) for row in page.rows],
        call.next("listReferrals", filters, page.more_after),
    )


def read_referral(tx: Tx, call: Call) -> Referral:
    """Give one referral."""
    return _view(call, _named(tx, call))


def move_referral(tx: Tx, call: Call) -> Referral:
    """Say how a referral ended; raises IllegalMove."""
    found, move = _named(tx, call), call.body
    ended = foodbank_desk.set_state(call.timing(tx), found.id, _TRIGGERS[move.state], call.by)
    call.journal(tx, "api.referral_moved", f"referral:{found.id}", state=ended.state)
    return _view(call, ended)


def give_time(tx: Tx, call: Call) -> Referral:
    """Give a household a time that has room, and tell them; raises Refused, IllegalMove."""
    found, timing = _named(tx, call), call.timing(tx)
    wanted: ReferralTime = call.body
    if not wanted.address.strip() and foodbank_desk.needs_address(timing, found, wanted.time):
        raise Refused(422, "no_address", "Parcels are brought at that time: an address is needed.")
    address = wanted.address.strip()
    try:
        booked = foodbank_desk.give_time(timing, found.id, wanted.time, address, call.by)
    except foodbank_desk.NoRoom as full:
        raise Refused(409, "no_room", str(full)) from None
    call.journal(tx, "api.referral_moved", f"referral:{found.id}", state=booked.state)
    return _view(call, booked)


def list_times(tx: Tx, call: Call) -> FoodBankTimes:
    """Give the times ahead, and how full they are."""
    bank = foodbank_settings(tx)
    found = foodbank_desk.times_ahead(call.timing(tx), bank) if bank else ()
    return FoodBankTimes(
        [
            FoodBankTime(
                key=one.key,
                how=one.slot.how,
                date=one.day,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                households=one.households,
                capacity=one.slot.capacity,
            )
            for one in found
        ]
    )


def _named(tx: Tx, call: Call) -> store.Referral:
    path: ReferralPath = call.path
    if not api_read.has_referral(tx, path.id):
        raise not_found("referral")
    return store.referral_by_id(tx, path.id)


def _view(call: Call, found: store.Referral) -> Referral:
    state: ReferralState = found.state  # type: ignore[assignment]
    words = call.may("people:read")
    return Referral(
        id=found.id,
        code=found.code,
        state=state,
        person=call.person(found.resident_id),
        language=found.language,
        adults=found.adults,
        children=found.children,
        time=f"{found.slot}@{found.slot_date}" if found.slot_date else None,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        diet=found.diet if words else None,
        allergies=found.allergies if words else None,
        cooking=found.cooking if words else None,
        voucher=found.voucher if words else None,
        address=found.address if words else None,
        opened_at=found.opened_at,
    )


OPERATIONS = (
    Operation(
        "listReferrals",
        "GET",
        "/referrals",
        "List referrals to the food bank",
        "referral",
        ReferralPage,
        scope="foodbank:read",
        work=list_referrals,
        query=ReferralQuery,
    ),
    Operation(
        "readReferral",
        "GET",
        "/referrals/{id}",
        "Read one referral",
        "referral",
        Referral,
        scope="foodbank:read",
        work=read_referral,
        params=ReferralPath,
    ),
    Operation(
        "moveReferral",
        "POST",
        "/referrals/{id}/state",
        "Say how a referral ended",
        "referral",
        Referral,
        scope="foodbank:write",
        work=move_referral,
        params=ReferralPath,
        body=ReferralMove,
        errors=(409,),
    ),
    Operation(
        "giveTime",
        "PUT",
        "/referrals/{id}/time",
        "Give a household a time",
        "referral",
        Referral,
        scope="foodbank:write",
        work=give_time,
        params=ReferralPath,
        body=ReferralTime,
        errors=(409,),
        about="They hear of it by text. A time that is full answers 409.",
    ),
    Operation(
        "listFoodBankTimes",
        "GET",
        "/food-bank-times",
        "List the times ahead and how full they are",
        "referral",
        FoodBankTimes,
        scope="foodbank:read",
        work=list_times,
    ),
)
