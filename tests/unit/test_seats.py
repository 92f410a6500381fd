"""A run never carries more than it can, and no room that is there is overlooked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.seats import Load, Run, best_run, nearest_starts, peak

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def load(start: int, length: int, seats: int = 1, wheelchairs: int = 0) -> Load:
    return Load(at(start), at(start + length), seats, wheelchairs)


loads = st.lists(
    st.builds(load, st.integers(0, 60), st.integers(1, 30), st.integers(0, 2), st.integers(0, 1)), max_size=12
)


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
    assert best_run([run], {1: [load(30, 30)]}, load(60, 30)) == run
    assert best_run([run], {1: [load(30, 31)]}, load(60, 30)) is None


def test_a_trip_has_to_lie_within_its_run() -> None:
    run = Run(1, at(30), at(60), seats=4, wheelchair_spaces=0)
    assert best_run([run], {}, load(30, 30)) == run
    assert best_run([run], {}, load(29, 30)) is None
    assert best_run([run], {}, load(31, 30)) is None


def test_wheelchair_spaces_are_kept_for_those_who_need_them() -> None:
    van = Run(1, at(0), at(120), seats=2, wheelchair_spaces=1)
    car = Run(2, at(0), at(120), seats=4, wheelchair_spaces=0)
    assert best_run([van, car], {}, load(0, 30)) == car
    assert best_run([van, car], {}, load(0, 30, seats=0, wheelchairs=1)) == van


def test_the_nearest_times_come_first_and_are_told_in_order() -> None:
    run = Run(1, at(0), at(240), seats=1, wheelchair_spaces=0)
    starts = [at(minutes) for minutes in range(0, 240, 15)]
    found = nearest_starts(starts, [run], {1: [load(60, 30)]}, load(60, 20), most=3)
    assert found == [at(15), at(30), at(90)]


@given(loads, st.integers(0, 60), st.integers(1, 30), st.integers(0, 2), st.integers(0, 1))
def test_whoever_gets_a_run_fits_and_whoever_gets_none_does_not(
    wishes: list[Load], start: int, length: int, seats: int, wheelchairs: int
) -> None:
    runs = [Run(1, at(0), at(50), 2, 1), Run(2, at(20), at(90), 1, 0)]
    carried: dict[int, list[Load]] = {1: [], 2: []}
    for wish in [*wishes, load(start, length, seats, wheelchairs)]:
        chosen = best_run(runs, carried, wish)
        fitting = [run for run in runs if _fits(run, carried[run.id], wish)]
        assert (chosen in fitting) if fitting else chosen is None
        if chosen is not None:
            carried[chosen.id].append(wish)


def _fits(run: Run, carried: list[Load], wish: Load) -> bool:
    if wish.starts_at < run.starts_at or wish.ends_at > run.ends_at:
        return False
    seats, wheelchairs = peak([*carried, wish], run.starts_at, run.ends_at)
    return seats <= run.seats and wheelchairs <= run.wheelchair_spaces
