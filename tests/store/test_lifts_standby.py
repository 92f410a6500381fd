"""A seat that comes free is offered in order, with a term; a crowd gets the seats there are and no more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from flows.value import Value
from gateway.store import people
from tests.store.lift_office import MONDAY, OMAR, ROSE, LiftDesk, journey

FIRST, SECOND = "+447700900200", "+447700900201"


async def full_and_two_wait(lift_desk: LiftDesk) -> tuple[Value, Value]:
    """Fill the vehicles at eleven and let Rose, then Omar wait; give their codes."""
    await lift_desk.fill("11:00", 4)
    rose = await lift_desk.act("lift.standby", ROSE, **journey("11:00"))
    omar = await lift_desk.act("lift.standby", OMAR, **journey("11:00"))
    assert (rose.name, omar.name) == ("waiting", "waiting")
    return rose.values["ref"], omar.values["ref"]


async def free_a_seat(lift_desk: LiftDesk, owner: str = FIRST) -> None:
    """Let somebody cancel."""
    mine = await lift_desk.act("lift.mine", owner)
    assert (await lift_desk.act("lift.cancel", owner, ref=mine.values["ref"])).name == "cancelled"


async def test_who_asked_first_is_offered_the_seat_and_it_is_held(lift_desk: LiftDesk) -> None:
    rose, _ = await full_and_two_wait(lift_desk)
    await free_a_seat(lift_desk)
    assert await lift_desk.states() == ["cancelled", "booked", "booked", "booked", "offered", "standby"]
    [(number, flow, given)] = lift_desk.office.asked
    assert (number, flow, given["ref"], given["until"].data) == (ROSE, "seat_offer", rose, "11:30")
    # Nobody else gets it meanwhile.
    assert (await lift_desk.act("lift.book", "+447700900300", **journey("11:00"))).name == "taken"
    assert (await lift_desk.act("lift.take_seat", ROSE, ref=rose)).name == "booked"
    assert (await lift_desk.states())[-2:] == ["booked", "standby"]
    assert lift_desk.office.happened()[-3:] == ["lift.cancelled", "lift.offered", "lift.booked"]


async def test_who_is_talked_with_about_something_else_is_told_how_to_take_it(lift_desk: LiftDesk) -> None:
    rose, _ = await full_and_two_wait(lift_desk)
    lift_desk.office.busy = True
    await free_a_seat(lift_desk)
    [(number, prompt)] = lift_desk.office.told
    assert (number, prompt.key, prompt.values["ref"], prompt.values["until"].data) == (
        ROSE,
        "seat_offered",
        rose,
        "11:30",
    )


async def test_an_offer_nobody_answers_goes_to_the_next_and_its_rider_comes_last(lift_desk: LiftDesk) -> None:
    rose, omar = await full_and_two_wait(lift_desk)
    await free_a_seat(lift_desk)
    due = await lift_desk.pass_time(timedelta())
    assert due == MONDAY + timedelta(hours=2)
    await lift_desk.pass_time(timedelta(hours=2))
    assert (await lift_desk.states())[-2:] == ["standby", "offered"]
    assert [number for number, _, _ in lift_desk.office.asked] == [ROSE, OMAR]
    assert [(number, prompt.key) for number, prompt in lift_desk.office.told] == [(ROSE, "offer_over")]
    # Too late is too late as long as the seat is held for somebody else, and no longer.
    assert (await lift_desk.act("lift.take_seat", ROSE, ref=rose)).name == "too_late"
    assert (await lift_desk.act("lift.leave_seat", OMAR, ref=omar)).name == "left"
    assert (await lift_desk.states())[-2:] == ["offered", "cancelled"]
    assert (await lift_desk.act("lift.take_seat", ROSE, ref=rose)).name == "booked"


async def test_a_seat_nobody_takes_is_not_offered_round_and_round(lift_desk: LiftDesk) -> None:
    rose, _ = await full_and_two_wait(lift_desk)
    await free_a_seat(lift_desk)
    for _ in range(4):
        await lift_desk.pass_time(timedelta(hours=2))
    assert [number for number, _, _ in lift_desk.office.asked] == [ROSE, OMAR, ROSE, OMAR]
    assert (await lift_desk.states())[-2:] == ["standby", "standby"]
    # It is still theirs for the asking, as it is anybody's.
    assert (await lift_desk.act("lift.take_seat", ROSE, ref=rose)).name == "booked"


async def test_an_offer_does_not_outlast_the_time_to_book(lift_desk: LiftDesk) -> None:
    rose, _ = await full_and_two_wait(lift_desk)
    lift_desk.office.now = datetime(2026, 3, 3, 8, 20, tzinfo=UTC)
    await free_a_seat(lift_desk)
    [(_, _, given)] = lift_desk.office.asked
    assert given["until"].data == "09:00"
    await lift_desk.pass_time(timedelta(minutes=41))
    assert set((await lift_desk.states())[-2:]) == {"unmet"}
    assert (await lift_desk.act("lift.take_seat", ROSE, ref=rose)).name in ("gone", "too_late")


async def test_what_comes_free_at_night_is_offered_in_the_morning(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("14:00", 4)
    await lift_desk.act("lift.standby", ROSE, **journey("14:00"))
    lift_desk.office.now = datetime(2026, 3, 2, 23, tzinfo=UTC)
    await free_a_seat(lift_desk)
    assert lift_desk.office.asked == []
    due = await lift_desk.pass_time(timedelta())
    assert due == datetime(2026, 3, 3, 7, 30, tzinfo=UTC)  # the drivers' lists
    lift_desk.office.now = datetime(2026, 3, 3, 8, tzinfo=UTC)
    await lift_desk.pass_time(timedelta())
    assert [number for number, flow, _ in lift_desk.office.asked if flow == "seat_offer"] == [ROSE]


async def test_standby_that_does_not_fit_lets_others_by(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    await lift_desk.act("lift.standby", ROSE, **journey("11:00", needs="companion"))
    await lift_desk.act("lift.standby", OMAR, **journey("11:00"))
    await free_a_seat(lift_desk)
    assert (await lift_desk.states())[-2:] == ["standby", "offered"]


async def test_nobody_is_booked_who_would_hear_of_it_too_late_or_wants_no_texts(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    await lift_desk.act("lift.standby", ROSE, **journey("11:00"))
    rose = await lift_desk.store.write(people.meet, ROSE, MONDAY)
    await lift_desk.store.write(lambda tx: people.set_stopped(tx, rose.id, stopped=True))
    mine = await lift_desk.act("lift.mine", FIRST)
    await lift_desk.act("lift.cancel", FIRST, ref=mine.values["ref"])
    assert (await lift_desk.states())[-1] == "standby"
    await lift_desk.store.write(lambda tx: people.set_stopped(tx, rose.id, stopped=False))
    lift_desk.office.now = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    mine = await lift_desk.act("lift.mine", SECOND)
    await lift_desk.act("lift.cancel", SECOND, ref=mine.values["ref"])
    assert (await lift_desk.states())[-1] == "standby"
    assert lift_desk.office.told == []
    assert lift_desk.office.asked == []


async def test_standby_books_at_once_when_a_seat_has_come_free_since(lift_desk: LiftDesk) -> None:
    assert (await lift_desk.act("lift.standby", **journey("11:00"))).name == "booked"


async def test_leaving_the_standby_list_frees_nobodys_seat(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    waiting = await lift_desk.act("lift.standby", **journey("11:00"))
    assert (await lift_desk.act("lift.list")).name == "waiting"
    assert (await lift_desk.act("lift.cancel", ref=waiting.values["ref"])).name == "cancelled"
    assert await lift_desk.states() == ["booked"] * 4 + ["cancelled"]
    assert lift_desk.office.told == []


async def test_time_ends_trips_and_says_when_the_next_one_ends(lift_desk: LiftDesk) -> None:
    assert await lift_desk.pass_time(timedelta()) is None
    await lift_desk.fill("11:00", 4)
    await lift_desk.act("lift.standby", **journey("11:00"))
    # First come the reminders, then telling standby that no seat came free, two hours before the start.
    assert await lift_desk.pass_time(timedelta()) == datetime(2026, 3, 2, 18, tzinfo=UTC)
    lift_desk.office.now = datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert await lift_desk.pass_time(timedelta()) == datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
    lift_desk.office.now = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
    assert await lift_desk.pass_time(timedelta()) == datetime(2026, 3, 3, 9, tzinfo=UTC)
    lift_desk.office.now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    over = await lift_desk.pass_time(timedelta())
    assert await lift_desk.states() == ["reminded"] * 4 + ["unmet"]
    assert (ROSE, "no_seat_found") in [(number, prompt.key) for number, prompt in lift_desk.office.told]
    assert over == datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
    lift_desk.office.now = datetime(2026, 3, 3, 23, 20, tzinfo=UTC)
    assert await lift_desk.pass_time(timedelta()) is None
    assert await lift_desk.states() == ["done"] * 4 + ["unmet"]


async def test_many_at_once_get_the_seats_there_are_and_no_more(lift_desk: LiftDesk) -> None:
    crowd = [f"+4477009003{n:02}" for n in range(60)]
    outcomes = await asyncio.gather(
        *(
            lift_desk.act("lift.book", number, **journey(f"11:{n % 3 * 5:02}"))
            for n, number in enumerate(crowd)
        )
    )
    # All three times overlap, so bus and car carry four riders between them.
    assert sorted(outcome.name for outcome in outcomes) == ["booked"] * 4 + ["taken"] * 56
    assert await lift_desk.states() == ["booked"] * 4


async def test_bookings_and_cancellations_at_once_leave_everything_whole(lift_desk: LiftDesk) -> None:
    crowd = [f"+4477009004{n:02}" for n in range(40)]

    async def book_and_cancel(n: int, number: str) -> None:
        wish = journey(f"1{n % 4}:{n % 6 * 10:02}")
        if (await lift_desk.act("lift.book", number, **wish)).name == "taken":
            await lift_desk.act("lift.standby", number, **wish)
        if n % 2:
            mine = await lift_desk.act("lift.mine", number)
            await lift_desk.act("lift.cancel", number, ref=mine.values["ref"])

    await asyncio.gather(*(book_and_cancel(n, number) for n, number in enumerate(crowd)))
    states = await lift_desk.states()
    assert states.count("cancelled") == 20
    assert set(states) <= {"booked", "standby", "offered", "cancelled"}
