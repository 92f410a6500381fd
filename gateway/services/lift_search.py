"""What can be booked when: the day, the hours, the notice, and the nearest times that can be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.answers.moment import moment
from gateway.parties import PARTIES
from gateway.seats import Load, Road, Run, best_run, fits, nearest_starts
from gateway.store import lift_rules, lift_runs
from gateway.store.database import Tx
from gateway.store.lift_rules import BookingRules
from gateway.store.lifts import Journey

# Offered times lie on the quarter of an hour, which people can remember; a pick-up that is counted
# back from an appointment on five minutes.
GRID = timedelta(minutes=15)
FINE = timedelta(minutes=5)
MOST_OFFERS = 3
# How far ahead another day is looked for when the wished one has nothing.
DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True)
class Wish:
    """What a resident has said so far: places by key, local day and time, who travels.

    `arrive`: the time is when they have to be there, not when they are picked up.
    """

    pickup: str
    dropoff: str
    day: date
    time: time
    needs: str
    arrive: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a search stands: an open transaction, the moment (aware, UTC), the zone, the rules, the road."""

    tx: Tx
    now: datetime
    zone: ZoneInfo
    rules: BookingRules
    road: Road

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The last day that can be booked now."""
        return self.today + timedelta(days=self.rules.prior_notice_start_day)

    def deadline(self, day: date) -> datetime | None:
        """Give by when a trip on a day has to be booked (None: it counts from the trip's start)."""
        ahead = self.rules.prior_notice_last_day
        if ahead == 0:
            return None
        return moment(day - timedelta(days=ahead), self.rules.prior_notice_last_time, self.zone)

    def in_time(self, starts_at: datetime, day: date) -> bool:
        """Tell whether a trip that starts then can still be booked, or be booked for somebody on standby."""
        deadline = self.deadline(day)
        if deadline is not None:
            return self.now <= deadline
        return starts_at >= self.now + timedelta(minutes=self.rules.prior_notice_duration_min)

    def journey(self, wish: Wish) -> Journey:
        """Give a wish with its moments: travel and loading at both ends taken into account."""
        party = PARTIES[wish.needs]
        loading_min = self.rules.wheelchair_loading_min if party.wheelchairs else self.rules.loading_min
        loading = timedelta(minutes=loading_min)
        takes = self.road.travel(wish.pickup, wish.dropoff) + 2 * loading
        starts_at = moment(wish.day, wish.time, self.zone).astimezone(UTC)
        if wish.arrive:
            starts_at -= takes + self.road.window
            starts_at -= timedelta(minutes=starts_at.minute % (FINE.seconds // 60))
        load = Load(
            wish.pickup,
            wish.dropoff,
            starts_at,
            starts_at + max(takes, timedelta(minutes=1)),
            party.seats,
            party.wheelchairs,
            loading,
            party.lift,
        )
        local = starts_at.astimezone(self.zone)
        appointment = wish.time if wish.arrive else None
        return Journey(wish.day, local.time(), load, wish.needs, appointment)

    def hours(self, day: date) -> tuple[time, time] | None:
        """Give first pick-up and last drop-off of a day (None: no lifts)."""
        return lift_rules.service_hours(self.tx, day, self.rules)

    def day_verdict(self, day: date) -> str:
        """Say whether a day can be booked: `open`, `closed` (no lifts that day), `too_far`, `past`."""
        if day < self.today:
            return "past"
        if day > self.last_day:
            return "too_far"
        return "open" if self.hours(day) else "closed"

    def next_open_day(self, after: date) -> date | None:
        """Give the first day with lifts later than `after` (None: none that can be booked)."""
        days = (after + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1))
        return next((day for day in days if self.day_verdict(day) == "open"), None)

    def verdict(self, journey: Journey) -> str:
        """Say whether a journey can be booked.

        `free`, `full`, `outside_hours`, `too_soon`, `deadline_past`, or as `day_verdict`.
        """
        of_day = self.day_verdict(journey.day)
        if of_day != "open":
            return of_day
        if not self._in_hours(journey):
            return "outside_hours"
        if not self.in_time(journey.load.starts_at, journey.day):
            return "deadline_past" if self.deadline(journey.day) else "too_soon"
        return "free" if self.run_with_room(journey) else "full"

    def run_with_room(self, journey: Journey, but: int = 0) -> Run | None:
        """Give the run that should carry a journey (None: none can); what trip `but` takes does not count."""
        if self.hours(journey.day) is None:
            return None
        lift_runs.plan_day(self.tx, journey.day, self.zone, self.now)
        loads = lift_runs.loads_on(self.tx, journey.day, but)
        return best_run(lift_runs.runs_on(self.tx, journey.day), loads, journey.load, self.road)

    def can_carry(self, run: Run, journey: Journey, but: int = 0) -> bool:
        """Tell whether a run can carry a journey; what trip `but` takes does not count."""
        carried = lift_runs.loads_on(self.tx, journey.day, but).get(run.id, ())
        return fits(run, carried, journey.load, self.road)

    def offers(self, wish: Wish, not_before: datetime | None = None) -> list[datetime]:
        """Give the nearest local pick-up times that can be had: that day's, or else one a day after it.

        Those of a way back begin at `not_before`, and that day alone will do.
        """
        that_day = self._offers_on(wish, MOST_OFFERS, not_before)
        if that_day or not_before is not None:
            return that_day
        later: list[datetime] = []
        for ahead in range(1, DAYS_AHEAD + 1):
            later += self._offers_on(replace(wish, day=wish.day + timedelta(days=ahead)), 1)
            if len(later) == MOST_OFFERS:
                break
        return later

    def _offers_on(self, wish: Wish, most: int, not_before: datetime | None = None) -> list[datetime]:
        if self.day_verdict(wish.day) != "open":
            return []
        lift_runs.plan_day(self.tx, wish.day, self.zone, self.now)
        wanted = self.journey(wish).load
        latest = wanted.starts_at if wish.arrive else None
        starts = [
            start
            for start in self._grid(wish.day, wanted)
            if (not_before is None or start >= not_before) and (latest is None or start <= latest)
        ]
        found = nearest_starts(
            starts,
            lift_runs.runs_on(self.tx, wish.day),
            lift_runs.loads_on(self.tx, wish.day),
            wanted,
            self.road,
            most,
        )
        return [start.astimezone(self.zone) for start in found]

    def _grid(self, day: date, wanted: Load) -> Iterator[datetime]:
        hours = self.hours(day)
        if hours is None:
            return
        start, end = (moment(day, at, self.zone).astimezone(UTC) for at in hours)
        while start + (wanted.ends_at - wanted.starts_at) <= end:
            if self.in_time(start, day):
                yield start
            start += GRID

    def _in_hours(self, journey: Journey) -> bool:
        hours = self.hours(journey.day)
        if hours is None:
            return False
        opens, closes = (moment(journey.day, at, self.zone) for at in hours)
        return opens <= journey.load.starts_at and journey.load.ends_at <= closes


def open_desk(tx: Tx, now: datetime, zone: ZoneInfo) -> Desk | None:
    """Open a search at `now` (None: this community has no lifts)."""
    rules = lift_rules.booking_rules(tx)
    if rules is None:
        return None
    return Desk(tx, now, zone, rules, Road(lift_rules.travel_times(tx, rules), rules.window))
