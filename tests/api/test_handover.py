"""A lift is handed to another scheme: asked for without a name, ordered with one, confirmed and told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.asking import ROSE, Asker, book


async def test_a_trip_request_for_another_scheme_names_nobody(system: Asker) -> None:
    trip = await book(system)
    token = await system.let_in("trips:read")
    answer = await system.get(f"/trips/{trip}/tds/trip-request", token=token)
    telegram: dict[str, Any] = answer.json["tripRequest"]
    assert telegram.keys() >= {"pickupAddress", "dropoffAddress", "pickupTime"}  # what the schema requires
    assert telegram["pickupTime"]["@time"].endswith("+00:00")
    assert telegram["pickupAddress"]["@addressName"] == "Mill Lane"
    assert b"7700900" not in answer.raw


async def test_an_order_names_the_rider_and_so_needs_more(system: Asker) -> None:
    trip = await book(system)
    path = f"/trips/{trip}/tds/client-order-confirmation"
    refused = await system.get(path, token=await system.let_in("trips:read"))
    assert (refused.status, refused.code) == (403, "no_scope")
    order = (await system.get(path)).json["clientOrderConfirmation"]
    required = {
        "customerName",
        "dropoffAddress",
        "fundingEntityId",
        "pickupAddress",
        "pickupTime",
        "tripTicketId",
    }
    assert order.keys() >= required
    assert order["customerMobilePhone"] == int(ROSE[1:])


async def test_what_is_over_is_handed_to_nobody(system: Asker) -> None:
    trip = await book(system)
    await system.post(f"/trips/{trip}/state", {"state": "cancelled"})
    for telegram in ("trip-request", "client-order-confirmation"):
        answer = await system.get(f"/trips/{trip}/tds/{telegram}")
        assert (answer.status, answer.code) == (409, "trip_over")


async def confirmation(system: Asker, trip: int, **changes: Any) -> dict[str, Any]:
    """Give telegram 2B for a trip, as another scheme sends it."""
    order = (await system.get(f"/trips/{trip}/tds/client-order-confirmation")).json["clientOrderConfirmation"]
    return {
        "providerOrderConfirmation": {
            "tripTicketId": order["tripTicketId"],
            "scheduledPickupTime": {"@time": "2026-03-03T10:45:00+00:00", "@timeType": "promised"},
            "scheduledPickupPoint": order["pickupAddress"],
            "scheduledDropoffPoint": order["dropoffAddress"],
            "@vehicleNumber": "7",
            **changes,
        }
    }


async def test_a_rider_hears_when_the_other_scheme_comes(system: Asker) -> None:
    trip = await book(system)
    await system.village.sent()
    path = f"/trips/{trip}/tds/provider-order-confirmation"
    answer = await system.post(path, await confirmation(system, trip))
    assert (answer.status, answer.json["trip"]["state"], answer.json["told"]) == (200, "cancelled", True)
    [told] = [words for number, words in await system.village.sent() if number == ROSE]
    assert "Another transport service takes you: Tuesday 3 March at 10.45 am" in told
    kinds = [kind for kind, _ in await system.village.events()]
    assert kinds.count("lift.handed_over") == 1
    again = await system.post(path, answer.json)
    assert again.status == 422
    assert (await system.get(f"/trips/{trip}/tds/trip-request")).code == "trip_over"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tripTicketId": "2026-03-03-9Z-999"}, "other_ticket"),
        ({"scheduledPickupTime": {"@time": "2026-03-01T10:45:00+00:00"}}, "in_past"),
        ({"scheduledPickupTime": {"@time": "2026-03-03T10:45:00"}}, "bad_body"),
        ({"scheduledPickupPoint": "here"}, "bad_body"),
        ({"state": "done"}, "bad_body"),
    ],
)
async def test_a_confirmation_that_is_not_this_trips_changes_nothing(
    system: Asker, changes: dict[str, Any], code: str
) -> None:
    trip = await book(system)
    path = f"/trips/{trip}/tds/provider-order-confirmation"
    answer = await system.post(path, await confirmation(system, trip, **changes))
    assert (answer.status, answer.code) == (422, code)
    assert (await system.get(f"/trips/{trip}")).json["state"] == "booked"
