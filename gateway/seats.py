"""Who fits into which run when: pure, so that its rules can be tested on their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

Travel: TypeAlias = Callable[[str, str], timedelta]
"""How long a vehicle needs from one place (by key) to another."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one trip takes of a run, from `starts_at` until just before `ends_at` (aware).

    It gets in at `pickup` and out at `dropoff` (place keys), each of which takes `loading`; both
    lie within the times. `lift`: only a vehicle with a lift, a ramp or a low step will do.
    """

    pickup: str
    dropoff: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    wheelchairs: int
    loading: timedelta
    lift: bool = False

    def moved(self, starts_at: datetime) -> Load:
        """Give the same load at another time."""
        return replace(self, starts_at=starts_at, ends_at=starts_at + (self.ends_at - self.starts_at))


@dataclass(frozen=True, slots=True)
class Run:
    """A vehicle with its driver, out from `starts_at` until `ends_at` (aware), and what it can carry."""

    id: int
    starts_at: datetime
    ends_at: datetime
    seats: int
    wheelchair_spaces: int
    lift: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody gets in or out: promised for `at`, expected at `reached` (aware).

    `load` is the place in the loads that were given; `seats` and `wheelchairs` are those taken
    when the vehicle goes on.
    """

    at: datetime
    reached: datetime
    place: str
    boards: bool
    load: int
    seats: int
    wheelchairs: int


@dataclass(frozen=True, slots=True)
class Road:
    """What the road asks for: travel times, and how much later than promised a vehicle may come."""

    travel: Travel
    window: timedelta


def peak(loads: Iterable[Load], starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
    """Give the most seats and the most wheelchair spaces taken at any moment from start until end."""
    there = [load for load in loads if load.starts_at < ends_at and starts_at < load.ends_at]
    # Somebody getting in is the only way to more, so the moments to look at are those.
    moments = [starts_at, *(load.starts_at for load in there if load.starts_at > starts_at)]
    sums = [_taken(there, moment) for moment in moments]
    return max(seats for seats, _ in sums), max(wheelchairs for _, wheelchairs in sums)


def itinerary(loads: Sequence[Load], travel: Travel) -> list[Stop]:
    """Give the stops of a vehicle with these loads, in the order of their times, and when each is reached."""
    found: list[Stop] = []
    seats = wheelchairs = 0
    for at, reached, boards, place, number in _drive(loads, travel):
        load = loads[number]
        seats += load.seats if boards else -load.seats
        wheelchairs += load.wheelchairs if boards else -load.wheelchairs
        found.append(Stop(at, reached, place, boards, number, seats, wheelchairs))
    return found


def on_time(run: Run, loads: Sequence[Load], road: Road) -> bool:
    """Tell whether a run can be everywhere within the window and back at its end."""
    return all(
        reached - at <= road.window and reached + loads[number].loading <= run.ends_at
        for at, reached, _, _, number in _drive(loads, road.travel)
    )


def fits(run: Run, carried: Sequence[Load], wanted: Load, road: Road) -> bool:
    """Tell whether a run that carries some loads can carry one more."""
    return _spare(run, carried, wanted, road) is not None


def best_run(
    runs: Iterable[Run], loads: Mapping[int, Sequence[Load]], wanted: Load, road: Road
) -> Run | None:
    """Give the run that should carry a load (None: none can).

    Of those that can, the one with the fewest wheelchair spaces left, then the fewest seats:
    room that only some riders can use is kept for them, and big gaps stay big.
    """
    best: tuple[int, bool, int, int] | None = None
    chosen: Run | None = None
    for run in runs:
        spare = _spare(run, loads.get(run.id, ()), wanted, road)
        if spare is None:
            continue
        rank = (spare[1], run.lift and not wanted.lift, spare[0], run.id)
        if best is None or rank < best:
            best, chosen = rank, run
    return chosen


def nearest_starts(
    starts: Iterable[datetime],
    runs: Sequence[Run],
    loads: Mapping[int, Sequence[Load]],
    wanted: Load,
    road: Road,
    most: int,
) -> list[datetime]:
    """Give up to `most` of the `starts` that can be had, nearest to the wished one, in order of time."""
    found: list[datetime] = []
    for start in sorted(starts, key=lambda start: (abs(start - wanted.starts_at), start)):
        if any(fits(run, loads.get(run.id, ()), wanted.moved(start), road) for run in runs):
            found.append(start)
            if len(found) == most:
                break
    return sorted(found)


def _spare(run: Run, carried: Sequence[Load], wanted: Load, road: Road) -> tuple[int, int] | None:
    """Give the seats and wheelchair spaces that would be left (None: the load cannot be carried)."""
    if not (run.starts_at <= wanted.starts_at and wanted.ends_at <= run.ends_at):
        return None
    if wanted.lift and not run.lift:
        return None
    seats, wheelchairs = peak(carried, wanted.starts_at, wanted.ends_at)
    spare_seats = run.seats - seats - wanted.seats
    spare_spaces = run.wheelchair_spaces - wheelchairs - wanted.wheelchairs
    if spare_seats < 0 or spare_spaces < 0 or not on_time(run, [*carried, wanted], road):
        return None
    return spare_seats, spare_spaces


def _drive(loads: Sequence[Load], travel: Travel) -> Iterator[tuple[datetime, datetime, bool, str, int]]:
    """Go from stop to stop: promised for, reached, whether somebody gets in, where, which load.

    Nobody is met before the promised time; getting in and out at one place happens side by side.
    """
    stops = [(load.starts_at, True, load.pickup, n) for n, load in enumerate(loads)]
    stops += [(load.ends_at - load.loading, False, load.dropoff, n) for n, load in enumerate(loads)]
    if not stops:
        return
    stops.sort()
    here, came, ready = "", stops[0][0], stops[0][0]
    for at, boards, place, number in stops:
        if place == here:
            came = max(at, came)
        else:
            came = max(at, ready + travel(here, place)) if here else at
            here = place
        ready = max(ready, came + loads[number].loading)
        yield at, came, boards, place, number


def _taken(loads: Iterable[Load], moment: datetime) -> tuple[int, int]:
    seats = wheelchairs = 0
    for load in loads:
        if load.starts_at <= moment < load.ends_at:
            seats += load.seats
            wheelchairs += load.wheelchairs
    return seats, wheelchairs
