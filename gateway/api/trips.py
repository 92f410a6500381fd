"""Lifts, as other systems see and move them, and hand them to another scheme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from gateway.api.kinds import Cursor, Described, Id, Limit, OneOf, PersonId
from gateway.api.operations import Call, Operation
from gateway.api.problems import not_found
from gateway.services import outside, trips
from gateway.store import api_read
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text

TripState = Annotated[str, OneOf(tuple(sorted(trips.LIFECYCLE.states)))]
NextTripState = Annotated[str, OneOf(outside.TRIP_MOVES)]


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
    run: Annotated[int, Described("The run it is part of.")] | None
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
    """Where a trip goes: `booked` looks for a seat, and answers 409 where there is none.

    `on_board` is for a rider who was picked up.
    """

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
    return TripPage(
        [view_of(call, row) for row in page.rows], call.next("listTrips", filters, page.more_after)
    )


def read_trip(tx: Tx, call: Call) -> Trip:
    """Give one trip."""
    return view_of(call, trip_row(tx, call))


def move_trip(tx: Tx, call: Call) -> MovedTrip:
    """Move a trip on and tell its rider; raises IllegalMove."""
    row = trip_row(tx, call)
    move: TripMove = call.body
    by = {"token": call.token_id}
    told = outside.move_trip(tx, call.room.turns, row["id"], move.state, by, call.now)
    return MovedTrip(view_of(call, trip_row(tx, call)), told)


def trip_row(tx: Tx, call: Call) -> Row:
    """Give the trip the path names; raises Refused 404."""
    path: TripPath = call.path
    row = api_read.trip_row(tx, path.id)
    if row is None:
        raise not_found("trip")
    return row


def view_of(call: Call, row: Row) -> Trip:
    """Give a trip as other systems see it."""
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
        run=row["run_id"],
        vehicle=row["vehicle"],
        requested_at=from_text(row["requested_at"]),
        changed_at=from_text(row["changed_at"]),
    )


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
)
