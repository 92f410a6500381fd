"""Who waits gets the seat that comes free, and a crowd gets the seats there are and no more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from gateway.store import people
from tests.store.lift_office import MONDAY, OMAR, ROSE, LiftDesk, journey


async def test_standby_gets_the_seat_that_comes_free_and_hears_of_it(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    first = await lift_desk.act("lift.standby", ROSE, **journey("11:00"))
    second = await lift_desk.act("lift.standby", OMAR, **journey("11:00"))
    assert (first.name, second.name) == ("waiting", "waiting")
    owner = "+447700900200"
    mine = await lift_desk.act("lift.mine", owner)
    assert (await lift_desk.act("lift.cancel", owner, ref=mine.values["ref"])).name == "cancelled"
    assert await lift_desk.states() == ["cancelled", "booked", "booked", "booked", "booked", "standby"]
    [(number, prompt)] = lift_desk.office.told
    assert (number, prompt.key, prompt.values["ref"]) == (ROSE, "seat_found", first.values["ref"])
    assert lift_desk.office.happened()[-2:] == ["lift.cancelled", "lift.booked"]


async def test_standby_that_does_not_fit_lets_others_by(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    await lift_desk.act("lift.standby", ROSE, **journey("11:00", needs="companion"))
    await lift_desk.act("lift.standby", OMAR, **journey("11:00"))
    mine = await lift_desk.act("lift.mine", "+447700900200")
    await lift_desk.act("lift.cancel", "+447700900200", ref=mine.values["ref"])
    assert (await lift_desk.states())[-2:] == ["standby", "booked"]


async def test_nobody_is_booked_who_would_hear_of_it_too_late_or_wants_no_texts(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    await lift_desk.act("lift.standby", ROSE, **journey("11:00"))
    rose = await lift_desk.store.write(people.meet, ROSE, MONDAY)
    await lift_desk.store.write(lambda tx: people.set_stopped(tx, rose.id, stopped=True))
    mine = await lift_desk.act("lift.mine", "+447700900200")
    await lift_desk.act("lift.cancel", "+447700900200", ref=mine.values["ref"])
    assert (await lift_desk.states())[-1] == "standby"
    await lift_desk.store.write(lambda tx: people.set_stopped(tx, rose.id, stopped=False))
    lift_desk.office.now = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    mine = await lift_desk.act("lift.mine", "+447700900201")
    await lift_desk.act("lift.cancel", "+447700900201", ref=mine.values["ref"])
    assert (await lift_desk.states())[-1] == "standby"
    assert lift_desk.office.told == []


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
    # The first thing due is telling standby that no seat came free, two hours before the start.
    assert await lift_desk.pass_time(timedelta()) == datetime(2026, 3, 3, 9, tzinfo=UTC)
    lift_desk.office.now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    over = await lift_desk.pass_time(timedelta())
    assert await lift_desk.states() == ["booked"] * 4 + ["unmet"]
    assert [(number, prompt.key) for number, prompt in lift_desk.office.told] == [(ROSE, "no_seat_found")]
    assert over == datetime(2026, 3, 3, 23, 20, tzinfo=UTC)
    lift_desk.office.now = over
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
    assert set(states) <= {"booked", "standby", "cancelled"}
