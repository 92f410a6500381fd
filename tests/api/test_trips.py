"""A transport scheduler moves trips, and the rider hears of what is news."""

from __future__ import annotations

from tests.api.asking import ROSE, Asker, book


async def test_a_booked_trip_is_listed_without_a_name(system: Asker) -> None:
    trip = await book(system)
    answer = await system.get("/trips?state=booked&date=2026-03-03", token=await system.let_in("trips:read"))
    [item] = answer.json["items"]
    assert (item["id"], item["time"], item["seats"]) == (trip, "10:30", 1)
    assert item["person"] == await system.person()
    assert b"7700900" not in answer.raw


async def test_a_cancelled_trip_is_told_to_its_rider(system: Asker) -> None:
    trip = await book(system)
    await system.village.sent()
    moved = await system.post(f"/trips/{trip}/state", {"state": "cancelled"})
    assert (moved.json["trip"]["state"], moved.json["told"]) == ("cancelled", True)
    [(number, text)] = await system.village.sent()
    assert number == ROSE
    assert "cancelled" in text
    assert "lift.cancelled" in [kind for kind, _ in await system.village.events()]


async def test_a_trip_that_is_over_goes_nowhere(system: Asker) -> None:
    trip = await book(system)
    assert (await system.post(f"/trips/{trip}/state", {"state": "done"})).json["told"] is False
    for state in ("booked", "cancelled", "no_show", "unmet", "done"):
        answer = await system.post(f"/trips/{trip}/state", {"state": state})
        assert (answer.status, answer.code) == (409, "forbidden_move"), state
    assert (await system.get(f"/trips/{trip}")).json["state"] == "done"


async def test_what_is_booked_cannot_be_booked_again(system: Asker) -> None:
    trip = await book(system)
    answer = await system.post(f"/trips/{trip}/state", {"state": "booked"})
    assert (answer.status, answer.code) == (409, "forbidden_move")
