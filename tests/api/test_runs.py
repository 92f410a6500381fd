"""A transport scheduler plans runs, moves trips between them, and reads what need was not met."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gateway.services.lift_days import plan as plan_the_day
from tests.api.asking import ROSE, TOM, Asker, book, deeds

PRIYA = "+447700900012"


async def plan(system: Asker, **change: Any) -> dict[str, Any]:
    """Give the body of a run on Tuesday, with Priya in the minibus."""
    return {
        "date": "2026-03-03",
        "vehicle": "minibus",
        "driver": await system.person(PRIYA),
        "starts": "10:00",
        "ends": "14:00",
        **change,
    }


async def test_a_run_is_added_changed_and_taken_away_and_its_driver_hears(system: Asker) -> None:
    await book(system)
    made = await system.post("/runs", await plan(system))
    assert (made.status, made.json["starts_at"], made.json["seats"]) == (201, "2026-03-03T10:00:00.000Z", 7)
    run = made.json["id"]
    changed = await system.ask("PUT", f"/runs/{run}", json=await plan(system, ends="15:00"))
    assert changed.json["ends_at"] == "2026-03-03T15:00:00.000Z"
    listed = (await system.get("/runs?date=2026-03-03")).json["runs"]
    assert [one["id"] for one in listed].count(run) == 1
    gone = await system.ask("DELETE", f"/runs/{run}")
    assert (gone.status, gone.json) == (200, {"waiting": []})
    assert (await system.get(f"/runs/{run}")).status == 404
    assert [number for number, _ in await system.village.sent()].count(PRIYA) == 3
    assert [kind for kind, _ in await system.village.events()] == [
        "run.added", "run.changed", "run.cancelled",
    ]  # fmt: skip
    assert [action for action, _ in await deeds(system)] == [
        "api.run_added", "api.run_changed", "api.run_cancelled",
    ]  # fmt: skip


async def test_nobody_drives_two_runs_at_once(system: Asker) -> None:
    await book(system)  # Tom drives from nine to five
    clash = await system.post("/runs", await plan(system, driver=await system.person(TOM)))
    assert (clash.status, clash.code) == (409, "run_refused")
    assert await deeds(system) == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"vehicle": "zeppelin"}, 409),
        ({"starts": "15:00"}, 409),
        ({"driver": "p" + "0" * 32}, 404),
        ({"date": "2026-03-01"}, 422),
        ({"date": "9999-12-31"}, 422),
        ({"starts": "25:00"}, 422),
    ],
)
async def test_a_run_that_cannot_be_is_refused(system: Asker, change: dict[str, Any], status: int) -> None:
    await book(system)
    before = (await system.get("/runs?date=2026-03-03")).json
    assert (await system.post("/runs", await plan(system, **change))).status == status
    assert (await system.get("/runs?date=2026-03-03")).json == before


async def test_a_trip_is_put_into_another_run_that_has_room(system: Asker) -> None:
    trip = await book(system)
    run = (await system.post("/runs", await plan(system))).json["id"]
    moved = await system.ask("PUT", f"/trips/{trip}/run", json={"run": run})
    assert (moved.json["run"], moved.json["vehicle"]) == (run, "minibus")
    assert (await system.get(f"/runs/{run}")).json["trips"] == [trip]
    assert "lift.moved" in [kind for kind, _ in await system.village.events()]
    late = await plan(system, starts="15:00", ends="16:00")
    short = (await system.post("/runs", late)).json["id"]
    full = await system.ask("PUT", f"/trips/{trip}/run", json={"run": short})
    assert (full.status, full.code) == (409, "no_room")
    nowhere = await system.ask("PUT", f"/trips/{trip}/run", json={"run": 999})
    assert (nowhere.status, nowhere.code) == (422, "no_such_run")


async def test_a_cancelled_run_leaves_its_riders_waiting_and_tells_them(system: Asker) -> None:
    trip = await book(system)
    run = (await system.get(f"/trips/{trip}")).json["run"]
    await system.village.sent()
    gone = await system.ask("DELETE", f"/runs/{run}")
    state = (await system.get(f"/trips/{trip}")).json["state"]
    assert [one["id"] for one in gone.json["waiting"]] == ([trip] if state == "standby" else [])
    waiting = (await system.get("/runs?date=2026-03-03")).json["standby"]
    assert [one["id"] for one in waiting] == ([trip] if state == "standby" else [])
    if state == "standby":
        assert ROSE in {number for number, _ in await system.village.sent()}


async def test_a_rider_is_picked_up_and_that_is_not_told_to_them(system: Asker) -> None:
    trip = await book(system)
    await system.village.sent()
    moved = await system.post(f"/trips/{trip}/state", {"state": "on_board"})
    assert (moved.json["trip"]["state"], moved.json["told"]) == ("on_board", False)
    assert await system.village.sent() == []
    assert (await system.post(f"/trips/{trip}/state", {"state": "done"})).json["trip"]["state"] == "done"
    counted = (await system.get("/trip-counts?first=2026-03-01&last=2026-03-31")).json
    assert counted["results"]["COMP"] == 1


async def test_no_state_is_taken_for_a_booking_that_is_none(system: Asker) -> None:
    trip = await book(system)
    for state in ("standby", "offered", "requested", "reminded"):
        answer = await system.post(f"/trips/{trip}/state", {"state": state})
        assert (answer.status, answer.code) == (422, "bad_body"), state


async def test_what_need_was_not_met_is_counted_by_route(system: Asker) -> None:
    trip = await book(system)
    await system.village.store.write(lambda tx: tx.run("UPDATE trip SET state = 'standby', run_id = NULL"))
    await system.post(f"/trips/{trip}/state", {"state": "unmet"})
    counted = (await system.get("/trip-counts?first=2026-03-01&last=2026-03-31")).json
    assert counted["results"]["UNMET"] == 1
    [need] = counted["unmet"]
    assert (need["weekday"], need["hour"], need["count"]) == (1, 10, 1)
    for span in ("first=2026-03-02&last=2026-03-01", "first=0001-01-01&last=9999-12-31"):
        assert (await system.get(f"/trip-counts?{span}")).code == "bad_query"


async def test_drivers_are_named_to_who_may_know_people(system: Asker) -> None:
    fleet = (await system.get("/fleet")).json
    assert {one["key"] for one in fleet["vehicles"]} == {"minibus", "car"}
    assert "Tom Barker" in {one["name"] for one in fleet["drivers"]}
    unnamed = await system.get("/fleet", token=await system.let_in("trips:read"))
    assert {one["name"] for one in unnamed.json["drivers"]} == {None}


async def test_the_runs_of_the_timetable_are_told_once_when_their_day_is_planned(system: Asker) -> None:
    tuesday, village = date(2026, 3, 3), system.village
    assert (await system.get("/runs?date=2026-03-03")).json["runs"] == []
    for _ in range(2):
        await village.store.write(plan_the_day, tuesday, village.hands.now, village.community.zone)
    made = [data for kind, data in await village.events() if kind == "run.added"]
    listed = (await system.get("/runs?date=2026-03-03")).json["runs"]
    assert len(made) == len(listed) > 0
    assert [data["vehicle"] for data in made] == [one["vehicle"] for one in sorted(listed, key=by_id)]
    assert {data["date"] for data in made} == {"2026-03-03"}


def by_id(run: dict[str, Any]) -> int:
    """Give what runs are sorted by as they were made."""
    return int(run["id"])
