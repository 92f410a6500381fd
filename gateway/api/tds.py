"""Handing a lift to another scheme: the telegrams of the Transactional Data Specification."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from gateway.api.kinds import Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused
from gateway.api.trips import MovedTrip, TripPath, trip_row, view_of
from gateway.formats import tds
from gateway.services import outside, trips
from gateway.store import people
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text


@dataclass(frozen=True, slots=True)
class TdsTime:
    """A moment in a telegram; an offset belongs to it."""

    time: datetime = field(metadata={"name": "@time"})
    type: Annotated[str, Words(40)] | None = field(default=None, metadata={"name": "@timeType"})
    accuracy: Annotated[str, Words(40)] | None = field(default=None, metadata={"name": "@timeAccuracy"})
    zone: int | None = field(default=None, metadata={"name": "@timeZone"})
    dwell: int | None = field(default=None, metadata={"name": "@dwellTime"})


@dataclass(frozen=True, slots=True)
class ProviderOrder:
    """What another scheme confirms. Of its places and vehicle nothing is kept here."""

    tripTicketId: Annotated[str, Words(80, 1)]  # noqa: N815 - the telegram's own name
    scheduledPickupTime: TdsTime  # noqa: N815
    scheduledPickupPoint: dict[str, Any]  # noqa: N815
    scheduledDropoffPoint: dict[str, Any]  # noqa: N815
    transferPoint: dict[str, Any] | None = None  # noqa: N815
    driver: Annotated[str, Words(80)] | None = field(default=None, metadata={"name": "@driverId"})
    vehicle: Annotated[str, Words(80)] | None = field(default=None, metadata={"name": "@vehicleNumber"})
    about: Annotated[str, Words(200)] | None = field(default=None, metadata={"name": "@vehicleInformation"})


@dataclass(frozen=True, slots=True)
class ProviderOrderConfirmation:
    """Telegram 2B: another scheme takes the trip."""

    providerOrderConfirmation: ProviderOrder  # noqa: N815


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


def take_confirmation(tx: Tx, call: Call) -> MovedTrip:
    """Take telegram 2B: the trip is the other scheme's, and its rider hears when they are picked up."""
    row = _open_row(tx, call)
    order: ProviderOrder = call.body.providerOrderConfirmation
    if order.tripTicketId != _ticket(row):
        raise Refused(422, "other_ticket", "That tripTicketId is not this trip's.")
    if order.scheduledPickupTime.time <= call.now:
        raise Refused(422, "in_past", "Nobody can be picked up at a time that has passed.")
    assert call.token is not None  # noqa: S101 - the operation asks for a scope
    by = {"token": call.token.id}
    told = outside.hand_over(tx, call.room.turns, row["id"], order.scheduledPickupTime.time, by, call.now)
    return MovedTrip(view_of(call, trip_row(tx, call)), told)


def _open_row(tx: Tx, call: Call) -> Row:
    row = trip_row(tx, call)
    if not trips.LIFECYCLE.events["cancel"].transitions.get(row["state"]):
        raise Refused(409, "trip_over", "This trip is over: there is nothing to hand to anybody.")
    return row


def _ticket(row: Row) -> str:
    return f"{row['date']}-{row['code']}-{row['id']}"


def _journey(call: Call, row: Row) -> tds.Handover:
    community = call.room.turns.community
    return tds.Handover(
        ticket=_ticket(row),
        pickup=tds.Stop(row["pickup"], row["pickup_label"]),
        dropoff=tds.Stop(row["dropoff"], row["dropoff_label"]),
        picked_up_at=from_text(row["starts_at"]).astimezone(community.zone),
        seats=row["seats"],
        wheelchairs=row["wheelchairs"],
        community=community.name,
    )


_TDS = "A telegram of TCRP Report 210 (Transactional Data Specification), in its JSON form. See docs/api.md."
OPERATIONS = (
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
    Operation(
        "providerOrderConfirmation",
        "POST",
        "/trips/{id}/tds/provider-order-confirmation",
        "Give the trip to a scheme that confirms it (TDS telegram 2B)",
        "trip",
        MovedTrip,
        scope="trips:write",
        work=take_confirmation,
        params=TripPath,
        body=ProviderOrderConfirmation,
        errors=(409,),
        about=_TDS + " The trip here is cancelled, and the rider hears when the other scheme comes.",
    ),
)
