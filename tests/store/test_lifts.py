"""What a resident books stands in the database, and nobody gets a seat that is not there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.conversation import Outcome
from flows.value import Value
from gateway.community_lifts import LiftSchemeError, install_lifts
from gateway.services.lifecycle import IllegalMove, advance
from gateway.services.own_lifts import key_of
from gateway.services.trips import LIFECYCLE
from gateway.store.database import Tx, open_store
from tests.store.lift_office import (
    MONDAY,
    OMAR,
    ROSE,
    TUESDAY,
    LiftDesk,
    Office,
    journey,
    scheme,
)


async def test_a_booking_has_a_seat_in_a_run_and_two_events(lift_desk: LiftDesk) -> None:
    wish = journey("10:30")
    assert (await lift_desk.act("lift.find", **wish)).name == "free"
    booked = await lift_desk.act("lift.book", **wish)
    assert booked.name == "booked"
    row = await lift_desk.store.read(lambda tx: tx.one("SELECT * FROM trip"))
    assert row is not None
    assert (row["state"], row["date"], row["time"]) == ("booked", TUESDAY, "10:30")
    # Ten minutes on the road, five to get in, five to get out.
    assert (row["starts_at"], row["ends_at"]) == ("2026-03-03T10:30:00.000Z", "2026-03-03T10:50:00.000Z")
    assert row["run_id"] is not None
    assert lift_desk.office.happened() == ["lift.requested", "lift.booked"]
    _, subject, data = lift_desk.office.events[-1]
    assert subject == f"trip:{row['id']}"
    assert data["code"] == booked.values["ref"].data
    assert ROSE not in str(data)


async def test_summer_time_moves_the_moment_not_the_hour(lift_desk: LiftDesk) -> None:
    lift_desk.office.now = datetime(2026, 3, 25, 9, tzinfo=UTC)
    for day, moment in (("2026-03-28", "10:30"), ("2026-03-30", "09:30")):
        await lift_desk.act("lift.book", **journey("10:30", day=day))
        row = await lift_desk.store.read(Tx.one, "SELECT * FROM trip WHERE date = :day", day=day)
        assert row is not None
        assert row["time"] == "10:30"
        assert row["starts_at"] == f"{day}T{moment}:00.000Z"


async def test_the_last_seat_goes_once_and_the_nearest_times_are_offered(lift_desk: LiftDesk) -> None:
    assert [outcome.name for outcome in await lift_desk.fill("11:00", 4)] == ["booked"] * 4
    found = await lift_desk.act("lift.find", **journey("11:00"))
    assert found.name == "full"
    assert _keys(found) == [
        "2026-03-03T10:15",
        "2026-03-03T10:30",
        "2026-03-03T11:30",
        "standby",
        "other_day",
        "nothing",
    ]
    assert (await lift_desk.act("lift.book", **journey("11:00"))).name == "taken"
    assert (await lift_desk.states()) == ["booked"] * 4


async def test_an_offered_time_becomes_the_wished_one(lift_desk: LiftDesk) -> None:
    taken = await lift_desk.act("lift.take", offer=Value("choice", ["2026-03-04T10:45", "10.45 am"]))
    assert (taken.values["day"], taken.values["time"]) == (
        Value("date", "2026-03-04"),
        Value("time", "10:45"),
    )
    # Whatever was said of an appointment: what is offered is when the rider is picked up.
    assert key_of(taken.values["timing"]) == "pickup_time"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (journey("08:30"), "outside_hours"),
        (journey("16:45"), "outside_hours"),
        (journey("10:30", day="2026-03-02"), "too_soon"),
        (journey("10:30", day="2026-03-08"), "closed"),
        (journey("10:30", day="2026-03-31"), "too_far"),
        (journey("10:30", day="2026-03-01"), "past"),
    ],
)
async def test_what_cannot_be_booked_is_told_apart(
    lift_desk: LiftDesk, wish: dict[str, Value], why: str
) -> None:
    assert (await lift_desk.act("lift.find", **wish)).name == why
    assert (await lift_desk.act("lift.book", **wish)).name == "taken"
    assert await lift_desk.states() == []


async def test_the_last_pickup_leaves_time_to_arrive(lift_desk: LiftDesk) -> None:
    assert (await lift_desk.act("lift.find", **journey("16:40"))).name == "free"
    assert (await lift_desk.act("lift.find", **journey("16:41"))).name == "outside_hours"


async def test_a_day_is_checked_before_a_time_is_asked_for(lift_desk: LiftDesk) -> None:
    sunday = await lift_desk.act("lift.day", day=Value("date", "2026-03-08"))
    assert (sunday.name, sunday.values["next_day"].data) == ("closed", "2026-03-09")
    far = await lift_desk.act("lift.day", day=Value("date", "2026-03-31"))
    assert (far.name, far.values["last_day"].data) == ("too_far", "2026-03-30")
    assert (await lift_desk.act("lift.day", day=Value("date", "2026-03-30"))).name == "open"


async def test_a_full_day_offers_the_days_after_it(lift_desk: LiftDesk) -> None:
    await lift_desk.store.write(lambda tx: install_lifts(tx, scheme(bus=(0, 1), with_car=False), MONDAY))
    await lift_desk.store.write(_take_runs_away, TUESDAY)
    found = await lift_desk.act("lift.find", **journey("11:00", needs="wheelchair"))
    assert found.name == "full"
    assert _keys(found)[:3] == [
        "2026-03-04T11:00",
        "2026-03-05T11:00",
        "2026-03-06T11:00",
    ]


async def test_a_wheelchair_takes_a_wheelchair_space_and_a_companion_a_seat(lift_desk: LiftDesk) -> None:
    assert (
        await lift_desk.act("lift.book", **journey("11:00", needs="wheelchair_companion"))
    ).name == "booked"
    assert (await lift_desk.act("lift.find", OMAR, **journey("11:10", needs="wheelchair"))).name == "full"
    assert (await lift_desk.act("lift.find", OMAR, **journey("11:20", needs="wheelchair"))).name == "free"
    assert (await lift_desk.act("lift.find", OMAR, **journey("11:10", needs="companion"))).name == "free"


async def test_what_a_rider_needs_is_remembered_with_the_booking(lift_desk: LiftDesk) -> None:
    assert (await lift_desk.act("lift.needs")).name == "unknown"
    await lift_desk.act("lift.book", **journey("11:00", needs="wheelchair"))
    known = await lift_desk.act("lift.needs")
    assert (known.name, known.values["needs"].data) == ("known", ["wheelchair", "wheelchair"])
    just_now = Value("choice", ["alone", "One person"])
    assert (await lift_desk.act("lift.needs", needs=just_now)).values["needs"] == just_now
    assert (await lift_desk.act("lift.needs", OMAR)).name == "unknown"


async def test_the_same_journey_is_not_booked_twice(lift_desk: LiftDesk) -> None:
    first = await lift_desk.act("lift.book", **journey("11:00"))
    for name in ("lift.find", "lift.book", "lift.standby"):
        again = await lift_desk.act(name, **journey("11:00"))
        assert (again.name, again.values["ref"]) == ("already", first.values["ref"])


async def test_nobody_can_take_every_seat_there_is(lift_desk: LiftDesk) -> None:
    for day in range(3, 8):
        for hour in range(9, 15):
            await lift_desk.act("lift.book", **journey(f"{hour:02}:00", day=f"2026-03-{day:02}"))
    assert (await lift_desk.act("lift.book", **journey("15:00"))).name == "many"


async def test_a_resident_sees_and_cancels_only_their_own(lift_desk: LiftDesk) -> None:
    booked = await lift_desk.act("lift.book", **journey("11:00"))
    code = booked.values["ref"]
    assert (await lift_desk.act("lift.list", OMAR)).name == "none"
    assert (await lift_desk.act("lift.mine", OMAR)).name == "none"
    assert (await lift_desk.act("lift.chosen", OMAR, which=Value("choice", [code.data, ""]))).name == "gone"
    assert (await lift_desk.act("lift.cancel", OMAR, ref=code)).name == "gone"
    assert await lift_desk.states() == ["booked"]


async def test_lifts_are_listed_first_one_first_with_their_codes(lift_desk: LiftDesk) -> None:
    later = await lift_desk.act("lift.book", **journey("11:00", day="2026-03-05"))
    sooner = await lift_desk.act("lift.book", **journey("14:30", dropoff="hospital"))
    listed = await lift_desk.act("lift.list")
    assert listed.name == "booked"
    assert listed.values["lifts"].data == [
        f"1 Tuesday 3 March 2.30 pm Royal Hospital ({sooner.values['ref'].data})",
        f"2 Thursday 5 March 11 am Co-op ({later.values['ref'].data})",
    ]
    choices = await lift_desk.act("lift.mine")
    assert _keys(choices) == [sooner.values["ref"].data, later.values["ref"].data]


async def test_a_lift_that_is_over_cannot_be_cancelled(lift_desk: LiftDesk) -> None:
    booked = await lift_desk.act("lift.book", **journey("11:00"))
    lift_desk.office.now += timedelta(days=1, hours=2)
    assert (await lift_desk.act("lift.cancel", ref=booked.values["ref"])).name == "gone"
    assert (await lift_desk.act("lift.list")).name == "none"


async def test_a_need_that_nothing_meets_is_counted(lift_desk: LiftDesk) -> None:
    assert (await lift_desk.act("lift.decline", **journey("08:30"))).name == "counted"
    assert await lift_desk.states() == ["unmet"]
    assert lift_desk.office.happened() == ["lift.requested", "lift.unmet"]


async def test_a_run_keeps_the_room_it_was_planned_with(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    await lift_desk.store.write(lambda tx: install_lifts(tx, scheme(bus=(1, 0)), MONDAY))
    assert (await lift_desk.act("lift.find", **journey("11:10"))).name == "full"
    assert (await lift_desk.act("lift.find", **journey("11:30", needs="wheelchair"))).name == "free"
    next_week = journey("11:30", day="2026-03-10", needs="wheelchair")
    assert (await lift_desk.act("lift.find", **next_week)).name == "full"


async def test_nobody_at_the_kerb_is_written_down(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", **journey("11:00"))
    await lift_desk.store.write(lift_desk.office.miss_first)
    assert await lift_desk.states() == ["no_show"]
    assert lift_desk.office.happened()[-1] == "lift.no_show"


async def test_a_community_without_transport_says_so(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "plainline.db", now=MONDAY)
    office = Office()
    assert (await store.write(office.act, "lift.begin", {})).name == "no_lifts"
    assert (await store.write(office.act, "lift.list", {})).name == "none"
    assert await store.write(office.pass_time) is None
    await store.close()


@pytest.mark.parametrize(
    ("state", "trigger"),
    [("cancelled", "seat"), ("done", "cancel"), ("no_show", "finish"), ("unmet", "wait"), ("booked", "wait")],
)
def test_a_trip_that_is_over_stays_over(state: str, trigger: str) -> None:
    with pytest.raises(IllegalMove):
        advance(LIFECYCLE, state, trigger)


@pytest.mark.parametrize("bad", ["two drivers", "no room", "no lift", "unknown vehicle", "backwards"])
async def test_transport_that_contradicts_itself_is_refused_whole(tmp_path: Path, bad: str) -> None:
    good = scheme()
    hours = list(good.driver_hours)
    vehicles = list(good.vehicles)
    if bad == "two drivers":
        hours.append(type(hours[0])("+447700900013", "bus", 0, hours[0].starts, hours[0].ends))
    elif bad == "no room":
        vehicles.append(type(vehicles[0])("bike", "Bike", 0, 0, lift=False))
    elif bad == "no lift":
        vehicles.append(type(vehicles[0])("van", "Van", 4, 1, lift=False))
    elif bad == "unknown vehicle":
        hours.append(type(hours[0])("+447700900013", "boat", 6, hours[0].starts, hours[0].ends))
    else:
        hours.append(type(hours[0])("+447700900013", "bus", 6, hours[0].ends, hours[0].starts))
    broken = type(good)(vehicles, good.drivers, hours, good.service_hours)
    store = await open_store(tmp_path / "plainline.db", now=MONDAY)
    with pytest.raises(LiftSchemeError):
        await store.write(lambda tx: install_lifts(tx, broken, MONDAY))
    assert await store.read(lambda tx: tx.all("SELECT 1 FROM vehicle")) == []
    await store.close()


def _take_runs_away(tx: Tx, day: str) -> None:
    tx.run("INSERT INTO planned_day VALUES (:day)", day=day)


def _keys(outcome: Outcome) -> list[str]:
    """Give the keys of the options an outcome gives."""
    [options] = [value for value in outcome.values.values() if value.type == "options"]
    return [str(pair[0]) for pair in options.data]  # type: ignore[union-attr,index]
