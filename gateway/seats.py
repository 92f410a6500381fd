"""Who fits into which run when: pure, so that its rules can be tested on their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Load:
    """What one trip takes of a run, from `starts_at` until just before `ends_at` (aware)."""

    starts_at: datetime
    ends_at: datetime
    seats: int
    wheelchairs: int

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


def peak(loads: Iterable[Load], starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
    """Give the most seats and the most wheelchair spaces taken at any moment from start until end."""
    there = [load for load in loads if load.starts_at < ends_at and starts_at < load.ends_at]
    # Somebody getting in is the only way to more, so the moments to look at are those.
    moments = [starts_at, *(load.starts_at for load in there if load.starts_at > starts_at)]
    sums = [_taken(there, moment) for moment in moments]
    return max(seats for seats, _ in sums), max(wheelchairs for _, wheelchairs in sums)


def best_run(runs: Iterable[Run], loads: Mapping[int, Sequence[Load]], wanted: Load) -> Run | None:
    """Give the run that should carry a load (None: none has room).

    Of those that can, the one with the fewest wheelchair spaces left, then the fewest seats:
    room that only some riders can use is kept for them, and big gaps stay big.
    """
    best: tuple[int, int, int] | None = None
    chosen: Run | None = None
    for run in runs:
        if not (run.starts_at <= wanted.starts_at and wanted.ends_at <= run.ends_at):
            continue
        seats, wheelchairs = peak(loads.get(run.id, ()), wanted.starts_at, wanted.ends_at)
        spare_seats = run.seats - seats - wanted.seats
        spare_spaces = run.wheelchair_spaces - wheelchairs - wanted.wheelchairs
        if spare_seats < 0 or spare_spaces < 0:
            continue
        rank = (spare_spaces, spare_seats, run.id)
        if best is None or rank < best:
            best, chosen = rank, run
    return chosen


def nearest_starts(
    starts: Iterable[datetime],
    runs: Sequence[Run],
    loads: Mapping[int, Sequence[Load]],
    wanted: Load,
    most: int,
) -> list[datetime]:
    """Give up to `most` of the `starts` that have room, nearest to the wished one, in order of time."""
    found: list[datetime] = []
    for start in sorted(starts, key=lambda start: (abs(start - wanted.starts_at), start)):
        if best_run(runs, loads, wanted.moved(start)) is not None:
            found.append(start)
            if len(found) == most:
                break
    return sorted(found)


def _taken(loads: Iterable[Load], moment: datetime) -> tuple[int, int]:
    seats = wheelchairs = 0
    for load in loads:
        if load.starts_at <= moment < load.ends_at:
            seats += load.seats
            wheelchairs += load.wheelchairs
    return seats, wheelchairs
