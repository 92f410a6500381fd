"""A way back belongs to its way there, and an appointment is kept."""

from __future__ import annotations

from flows.conversation import Outcome
from flows.value import Value
from gateway.community_lifts import install_lifts
from gateway.store.database import Tx
from gateway.store.lift_rules import BookingRules, SpecialDay, close_day
from tests.store.lift_office import MONDAY, ROSE, LiftDesk, journey, scheme

ARRIVE = Value("choice", ["arrive", "Be there by then"])


def back(at: str) -> Value:
    return Value("time", at)


async def trips_of(lift_desk: LiftDesk) -> list[tuple[str, str, str, str, int | None]]:
    rows = await lift_desk.store.read(Tx.all, "SELECT * FROM trip ORDER BY id")
    return [(row["pickup"], row["dropoff"], row["time"], row["state"], row["outward_id"]) for row in rows]


async def test_both_ways_are_booked_at_once_and_know_each_other(lift_desk: LiftDesk) -> None:
    wish = journey("10:30", back=back("14:00"))
    assert (await lift_desk.act("lift.find", **wish)).name == "free_both"
    booked = await lift_desk.act("lift.book", **wish)
    assert booked.name == "booked_both"
    assert booked.values["ref"] != booked.values["back_ref"]
    assert await trips_of(lift_desk) == [
        ("home", "shop", "10:30", "booked", None),
        ("shop", "home", "14:00", "booked", 1),
    ]


async def test_both_ways_are_booked_or_neither(lift_desk: LiftDesk) -> None:
    for n in range(4):
        await lift_desk.act("lift.book", f"+4477009002{n:02}", **_from_shop("14:00"))
    wish = journey("10:30", back=back("14:00"))
    assert (await lift_desk.act("lift.book", **wish)).name == "taken"
    assert len(await trips_of(lift_desk)) == 4
    found = await lift_desk.act("lift.find", **wish)
    assert found.name == "back_full"
    assert _keys(found, "back_offers")[-2:] == ["standby", "one_way"]
    nearest = await lift_desk.act("lift.take_back", back_offer=Value("choice", ["2026-03-03T13:30", ""]))
    assert nearest.values["back"] == back("13:30")
    assert (await lift_desk.act("lift.find", **(wish | dict(nearest.values)))).name == "free_both"


async def test_the_way_back_can_wait_while_the_way_there_is_booked(lift_desk: LiftDesk) -> None:
    for n in range(4):
        await lift_desk.act("lift.book", f"+4477009002{n:02}", **_from_shop("14:00"))
    waiting = await lift_desk.act("lift.standby", **journey("10:30", back=back("14:00")))
    assert waiting.name == "back_waiting"
    assert [state for _, _, _, state, _ in await trips_of(lift_desk)][-2:] == ["booked", "standby"]


