"""What can be booked when: the day, the hours, the notice, and the nearest times with room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from gateway.seats import Load, Run, best_run, nearest_starts
from gateway.store import lift_runs
from gateway.store.database import Tx
from gateway.store.lift_runs import BookingRules
from gateway.store.lifts import Journey

# Offered times lie on the quarter of an hour, which people can remember.
GRID = timedelta(minutes=15)
MOST_OFFERS = 3
# How far ahead another day is looked for when the wished one has nothing.
DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True)
class Wish:
    """What a resident has said so far: places by key, local day and time, what is taken of a run."""

    pickup: str
    dropoff: str
    day: date
    time: time
    seats: int
    wheelchairs: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a search stands: an open transaction, the moment (aware, UTC), the zone, the rules."""

    tx: Tx
    now: datetime
    zone: ZoneInfo
    rules: BookingRules

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The last day that can be booked now."""
        return self.today + timedelta(days=self.rules.prior_notice_start_day)

    @property
    def soonest(self) -> datetime:
        """The first moment that can be booked now."""
        return self.now + timedelta(minutes=self.rules.prior_notice_duration_min)

    def journey(self, wish: Wish) -> Journey:
        """Give a wish with its moments: travel and loading at both ends taken into account."""
        travel = lift_runs.travel_minutes(self.tx, wish.pickup, wish.dropoff)
        minutes = (self.rules.travel_min if travel is None else travel) + 2 * self.rules.loading_min
        starts_at = datetime.combine(wish.day, wish.time, self.zone).astimezone(UTC)
        load = Load(starts_at, starts_at + timedelta(minutes=max(minutes, 1)), wish.seats, wish.wheelchairs)
        return Journey(wish.pickup, wish.dropoff, wish.day, wish.time, load)

    def day_verdict(self, day: date) -> str:
        """Say whether a day can be booked: `open`, `closed` (no lifts that weekday), `too_far`, `past`."""
        if day < self.today:
            return "past"
        if day > self.last_day:
            return "too_far"
        return "open" if lift_runs.service_hours(self.tx, day.weekday()) else "closed"

    def next_open_day(self, after: date) -> date | None:
        """Give the first day with lifts later than `after` (None: none that can be booked)."""
        days = (after + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1))
        return next((day for day in days if self.day_verdict(day) == "open"), None)

    def verdict(self, journey: Journey) -> str:
        """Say whether a journey can be booked: `free`, `full`, `outside_hours`, `too_soon`, or as its day."""
        of_day = self.day_verdict(journey.day)
        if of_day != "open":
            return of_day
        if not self._in_hours(journey):
            return "outside_hours"
        if journey.load.starts_at < self.soonest:
            return "too_soon"
        return "free" if run_with_room(self.tx, self.zone, journey) else "full"

    def offers(self, wish: Wish) -> list[datetime]:
        """Give the nearest local times that can be had: that day's, or else one a day after it."""
        that_day = self._offers_on(wish, MOST_OFFERS)
        if that_day:
            return that_day
        later: list[datetime] = []
        for ahead in range(1, DAYS_AHEAD + 1):
            later += self._offers_on(replace(wish, day=wish.day + timedelta(days=ahead)), 1)
            if len(later) == MOST_OFFERS:
                break
        return later

    def _offers_on(self, wish: Wish, most: int) -> list[datetime]:
        if self.day_verdict(wish.day) != "open":
            return []
        lift_runs.plan_day(self.tx, wish.day, self.zone)
        wanted = self.journey(wish).load
        starts = list(self._grid(wish.day, wanted))
        if not starts:
            return []
        last = wanted.moved(starts[-1]).ends_at
        found = nearest_starts(
            starts,
            lift_runs.runs_on(self.tx, wish.day),
            lift_runs.loads_during(self.tx, wish.day, starts[0], last),
            wanted,
            most,
        )
        return [start.astimezone(self.zone) for start in found]

    def _grid(self, day: date, wanted: Load) -> Iterator[datetime]:
        hours = lift_runs.service_hours(self.tx, day.weekday())
        if hours is None:
            return
        start, end = (datetime.combine(day, at, self.zone).astimezone(UTC) for at in hours)
        while start + (wanted.ends_at - wanted.starts_at) <= end:
            if start >= self.soonest:
                yield start
            start += GRID

    def _in_hours(self, journey: Journey) -> bool:
        hours = lift_runs.service_hours(self.tx, journey.day.weekday())
        if hours is None:
            return False
        opens, closes = (datetime.combine(journey.day, at, self.zone) for at in hours)
        return opens <= journey.load.starts_at and journey.load.ends_at <= closes


def run_with_room(tx: Tx, zone: tzinfo, journey: Journey) -> Run | None:
    """Give the run that should carry a journey (None: none has room at its time)."""
    lift_runs.plan_day(tx, journey.day, zone)
    load = journey.load
    loads = lift_runs.loads_during(tx, journey.day, load.starts_at, load.ends_at)
    return best_run(lift_runs.runs_on(tx, journey.day), loads, load)
