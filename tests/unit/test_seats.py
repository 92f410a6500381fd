"""A run never carries more than it can, is everywhere in time, and no room that is there is overlooked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.seats import Load, Road, Run, best_run, fits, itinerary, nearest_starts, on_time, peak

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NO_DISTANCE = Road(lambda origin, destination: timedelta(), timedelta(minutes=15))
APART = {frozenset("AB"): 10, frozenset("AC"): 20, frozenset("BC"): 12}


def travel(origin: str, destination: str) -> timedelta:
    return timedelta(minutes=APART[frozenset((origin, destination))] if origin != destination else 0)


ROAD = Road(travel, timedelta(minutes=15))


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def load(
    start: int, length: int, seats: int = 1, wheelchairs: int = 0, way: str = "AA", *, lift: bool = False
) -> Load:
    return Load(way[0], way[1], at(start), at(start + length), seats, wheelchairs, timedelta(), lift)


def ride(start: int, way: str, *, loading: int = 5) -> Load:
    """Give somebody's ride from one place to another, as long as it takes."""
    takes = travel(*way) + 2 * timedelta(minutes=loading)
    return Load(way[0], way[1], at(start), at(start) + takes, 1, 0, timedelta(minutes=loading))


loads = st.lists(
    st.builds(load, st.integers(0, 60), st.integers(1, 30), st.integers(0, 2), st.integers(0, 1)), max_size=12
)
rides = st.lists(st.builds(ride, st.integers(0, 90), st.sampled_from(["AB", "BA", "AC", "CB"])), max_size=6)


@given(loads, st.integers(0, 60), st.integers(1, 30))
def test_the_peak_is_the_most_in_any_minute(taken: list[Load], start: int, length: int) -> None:
    minutes = [at(minute) for minute in range(start, start + length)]
    there = [[one for one in taken if one.starts_at <= minute < one.ends_at] for minute in minutes]
    assert peak(taken, at(start), at(start + length)) == (
        max(sum(one.seats for one in those) for those in there),
        max(sum(one.wheelchairs for one in those) for those in there),
    )


def test_a_seat_left_at_ten_can_be_taken_at_ten() -> None:
    run = Run(1, at(0), at(120), seats=1, wheelchair_spaces=0)
    assert best_run([run], {1: [load(30, 30)]}, load(60, 30), NO_DISTANCE) == run
    assert best_run([run], {1: [load(30, 31)]}, load(60, 30), NO_DISTANCE) is None


def test_a_seat_freed_at_the_third_stop_can_be_used_from_the_third_stop() -> None:
    run = Run(1, at(0), at(240), seats=1, wheelchair_spaces=0)
    there = ride(0, "AB")  # A at 0, B at 15, out by 20
    assert fits(run, [there], ride(20, "BA"), ROAD)
    assert not fits(run, [there], ride(19, "BA"), ROAD)


def test_a_trip_has_to_lie_within_its_run() -> None:
    run = Run(1, at(30), at(60), seats=4, wheelchair_spaces=0)
    assert best_run([run], {}, load(30, 30), NO_DISTANCE) == run
    assert best_run([run], {}, load(29, 30), NO_DISTANCE) is None
    assert best_run([run], {}, load(31, 30), NO_DISTANCE) is None


def test_wheelchair_spaces_are_kept_for_those_who_need_them() -> None:
    van = Run(1, at(0), at(120), seats=2, wheelchair_spaces=1, lift=True)
    car = Run(2, at(0), at(120), seats=4, wheelchair_spaces=0)
    assert best_run([van, car], {}, load(0, 30), NO_DISTANCE) == car
    assert best_run([van, car], {}, load(0, 30, seats=0, wheelchairs=1, lift=True), NO_DISTANCE) == van


def test_who_cannot_climb_steps_rides_where_there_is_a_lift() -> None:
    car = Run(1, at(0), at(120), seats=4, wheelchair_spaces=0)
    low = Run(2, at(0), at(120), seats=4, wheelchair_spaces=0, lift=True)
    assert best_run([car, low], {}, load(0, 30, lift=True), NO_DISTANCE) == low
    assert best_run([low, car], {}, load(0, 30), NO_DISTANCE) == car
    assert best_run([car], {}, load(0, 30, lift=True), NO_DISTANCE) is None


