"""Drivers have the day's list in order, hear of every change, and what they say is written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows.value import Value, text
from gateway.services import trips
from gateway.store import people
from gateway.store.database import Tx
from tests.store.lift_office import MONDAY, OMAR, ROSE, LiftDesk, journey

# Dave 11 drives the bus till one and has agreed to be named; Dave 12 drives it after, and has not.
MORNING, AFTERNOON, CAR = (f"+4477009000{n}" for n in (11, 12, 13))
LIST_AT = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)


async def list_sent(lift_desk: LiftDesk) -> None:
    """Let it be half past seven, when the list of the run at nine goes out."""
    lift_desk.office.now = LIST_AT
    await lift_desk.pass_time(timedelta())


def number(n: int) -> dict[str, Value]:
    return {"number": text(str(n))}


def told(lift_desk: LiftDesk, who: str) -> list[str]:
    return [prompt.key for to, prompt in lift_desk.office.told if to == who]


async def test_the_list_goes_out_before_the_run_in_order_with_needs(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("11:00", needs="wheelchair"))
    await lift_desk.act("lift.book", OMAR, **journey("09:30", needs="walking_aid"))
    rose = await lift_desk.store.write(people.meet, ROSE, MONDAY)
    await lift_desk.store.write(people.set_name, rose.id, "Rose Hill")
    lift_desk.office.now = LIST_AT - timedelta(minutes=1)
    assert await lift_desk.pass_time(timedelta()) == LIST_AT
    assert told(lift_desk, MORNING) == []
    await list_sent(lift_desk)
    [prompt] = [prompt for to, prompt in lift_desk.office.told if to == MORNING]
    assert prompt.key == "sent"
    assert prompt.values["lines"].data == [
        "1 9.30 am Mill Lane - Co-op, walking_aid",
        "2 11 am Mill Lane - Co-op, Rose Hill, wheelchair",
    ]
    await list_sent(lift_desk)
    assert told(lift_desk, MORNING) == ["sent"]


async def test_a_run_without_riders_costs_no_text_and_its_driver_hears_of_the_first(
    lift_desk: LiftDesk,
) -> None:
    await lift_desk.act("lift.book", **journey("15:00"))
    await list_sent(lift_desk)
    assert told(lift_desk, MORNING) == []
    await lift_desk.act("lift.book", OMAR, **journey("10:00", needs="companion"))
    assert told(lift_desk, MORNING) == ["added"]


async def test_every_change_reaches_the_driver_who_has_the_list(lift_desk: LiftDesk) -> None:
    booked = await lift_desk.act("lift.book", ROSE, **journey("11:00", needs="wheelchair"))
    await lift_desk.act("lift.cancel", ROSE, ref=booked.values["ref"])
    assert told(lift_desk, MORNING) == []  # the list is not out yet
    await lift_desk.act("lift.book", ROSE, **journey("11:30", needs="wheelchair"))
    await list_sent(lift_desk)
    omar = await lift_desk.act("lift.book", OMAR, **journey("10:00", needs="companion"))
    await lift_desk.act("lift.cancel", OMAR, ref=omar.values["ref"])
    assert told(lift_desk, MORNING) == ["sent", "added", "gone"]
    added, gone = (p.values["line"].data for to, p in lift_desk.office.told[-2:])
    # Numbers stay what they were: Rose is 1, whoever comes later is 2, though they ride before her.
    assert added == gone == "2 10 am Mill Lane - Co-op, companion"
    await lift_desk.act("lift.book", OMAR, **journey("10:00", needs="companion"))
    assert str(lift_desk.office.told[-1][1].values["line"].data).startswith("3 ")


async def test_on_done_and_no_show_move_the_trips_and_tell_who_is_next(lift_desk: LiftDesk) -> None:
    for rider, at in ((ROSE, "10:00"), (OMAR, "10:30"), ("+447700900125", "12:00")):
        await lift_desk.act("lift.book", rider, **journey(at, needs="companion"))
    await list_sent(lift_desk)
    lift_desk.office.now = datetime(2026, 3, 3, 10, tzinfo=UTC)
    aboard = await lift_desk.act("driver.aboard", MORNING, **number(1))
    assert (aboard.name, str(aboard.values["line"].data)[:9]) == ("next", "2 10.30 a")
    assert told(lift_desk, OMAR) == []  # Rose gets out before the driver comes to him
    await lift_desk.act("driver.arrived", MORNING, **number(1))
    assert [(to, prompt.key) for to, prompt in lift_desk.office.told[-1:]] == [(OMAR, "set_out_named")]
    assert (await lift_desk.act("driver.no_show", MORNING, **number(2))).name == "next"
    assert told(lift_desk, "+447700900125") == []  # twelve is far off
    assert await lift_desk.states() == ["done", "no_show", "booked"]
    assert (await lift_desk.act("driver.aboard", MORNING, **number(2))).name == "next"  # he came running
    assert await lift_desk.states() == ["done", "on_board", "booked"]
    assert (await lift_desk.act("driver.aboard", MORNING, **number(3))).name == "last"
    assert (await lift_desk.act("driver.arrived", MORNING, **number(1))).name == "over"
    assert (await lift_desk.act("driver.arrived", MORNING, **number(9))).name == "unknown"


async def test_only_the_driver_of_today_s_run_marks_its_trips(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("10:00", needs="companion"))
    await list_sent(lift_desk)
    for other in (AFTERNOON, ROSE):
        assert (await lift_desk.act("driver.arrived", other, **number(1))).name == "unknown"
    assert await lift_desk.states() == ["booked"]


async def test_a_driver_is_named_only_if_they_agreed(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("10:00", needs="companion"))
    await lift_desk.act("lift.book", OMAR, **journey("14:00", needs="companion"))
    await list_sent(lift_desk)
    lift_desk.office.now = datetime(2026, 3, 3, 9, 45, tzinfo=UTC)
    assert (await lift_desk.act("driver.set_out", MORNING)).name == "told"
    [(_, prompt)] = [(to, p) for to, p in lift_desk.office.told if to == ROSE]
    assert (prompt.key, prompt.values["driver"].data) == ("set_out_named", "Dave")
    await lift_desk.act("driver.set_out", MORNING)
    assert told(lift_desk, ROSE) == ["set_out_named"]  # once is enough
    lift_desk.office.now = datetime(2026, 3, 3, 13, 45, tzinfo=UTC)
    await lift_desk.act("driver.set_out", AFTERNOON)
    assert told(lift_desk, OMAR) == ["set_out"]


async def test_a_driver_who_runs_late_says_so_to_those_who_wait_soon(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("10:00", needs="companion"))
    await lift_desk.act("lift.book", OMAR, **journey("12:30", needs="companion"))
    lift_desk.office.now = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    said = await lift_desk.act("late.whose", MORNING, by=text("by 20 minutes"))
    assert (said.name, said.values["minutes"]) == ("driver_by", Value("number", 20))
    assert (await lift_desk.act("late.whose", MORNING, by=text(""))).name == "driver"
    assert (await lift_desk.act("late.tell_riders", MORNING, minutes=Value("number", 20))).name == "told"
    assert (told(lift_desk, ROSE), told(lift_desk, OMAR)) == (["driver_late"], [])


async def test_a_rider_who_runs_late_says_so_to_the_driver(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("10:00", needs="companion"))
    assert (await lift_desk.act("late.whose", ROSE, by=text(""))).name == "nobody"
    lift_desk.office.now = datetime(2026, 3, 3, 9, 50, tzinfo=UTC)
    assert (await lift_desk.act("late.whose", ROSE, by=text(""))).name == "rider"
    assert (await lift_desk.act("late.tell_driver", ROSE)).name == "told"
    assert told(lift_desk, MORNING) == ["rider_late"]


async def test_the_next_list_can_be_asked_for(lift_desk: LiftDesk) -> None:
    assert (await lift_desk.act("driver.list", ROSE)).name == "no_driver"
    assert (await lift_desk.act("driver.list", MORNING)).name == "none"
    await lift_desk.act("lift.book", ROSE, **journey("10:00", day="2026-03-05", needs="companion"))
    listed = await lift_desk.act("driver.list", MORNING)
    assert (listed.name, listed.values["day"].data) == ("listed", "2026-03-05")
    assert (await lift_desk.act("driver.list", AFTERNOON)).name == "empty"


async def test_the_reminder_comes_the_day_before_once_and_can_be_answered(lift_desk: LiftDesk) -> None:
    booked = await lift_desk.act("lift.book", ROSE, **journey("10:00"))
    await lift_desk.pass_time(timedelta(hours=8))
    assert lift_desk.office.asked == []
    lift_desk.office.now = datetime(2026, 3, 2, 18, tzinfo=UTC)
    await lift_desk.pass_time(timedelta())
    await lift_desk.pass_time(timedelta(minutes=5))
    [(who, flow, given)] = lift_desk.office.asked
    assert (who, flow, given["ref"]) == (ROSE, "lift_reminder", booked.values["ref"])
    assert await lift_desk.states() == ["reminded"]
    assert (await lift_desk.act("lift.agree", ROSE, day=given["day"])).name == "confirmed"
    row = await lift_desk.store.read(Tx.one, "SELECT confirmed, state FROM trip")
    assert row is not None
    assert tuple(row) == (1, "reminded")
    assert lift_desk.office.happened()[-1] == "lift.confirmed"


async def test_who_books_after_the_reminders_needs_none(lift_desk: LiftDesk) -> None:
    lift_desk.office.now = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    await lift_desk.act("lift.book", ROSE, **journey("10:00"))
    await lift_desk.pass_time(timedelta(minutes=5))
    assert lift_desk.office.asked == []


async def test_a_gateway_that_was_off_in_the_evening_reminds_at_eight_in_the_morning(
    lift_desk: LiftDesk,
) -> None:
    await lift_desk.act("lift.book", ROSE, **journey("10:00"))
    await lift_desk.act("lift.book", OMAR, **journey("09:00", needs="companion"))
    lift_desk.office.now = datetime(2026, 3, 3, 5, tzinfo=UTC)
    await lift_desk.pass_time(timedelta())
    assert lift_desk.office.asked == []
    lift_desk.office.now = datetime(2026, 3, 3, 8, tzinfo=UTC)
    await lift_desk.pass_time(timedelta())
    # Omar is picked up within the hour: a reminder is no use to him any more.
    assert [(who, flow) for who, flow, _ in lift_desk.office.asked] == [(ROSE, "lift_reminder")]


@pytest.mark.parametrize(
    ("when", "how"),
    [
        (datetime(2026, 3, 2, 17, 59, tzinfo=UTC), "early"),
        (datetime(2026, 3, 2, 18, tzinfo=UTC), "late"),
        (datetime(2026, 3, 3, 0, tzinfo=UTC), "same_day"),
    ],
)
async def test_a_cancellation_is_early_late_or_on_the_day(
    lift_desk: LiftDesk, when: datetime, how: str
) -> None:
    booked = await lift_desk.act("lift.book", ROSE, **journey("10:00"))
    lift_desk.office.now = when
    await lift_desk.act("lift.cancel", ROSE, ref=booked.values["ref"])
    kind, _, data = lift_desk.office.events[-1]
    assert (kind, data["cancelled_as"], data["result"]) == ("lift.cancelled", how, "CANC")


def test_every_end_has_its_result_code() -> None:
    ends = {state for state in trips.LIFECYCLE.states if not trips.LIFECYCLE.get_triggers(state)}
    assert ends <= set(trips.RESULT_CODES)
    assert sorted(trips.RESULT_CODES.values()) == ["CANC", "COMP", "NS", "UNMET"]
