"""Trip messages for handing a lift to another scheme: the Transactional Data Specification.

TCRP Report 210 made it. These are the JSON form of its telegrams 1A (tripRequest) and 2A
(clientOrderConfirmation), as in the schema published with it: what was an XML attribute begins with @.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flows.value import Json

# Names of places are ours: whoever takes a trip over has to know them, or read their labels.
PLACES = "plainline-place"
WHEELCHAIR = "W"


@dataclass(frozen=True, slots=True)
class Stop:
    """A place: its key and its label."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Handover:
    """A journey another scheme might take; `picked_up_at` is aware, local. `ticket` names it for both."""

    ticket: str
    pickup: Stop
    dropoff: Stop
    picked_up_at: datetime
    seats: int
    wheelchairs: int
    community: str


def trip_request(trip: Handover) -> dict[str, Json]:
    """Give telegram 1A: could you take this? It names nobody."""
    return {
        "tripRequest": {
            "pickupAddress": _address(trip.pickup, trip.community),
            "dropoffAddress": _address(trip.dropoff, trip.community),
            "pickupTime": _time(trip.picked_up_at),
            "detoursPermissible": True,
            "hardConstraintOnPickupTime": False,
            "@specialAttributes": [WHEELCHAIR] * bool(trip.wheelchairs),
            "@openAttribute": f"seats={trip.seats};wheelchair_spaces={trip.wheelchairs}",
        }
    }


def client_order(trip: Handover, name: str, number: str) -> dict[str, Json]:
    """Give telegram 2A: please take this. `number` is E.164, which the telegram wants as digits alone."""
    return {
        "clientOrderConfirmation": {
            "tripTicketId": trip.ticket,
            "customerName": name,
            "customerMobilePhone": int(number.lstrip("+")),
            "fundingEntityId": trip.community,
            "pickupAddress": _address(trip.pickup, trip.community),
            "dropoffAddress": _address(trip.dropoff, trip.community),
            "pickupTime": _time(trip.picked_up_at),
            "numOtherReservedPassengers": max(0, trip.seats + trip.wheelchairs - 1),
            "detoursPermissible": True,
            "hardConstraintOnPickupTime": False,
        }
    }


def _address(stop: Stop, community: str) -> Mapping[str, Json]:
    return {
        "@addressName": stop.label,
        "@community": community,
        "idAddressName": {"@src": PLACES, "@id": stop.key},
    }


def _time(moment: datetime) -> Mapping[str, Json]:
    return {"@time": moment.isoformat(timespec="seconds"), "@timeType": "promised"}
