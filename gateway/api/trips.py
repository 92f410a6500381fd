"""Lifts, as other systems see and move them, and hand them to another scheme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from gateway.api.kinds import Cursor, Described, Id, Limit, OneOf, PersonId
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused, not_found
from gateway.formats import tds
from gateway.services import outside, trips
from gateway.store import api_read, people
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text

TripState = Annotated[str, OneOf(tuple(sorted(trips.LIFECYCLE.states)))]
NextTripState = Annotated[str, OneOf(tuple(sorted(trips.LIFECYCLE.states)))]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the community's list."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey somebody asked for: `date` and `time` are local, the moments when the vehicle is taken."""

    id: Id
    code: str
    state: TripState
    person: PersonId
    pickup: Place
    dropoff: Place
    date: date
    time: Annotated[str, Described("HH:MM")]
    starts_at: datetime
    ends_at: datetime
    seats: int
    wheelchair_spaces: int
    vehicle: str | None
    requested_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class TripPage:
    """Trips, the first asked for first, and the cursor of the next page."""

    items: list[Trip]
    next: str | None


@dataclass(frozen=True, slots=True)
class TripPath:
    """Which trip."""

    id: Id


@dataclass(frozen=True, slots=True)
class TripQuery:
    """Which trips."""

    state: TripState | None = None
    date: date | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class TripMove:
    """Where a trip goes: `booked` looks for a seat, and answers 409 where there is none."""

    state: NextTripState


@dataclass(frozen=True, slots=True)
class MovedTrip:
    """The trip as it now is, and whether the rider was told: of what is over nobody needs to be."""

    trip: Trip
    told: bool


def list_trips(tx: Tx, call: Call) -> TripPage:
    """Give a page of trips."""
    query: TripQuery = call.query
    day = query.date.isoformat() if query.date else None
    filters = {"state": query.state, "date": day}
    after = call.begins("listTrips", filters)
    page = api_read.trip_page(tx, after, query.limit, query.state, day)
    return TripPage([_view(call, row) for row in page.rows], call.next("listTrips", filters, page.more_after))


def read_trip(tx: Tx, call: Call) -> Trip:
    """Give one trip."""
    return _view(call, _row(tx, call))


def move_trip(tx: Tx, call: Call) -> MovedTrip:
    """Move a trip on and tell its rider; raises IllegalMove."""
    row = _row(tx, call)
    move: TripMove = call.body
    assert call.token is not None  # noqa: S101 - the operation asks for a scope
    by = {"token": call.token.id}
    told = outside.move_trip(tx, call.room.turns, row["id"], move.state, by, call.now)
    return MovedTrip(_view(call, _row(tx, call)), told)


def trip_request(tx: Tx, call: Call) -> dict[str, Any]:
    """Give telegram 1A: whether another scheme could take this trip. It names nobody."""
    return tds.trip_request(_journey(call, _open_row(tx, call)))


def client_order(tx: Tx, call: Call) -> dict[str, Any]:
    """Give telegram 2A: the order itself, which another scheme cannot serve without name and number."""
    row = _open_row(tx, call)
    if not call.may("people:read"):
        raise Refused(403, "no_scope", "An order names the rider: this needs the scope people:read, too.")
    resident = people.resident_by_id(tx, row["resident_id"])
    return tds.client_order(_journey(call, row), resident.name, resident.number)


def _open_row(tx: Tx, call: Call) -> Row:
    row = _row(tx, call)
    if not trips.LIFECYCLE.events["cancel"].transitions.get(row["state"]):
        raise Refused(409, "trip_over", "This trip is over: there is nothing to hand to anybody.")
    return row


def _row(tx: Tx, call: Call) -> Row:
    path: TripPath = call.path
    row = api_read.trip_row(tx, path.id)
    if row is None:
        raise not_found("trip")
    return row


def _journey(call: Call, row: Row) -> tds.Handover:
    return tds.Handover(
        ticket=f"{row['date']}-{row['code']}-{row['id']}",
        pickup=tds.Stop(row["pickup"], row["pickup_label"]),
        dropoff=tds.Stop(row["dropoff"], row["dropoff_label"]),
        picked_up_at=from_text(row["starts_at"]).astimezone(call.room.turns.community.zone),
        seats=row["seats"],
        wheelchairs=row["wheelchairs"],
        community=call.room.turns.community.name,
    )


def _view(call: Call, row: Row) -> Trip:
    return Trip(
        id=row["id"],
        code=row["code"],
        state=row["state"],
        person=call.person(row["resident_id"]),
        pickup=Place(row["pickup"], row["pickup_label"]),
        dropoff=Place(row["dropoff"], row["dropoff_label"]),
        date=date.fromisoformat(row["date"]),
        time=row["time"],
        starts_at=from_text(row["starts_at"]),
        ends_at=from_text(row["ends_at"]),
        seats=row["seats"],
        wheelchair_spaces=row["wheelchairs"],
        vehicle=row["vehicle"],
        requested_at=from_text(row["requested_at"]),
        changed_at=from_text(row["changed_at"]),
    )


_TDS = "A telegram of TCRP Report 210 (Transactional Data Specification), in its JSON form. See docs/api.md."
OPERATIONS = (
    Operation(
        "listTrips",
        "GET",
        "/trips",
        "List trips",
        "trip",
        TripPage,
        scope="trips:read",
        work=list_trips,
        query=TripQuery,
    ),
    Operation(
        "readTrip",
        "GET",
        "/trips/{id}",
        "Read one trip",
        "trip",
        Trip,
        scope="trips:read",
        work=read_trip,
        params=TripPath,
    ),
    Operation(
        "moveTrip",
        "POST",
        "/trips/{id}/state",
        "Move a trip to another state",
        "trip",
        MovedTrip,
        scope="trips:write",
        work=move_trip,
        params=TripPath,
        body=TripMove,
        errors=(409,),
        about="The rider hears of a seat, a cancellation or that there is none, by text, in their language.",
    ),
    Operation(
        "tripRequest",
        "GET",
        "/trips/{id}/tds/trip-request",
        "The trip as a TDS trip request (telegram 1A)",
        "trip",
        dict[str, Any],
        scope="trips:read",
        work=trip_request,
        params=TripPath,
        errors=(409,),
        about=_TDS,
    ),
    Operation(
        "clientOrderConfirmation",
        "GET",
        "/trips/{id}/tds/client-order-confirmation",
        "The trip as a TDS order (telegram 2A)",
        "trip",
        dict[str, Any],
        scope="trips:read",
        work=client_order,
        params=TripPath,
        errors=(409,),
        about=_TDS + " It names the rider, and so needs `people:read`, too.",
    ),
)