def test_nobody_is_promised_a_vehicle_that_cannot_be_there() -> None:
    run = Run(1, at(0), at(240), seats=8, wheelchair_spaces=0)
    carried = [ride(0, "AC")]  # at C from 25, on from 30
    assert not fits(run, carried, ride(26, "BA"), ROAD)  # B is twelve minutes from C
    assert fits(run, carried, ride(27, "BA"), ROAD)  # a quarter of an hour late is within the window
    assert fits(run, carried, ride(5, "AC"), ROAD)  # on the way already


def test_a_detour_may_not_make_those_aboard_late() -> None:
    run = Run(1, at(0), at(240), seats=8, wheelchair_spaces=0)
    carried = [ride(0, "AB")]
    assert not fits(run, carried, ride(5, "CA"), ROAD)
    assert fits(run, carried, ride(2, "AC"), ROAD)


def test_a_run_is_over_when_its_driver_goes_home() -> None:
    carried = [ride(0, "AB"), ride(10, "AC")]
    assert on_time(Run(1, at(0), at(47), 8, 0), carried, ROAD)
    assert not on_time(Run(1, at(0), at(46), 8, 0), carried, ROAD)


def test_the_stops_are_told_in_order_with_the_seats_taken_at_each() -> None:
    stops = itinerary([ride(0, "AB"), ride(2, "AC")], travel)
    assert [(stop.place, stop.boards, stop.seats) for stop in stops] == [
        ("A", True, 1),
        ("A", True, 2),
        ("B", False, 1),
        ("C", False, 0),
    ]
    # Both are in by 7; B is ten minutes off, getting out takes five, and C is twelve minutes from there.
    assert [(stop.reached - NINE).seconds // 60 for stop in stops] == [0, 2, 17, 34]


def test_the_nearest_times_come_first_and_are_told_in_order() -> None:
    run = Run(1, at(0), at(240), seats=1, wheelchair_spaces=0)
    starts = [at(minutes) for minutes in range(0, 240, 15)]
    found = nearest_starts(starts, [run], {1: [load(60, 30)]}, load(60, 20), NO_DISTANCE, most=3)
    assert found == [at(15), at(30), at(90)]


@given(loads, st.integers(0, 60), st.integers(1, 30), st.integers(0, 2), st.integers(0, 1))
def test_whoever_gets_a_run_fits_and_whoever_gets_none_does_not(
    wishes: list[Load], start: int, length: int, seats: int, wheelchairs: int
) -> None:
    runs = [Run(1, at(0), at(50), 2, 1), Run(2, at(20), at(90), 1, 0)]
    carried: dict[int, list[Load]] = {1: [], 2: []}
    for wish in [*wishes, load(start, length, seats, wheelchairs)]:
        chosen = best_run(runs, carried, wish, NO_DISTANCE)
        fitting = [run for run in runs if _fits(run, carried[run.id], wish)]
        assert (chosen in fitting) if fitting else chosen is None
        if chosen is not None:
            carried[chosen.id].append(wish)


@given(rides)
def test_whatever_was_accepted_can_be_driven(wishes: list[Load]) -> None:
    run = Run(1, at(0), at(150), seats=3, wheelchair_spaces=0)
    carried: list[Load] = []
    for wish in wishes:
        if fits(run, carried, wish, ROAD):
            carried.append(wish)
    clock, here = 0, ""
    order = sorted((s.at, s.boards, s.place) for s in itinerary(carried, travel))
    for promised, _, place in order:
        wanted = int((promised - NINE).total_seconds()) // 60
        if here and here != place:
            clock += 5 + int(travel(here, place).total_seconds()) // 60
        clock, here = max(clock, wanted), place
        assert clock - wanted <= 15


def _fits(run: Run, carried: list[Load], wish: Load) -> bool:
    if wish.starts_at < run.starts_at or wish.ends_at > run.ends_at:
        return False
    seats, wheelchairs = peak([*carried, wish], run.starts_at, run.ends_at)
    return seats <= run.seats and wheelchairs <= run.wheelchair_spaces