async def test_a_way_back_goes_when_the_way_there_never_came(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("11:00", 4)
    both = await lift_desk.act("lift.standby", **journey("11:00", back=back("14:00")))
    assert both.name == "waiting_both"
    lift_desk.office.now = MONDAY.replace(day=3, hour=9, minute=1)
    await lift_desk.store.write(lift_desk.office.pass_time)
    assert (await lift_desk.states())[-2:] == ["unmet", "cancelled"]
    told = [prompt.key for number, prompt in lift_desk.office.told if number == ROSE]
    assert told == ["no_seat_found", "news_cancelled"]


async def test_nobody_is_brought_back_before_they_arrived(lift_desk: LiftDesk) -> None:
    early = await lift_desk.act("lift.find", **journey("10:30", back=back("10:40")))
    assert (early.name, early.values["arrival"]) == ("back_too_early", back("10:50"))
    assert (await lift_desk.act("lift.find", **journey("10:30", back=back("10:50")))).name == "free_both"


async def test_cancelling_the_way_there_asks_about_the_way_back(lift_desk: LiftDesk) -> None:
    booked = await lift_desk.act("lift.book", **journey("10:30", back=back("14:00")))
    one = await lift_desk.act("lift.cancel", ref=booked.values["ref"])
    assert (one.name, one.values["back_ref"]) == ("cancelled_one_way", booked.values["back_ref"])
    assert await lift_desk.states() == ["cancelled", "booked"]
    assert (await lift_desk.act("lift.cancel_back", **one.values)).name == "cancelled"
    assert await lift_desk.states() == ["cancelled", "cancelled"]


async def test_cancelling_the_way_back_asks_nothing(lift_desk: LiftDesk) -> None:
    booked = await lift_desk.act("lift.book", **journey("10:30", back=back("14:00")))
    assert (await lift_desk.act("lift.cancel", ref=booked.values["back_ref"])).name == "cancelled"
    assert await lift_desk.states() == ["booked", "cancelled"]


async def test_an_appointment_is_kept_even_by_a_vehicle_that_comes_at_the_end_of_its_window(
    lift_desk: LiftDesk,
) -> None:
    wish = journey("14:30", dropoff="hospital", timing=ARRIVE)
    found = await lift_desk.act("lift.find", **wish)
    # Half an hour's drive, five minutes to get in and to get out, a quarter of an hour's window.
    assert (found.name, found.values["at"]) == ("free_there", Value("time", "13:35"))
    await lift_desk.act("lift.book", **wish)
    [(_, _, time, _, _)] = await trips_of(lift_desk)
    assert time == "13:35"
    row = await lift_desk.store.read(Tx.one, "SELECT appointment FROM trip")
    assert row is not None
    assert row[0] == "14:30"


async def test_for_an_appointment_only_earlier_times_are_offered(lift_desk: LiftDesk) -> None:
    await lift_desk.fill("13:35", 4)
    full = await lift_desk.act("lift.find", **journey("14:10", timing=ARRIVE))
    assert full.name == "full"
    assert [key for key in _keys(full, "offers") if key.startswith("2026")] == [
        "2026-03-03T12:45",
        "2026-03-03T13:00",
        "2026-03-03T13:15",
    ]


async def test_on_a_holiday_and_on_a_closed_day_nobody_drives(lift_desk: LiftDesk) -> None:
    lift_desk.office.now = MONDAY.replace(day=23)
    rules = BookingRules(holidays="GB-ENG")
    await lift_desk.store.write(lambda tx: install_lifts(tx, scheme(rules=rules), MONDAY))
    good_friday = await lift_desk.act("lift.day", day=Value("date", "2026-04-03"))
    assert (good_friday.name, good_friday.values["next_day"].data) == ("closed", "2026-04-04")
    friday, tuesday = MONDAY.date().replace(month=4, day=3), MONDAY.date().replace(day=24)
    for special in (SpecialDay(friday, "We drive", closed=False), SpecialDay(tuesday, "Training")):
        await lift_desk.store.write(close_day, special)
    assert (await lift_desk.act("lift.day", day=Value("date", "2026-04-03"))).name == "open"
    assert (await lift_desk.act("lift.find", **journey("11:00", day="2026-03-24"))).name == "closed"
    assert (await lift_desk.act("lift.book", **journey("11:00", day="2026-03-24"))).name == "taken"


async def test_where_it_has_to_be_the_day_before_it_has_to_be_by_then(lift_desk: LiftDesk) -> None:
    rules = BookingRules(prior_notice_last_day=1)
    await lift_desk.store.write(lambda tx: install_lifts(tx, scheme(rules=rules), MONDAY))
    lift_desk.office.now = MONDAY.replace(hour=16, minute=0)
    assert (await lift_desk.act("lift.find", **journey("11:00"))).name == "free"
    lift_desk.office.now = MONDAY.replace(hour=16, minute=1)
    late = await lift_desk.act("lift.find", **journey("11:00"))
    assert late.name == "deadline_past"
    assert (late.values["last_day"].data, late.values["last_time"].data) == ("2026-03-02", "16:00")
    assert _keys(late, "offers")[0] == "2026-03-04T11:00"


async def test_a_walking_aid_needs_a_low_step_and_three_people_three_seats(lift_desk: LiftDesk) -> None:
    assert (await lift_desk.act("lift.book", **journey("11:00", needs="three"))).name == "booked"
    # The bus is full now, and into the car there is a step.
    assert (await lift_desk.act("lift.find", "+447700900300", **journey("11:00"))).name == "free"
    lame = journey("11:00", needs="walking_aid")
    assert (await lift_desk.act("lift.find", "+447700900300", **lame)).name == "full"


def _from_shop(at: str) -> dict[str, Value]:
    wish = journey(at)
    return wish | {"pickup": wish["dropoff"], "dropoff": wish["pickup"]}


def _keys(outcome: Outcome, name: str) -> list[str]:
    return [str(pair[0]) for pair in outcome.values[name].data]  # type: ignore[union-attr,index]


async def test_a_way_back_booked_later_is_that_of_the_way_there(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", **journey("10:30"))
    one = await lift_desk.act("way_back.begin", said=Value("text", "at 2pm"))
    assert (one.name, one.values["back"]) == ("one", back("14:00"))
    assert (await lift_desk.act("way_back.find", **one.values)).name == "free"
    assert (await lift_desk.act("way_back.book", **one.values)).name == "booked"
    assert await trips_of(lift_desk) == [
        ("home", "shop", "10:30", "booked", None),
        ("shop", "home", "14:00", "booked", 1),
    ]
    assert (await lift_desk.act("way_back.begin")).name == "none"
    assert (await lift_desk.act("way_back.book", **one.values)).name == "gone", "nobody is fetched twice"


async def test_a_way_back_is_never_booked_over_capacity(lift_desk: LiftDesk) -> None:
    await lift_desk.act("lift.book", **journey("10:30"))
    for n in range(4):
        await lift_desk.act("lift.book", f"+4477009002{n:02}", **_from_shop("14:00"))
    one = dict((await lift_desk.act("way_back.begin", said=Value("text", "14:00"))).values)
    assert (await lift_desk.act("way_back.book", **one)).name == "taken"
    found = await lift_desk.act("way_back.find", **one)
    assert (found.name, _keys(found, "offers")[-2:]) == ("full", ["standby", "nothing"])
    assert (await lift_desk.act("way_back.wait", **one)).name == "waiting"
    assert [state for _, _, _, state, _ in await trips_of(lift_desk)][-1] == "standby"


async def test_a_cancelled_way_back_can_be_booked_again_and_a_cancelled_way_there_needs_none(
    lift_desk: LiftDesk,
) -> None:
    booked = await lift_desk.act("lift.book", **journey("10:30", back=back("14:00")))
    assert (await lift_desk.act("way_back.begin")).name == "none"
    await lift_desk.act("lift.cancel", ref=booked.values["back_ref"])
    assert (await lift_desk.act("way_back.begin")).name == "one"
    await lift_desk.act("lift.cancel", ref=booked.values["ref"])
    assert (await lift_desk.act("way_back.begin")).name == "none"
