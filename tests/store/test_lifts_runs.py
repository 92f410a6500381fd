"""What coordinators do with runs keeps every seat that was promised, or says to whom it could not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from flows.value import Value
from gateway.seats import Run
from gateway.services import lift_days, runs
from gateway.services.lifecycle import IllegalMove
from gateway.services.runs import NoRoom, RunPlan, RunRefused
from gateway.store import lift_runs
from gateway.store.database import Tx
from gateway.store.lifts import Trip, trip_by_id
from tests.store.lift_office import MONDAY, OMAR, ROSE, ZONE, LiftDesk, journey

TUESDAY = date(2026, 3, 3)
MORNING, AFTERNOON, CAR = 1, 2, 3
BUS_RUN, LATE_RUN, CAR_RUN = 1, 2, 3


def plan(vehicle: str, driver: int, starts: int, ends: int) -> RunPlan:
    return RunPlan(TUESDAY, vehicle, driver, time(starts), time(ends))


async def room_of(lift_desk: LiftDesk, run_id: int) -> Run | None:
    run = await lift_desk.store.read(lift_runs.run_by_id, run_id)
    return run.room if run else None


async def trip(lift_desk: LiftDesk, trip_id: int) -> Trip:
    return await lift_desk.store.read(trip_by_id, trip_id)


async def test_a_run_that_is_added_is_offered_to_those_who_wait(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", OMAR, **journey("16:20", needs="wheelchair"))
    await lift_desk.act("lift.standby", ROSE, **journey("16:20", needs="wheelchair"))
    with pytest.raises(RunRefused, match="That vehicle is out"):
        await lift_desk.desk(runs.add_run, plan("bus", MORNING, 15, 18))
    with pytest.raises(RunRefused, match="That driver is out"):
        await lift_desk.desk(runs.add_run, plan("car", AFTERNOON, 16, 18))
    assert (await lift_desk.states())[-1] == "standby"
    await lift_desk.store.write(lift_runs.save_vehicle, lift_runs.Vehicle("van", "Van", 2, 1, lift=True))
    added = await lift_desk.desk(runs.add_run, plan("van", MORNING, 15, 18))
    assert (added.vehicle_label, added.room.wheelchair_spaces) == ("Van", 1)
    assert (await lift_desk.states())[-1] == "offered"
    assert ("+447700900011", "run_added") in [(to, p.key) for to, p in lift_desk.office.told]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (plan("boat", MORNING, 18, 19), "no such vehicle"),
        (plan("bus", 99, 18, 19), "no such vehicle or driver"),
        (plan("bus", MORNING, 19, 18), "end before it starts"),
    ],
)
async def test_what_is_no_run_is_refused(lift_desk: LiftDesk, bad: RunPlan, why: str) -> None:
    with pytest.raises(RunRefused, match=why):
        await lift_desk.desk(runs.add_run, bad)


async def test_who_loses_a_run_rides_in_another_or_waits_first(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("11:00", needs="companion"))
    await lift_desk.act("lift.book", OMAR, **journey("11:00", needs="wheelchair"))
    await lift_desk.act("lift.book", "+447700900125", **journey("12:00", needs="alone"))
    assert {(await trip(lift_desk, n)).run_id for n in (1, 2, 3)} == {BUS_RUN, CAR_RUN}
    waiting = await lift_desk.desk(runs.cancel_run, BUS_RUN)
    assert sorted(one.resident_id for one in waiting) == sorted(
        {(await trip(lift_desk, n)).resident_id for n in (1, 2)}
    )
    assert await lift_desk.states() == ["standby", "standby", "booked"]
    told = [(to, prompt.key) for to, prompt in lift_desk.office.told]
    assert (ROSE, "run_lost") in told
    assert (OMAR, "run_lost") in told
    assert ("+447700900011", "run_gone") in told
    assert await room_of(lift_desk, BUS_RUN) is None
    # The run is back: the seats are theirs before anybody else's.
    await lift_desk.desk(runs.add_run, plan("bus", MORNING, 9, 13))
    assert await lift_desk.states() == ["offered", "offered", "booked"]


async def test_a_run_with_somebody_in_the_vehicle_is_not_cancelled(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("11:00", needs="companion"))
    lift_desk.office.now = datetime(2026, 3, 3, 11, tzinfo=UTC)
    await lift_desk.act("driver.list", "+447700900011")
    await lift_desk.act("driver.aboard", "+447700900011", number=Value("text", "1"))
    with pytest.raises(RunRefused, match="Somebody is in the vehicle"):
        await lift_desk.desk(runs.cancel_run, BUS_RUN)


async def test_a_trip_moves_to_a_run_that_has_room_and_to_no_other(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("11:00"))
    first = await trip(lift_desk, 1)
    assert first.run_id == CAR_RUN
    moved = await lift_desk.desk(runs.move_trip, first, BUS_RUN)
    assert moved.run_id == BUS_RUN
    assert lift_desk.office.happened()[-1] == "lift.moved"
    await lift_desk.act("lift.book", OMAR, **journey("11:00", needs="companion"))
    with pytest.raises(NoRoom):
        await lift_desk.desk(runs.move_trip, await trip(lift_desk, 2), CAR_RUN)
    with pytest.raises(NoRoom):
        await lift_desk.desk(runs.move_trip, await trip(lift_desk, 2), LATE_RUN)


async def test_a_coordinator_can_seat_somebody_who_waits(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    await lift_desk.act("lift.standby", ROSE, **journey("11:00"))
    with pytest.raises(NoRoom):
        await lift_desk.desk(runs.move_trip, await trip(lift_desk, 5), BUS_RUN)
    lift_desk.office.now = MONDAY.replace(hour=22)  # nobody is offered anything at this hour
    mine = await lift_desk.act("lift.mine", "+447700900200")
    await lift_desk.act("lift.cancel", "+447700900200", ref=mine.values["ref"])
    freed = (await trip(lift_desk, 1)).run_id
    await lift_desk.desk(runs.move_trip, await trip(lift_desk, 5), freed)
    assert (await lift_desk.states())[-1] == "booked"
    assert (ROSE, "seat_found") in [(to, p.key) for to, p in lift_desk.office.told]
    with pytest.raises(IllegalMove):
        await lift_desk.desk(runs.move_trip, await trip(lift_desk, 1), freed)


async def test_a_run_changes_only_so_that_all_its_riders_still_fit(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("10:30", needs="wheelchair"))
    for bad in (plan("car", CAR, 9, 13), plan("bus", MORNING, 11, 13)):
        with pytest.raises(RunRefused):
            await lift_desk.desk(runs.change_run, BUS_RUN, bad)
    await lift_desk.desk(runs.change_run, BUS_RUN, plan("bus", AFTERNOON, 9, 12))
    told = [(to, prompt.key) for to, prompt in lift_desk.office.told]
    assert ("+447700900011", "run_gone") in told
    assert ("+447700900012", "run_added") in told
    changed = await lift_desk.store.read(lift_runs.run_by_id, BUS_RUN)
    assert changed is not None
    assert (changed.driver_id, changed.room.ends_at) == (AFTERNOON, datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert lift_desk.office.happened()[-1] == "run.changed"


async def test_the_day_shows_each_vehicle_stop_by_stop(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("10:30", needs="wheelchair_companion"))
    await lift_desk.act("lift.book", OMAR, **journey("10:35", dropoff="hospital", needs="companion"))
    await lift_desk.act("lift.standby", "+447700900125", **journey("10:35", needs="wheelchair"))
    day = await lift_desk.store.read(lift_days.look_at_day, TUESDAY, MONDAY, ZONE)
    assert day is not None
    assert (day.open, day.planned, len(day.runs), len(day.waiting)) == (True, True, 3, 1)
    bus = day.runs[0]
    assert (bus.run.vehicle_label, bus.fullest) == ("Bus", (3, 1))
    assert [(f"{s.reached:%H:%M}", s.place, s.boards, s.seats, s.wheelchairs) for s in bus.stops] == [
        ("10:30", "Mill Lane", True, 1, 1),
        ("10:35", "Mill Lane", True, 3, 1),
        ("10:50", "Co-op", False, 2, 0),
        ("11:15", "Royal Hospital", False, 0, 0),
    ]


async def test_looking_at_a_day_plans_nothing(lift_desk: LiftDesk) -> None:
    day = await lift_desk.store.read(lift_days.look_at_day, TUESDAY, MONDAY, ZONE)
    assert day is not None
    assert (day.planned, day.runs) == (False, [])
    await lift_desk.store.write(lift_days.plan, TUESDAY, MONDAY, ZONE)
    day = await lift_desk.store.read(lift_days.look_at_day, TUESDAY, MONDAY, ZONE)
    assert day is not None
    assert (day.planned, len(day.runs)) == (True, 3)
    sunday = date(2026, 3, 8)
    await lift_desk.store.write(lift_days.plan, sunday, MONDAY, ZONE)
    closed = await lift_desk.store.read(lift_days.look_at_day, sunday, MONDAY, ZONE)
    assert closed is not None
    assert (closed.open, closed.planned) == (False, False)


async def test_a_driver_s_calendar_knows_the_days_nobody_has_booked_yet(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("11:00", needs="companion"))
    shifts = await lift_desk.store.read(
        lift_days.runs_of_driver, MORNING, date(2026, 3, 3), date(2026, 3, 9), ZONE
    )
    assert [(f"{s.starts_at:%a %H:%M}", s.vehicle, s.run_id, s.riders) for s in shifts] == [
        ("Tue 09:00", "Bus", BUS_RUN, 1),
        ("Wed 09:00", "Bus", None, 0),
        ("Thu 09:00", "Bus", None, 0),
        ("Fri 09:00", "Bus", None, 0),
        ("Sat 09:00", "Bus", None, 0),
        ("Mon 09:00", "Bus", None, 0),
    ]


async def test_ends_and_unmet_needs_are_counted(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.decline", ROSE, **journey("08:30"))
    await lift_desk.act("lift.decline", OMAR, **journey("08:45"))
    booked = await lift_desk.act("lift.book", ROSE, **journey("11:00"))
    await lift_desk.act("lift.cancel", ROSE, ref=booked.values["ref"])
    counts = await lift_desk.store.read(lift_days.results, TUESDAY, TUESDAY)
    assert {code: n for code, n in counts.items() if n} == {"UNMET": 2, "CANC": 1, "CANC_EARLY": 1}
    [need] = await lift_desk.store.read(lift_days.unmet_needs, TUESDAY, TUESDAY)
    assert (need.pickup, need.dropoff, need.weekday, need.hour, need.count) == ("Mill Lane", "Co-op", 1, 8, 2)
    assert await lift_desk.store.read(lift_days.unmet_needs, date(2026, 3, 4), date(2026, 3, 9)) == []


async def test_what_was_given_away_stays_whole_when_a_run_has_gone(lift_desk: LiftDesk) -> None:
    booked = await lift_desk.act("lift.book", ROSE, **journey("11:00", needs="companion"))
    await lift_desk.act("lift.cancel", ROSE, ref=booked.values["ref"])
    await lift_desk.desk(runs.cancel_run, BUS_RUN)
    row = await lift_desk.store.read(Tx.one, "SELECT state, run_id FROM trip")
    assert row is not None
    assert tuple(row) == ("cancelled", None)


async def test_nothing_a_coordinator_looks_at_reads_the_trips_of_all_years(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("11:00", needs="companion"))
    seen: set[str] = set()
    for connection in (lift_desk.store._writer, lift_desk.store._reader):
        await connection.set_trace_callback(seen.add)
    read = lift_desk.store.read
    await read(lift_days.look_at_day, TUESDAY, MONDAY, ZONE)
    await read(lift_days.driver_sheet, MORNING, TUESDAY, MONDAY, ZONE)
    await read(lift_days.waiting_list, TUESDAY, TUESDAY)
    await read(lift_days.results, TUESDAY, TUESDAY)
    await read(lift_days.unmet_needs, TUESDAY, TUESDAY)
    await read(lift_days.runs_of_driver, MORNING, TUESDAY, TUESDAY, ZONE)
    await lift_desk.pass_time(timedelta(hours=23))
    await lift_desk.act("driver.list", "+447700900011")
    await lift_desk.act("driver.arrived", "+447700900011", number=Value("text", "1"))
    await lift_desk.desk(runs.cancel_run, LATE_RUN)
    statements = sorted(sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "DELETE")))
    assert len(statements) > 30
    plans = [await read(Tx.all, f"EXPLAIN QUERY PLAN {sql}") for sql in statements]
    scans = {
        row["detail"]
        for plan in plans
        for row in plan
        if row["detail"].startswith(("SCAN t ", "SCAN trip", "SCAN event"))
        and not any(
            partial in row["detail"] for partial in ("trip_holding_end", "trip_standby", "trip_offered")
        )
    }
    assert scans == set()
