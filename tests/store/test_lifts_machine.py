"""Thousands of bookings, offers, changes of runs and crashes in any order, held against a simple model.

The model knows minutes of Tuesday and nothing of the database. It says who may have a seat; which of
several vehicles carries somebody is read back, and has to be one of those that could.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flows.value import Value
from gateway.parties import PARTIES
from gateway.services import runs, standby, trips
from gateway.services.lifecycle import IllegalMove
from gateway.services.runs import NoRoom, RunPlan, RunRefused
from gateway.store.database import Row, Tx
from gateway.store.lifts import trip_by_id
from gateway.store.migrate import migrate
from tests.store.lift_checker import check_trips
from tests.store.lift_office import MONDAY, TWO_HOURS, Office, journey, open_office

RIDERS = [f"+4477009001{n:02}" for n in range(8)]
NEEDS = ["alone", "companion", "wheelchair", "wheelchair_companion", "walking_aid"]
TUESDAY = date(2026, 3, 3)
DAY_START = datetime(2026, 3, 3, tzinfo=UTC)
REMINDERS, MORNING = DAY_START - timedelta(hours=6), DAY_START + timedelta(hours=10)
MINUTES = {frozenset(("home", "shop")): 10, frozenset(("home", "hospital")): 30}
USUAL, LOADING, WINDOW, OFFER = 20, 5, 15, 120
ABOARD = ("offered", "booked", "reminded")


@dataclass
class Asked:
    """What the model knows of one trip: minutes of Tuesday, what it takes, its state and run."""

    id: int
    rider: str
    code: str
    start: int
    way: tuple[str, str]
    needs: str
    state: str
    run: int | None = None
    until: datetime | None = None
    passed: int = 0
    outward: int | None = None

    @property
    def end(self) -> int:
        return self.start + between(*self.way) + 2 * LOADING


@dataclass
class Vehicle:
    """A run as the model knows it: its minutes and its room."""

    starts: int
    ends: int
    seats: int
    spaces: int
    lift: bool


def between(here: str, there: str) -> int:
    return 0 if here == there else MINUTES.get(frozenset((here, there)), USUAL)


class Lifts(RuleBasedStateMachine):
    """Books, waits, answers, cancels, changes runs and lets time pass; the model says what may come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        migrate(self.connection, MONDAY)
        self.tx = Tx(self.connection)
        open_office(self.tx)
        self.office = Office(now=MONDAY)
        self.asked: dict[int, Asked] = {}
        self.runs: dict[int, Vehicle] = {}
        self.learned = False

    def teardown(self) -> None:
        self.connection.close()

    @rule(
        rider=st.sampled_from(RIDERS),
        at=st.integers(9 * 12, 17 * 12).map(lambda fives: fives * 5),
        dropoff=st.sampled_from(["shop", "hospital"]),
        needs=st.sampled_from(NEEDS),
        waits=st.booleans(),
        crashes=st.booleans(),
    )
    def ask(self, rider: str, at: int, dropoff: str, needs: str, waits: bool, crashes: bool) -> None:
        """Somebody books, or says that they would wait."""
        wish = journey(f"{at // 60:02}:{at % 60:02}", dropoff=dropoff, needs=needs)
        action = "lift.standby" if waits else "lift.book"
        with self._power(crashes):
            outcome = self.office.act(self.tx, action, wish, rider)
        if crashes:
            return
        self._learn_runs()
        trip = Asked(0, rider, "", at, ("home", dropoff), needs, "")
        if outcome.name == "already":
            assert any(one.rider == rider and (one.start, one.way) == (at, trip.way) for one in self._open())
            return
        bookable = trip.end <= 17 * 60 and self._in_time(at)
        could = self._could_carry(trip) if bookable else []
        assert outcome.name == ("booked" if could else "waiting" if waits and bookable else "taken")
        if outcome.name == "taken":
            return
        row = self._newest()
        trip.id, trip.code, trip.state, trip.run = row["id"], row["code"], row["state"], row["run_id"]
        assert trip.run in could if could else trip.run is None
        self.asked[trip.id] = trip

    @precondition(lambda self: any(self._one_ways()))
    @rule(
        data=st.data(),
        at=st.integers(9 * 12, 17 * 12).map(lambda fives: fives * 5),
        waits=st.booleans(),
        crashes=st.booleans(),
    )
    def be_fetched(self, data: st.DataObject, at: int, waits: bool, crashes: bool) -> None:
        """Somebody who booked only the way there books the way back, or says that they would wait."""
        there = data.draw(st.sampled_from(self._one_ways()))
        wish = {"ref": Value("text", there.code), "back": Value("time", f"{at // 60:02}:{at % 60:02}")}
        with self._power(crashes):
            action = "way_back.wait" if waits else "way_back.book"
            outcome = self.office.act(self.tx, action, wish, there.rider)
        if crashes:
            return
        trip = Asked(0, there.rider, "", at, there.way[::-1], there.needs, "", outward=there.id)
        bookable = there.end <= at and trip.end <= 17 * 60 and self._in_time(at)
        could = self._could_carry(trip) if bookable else []
        assert outcome.name == ("booked" if could else "waiting" if waits and bookable else "taken")
        if outcome.name == "taken":
            return
        row = self._newest()
        trip.id, trip.code, trip.state, trip.run = row["id"], row["code"], row["state"], row["run_id"]
        assert trip.run in could if could else trip.run is None
        self.asked[trip.id] = trip

    @precondition(lambda self: any(self._open()))
    @rule(data=st.data(), crashes=st.booleans())
    def cancel(self, data: st.DataObject, crashes: bool) -> None:
        """Somebody cancels; whoever waited longest and fits is offered the seat."""
        trip = data.draw(st.sampled_from(self._open()))
        with self._power(crashes):
            outcome = self.office.act(self.tx, "lift.cancel", {"ref": Value("text", trip.code)}, trip.rider)
        has_way_back = any(one.outward == trip.id for one in self._open())
        assert outcome.name == ("cancelled_one_way" if has_way_back else "cancelled")
        if not crashes:
            held, trip.state = trip.state in ABOARD, "cancelled"
            if held:
                self._offer()

    @precondition(lambda self: any(self._in_state("offered")))
    @rule(data=st.data(), accepts=st.booleans(), crashes=st.booleans())
    def answer(self, data: st.DataObject, accepts: bool, crashes: bool) -> None:
        """Somebody answers an offer."""
        trip = data.draw(st.sampled_from(self._in_state("offered")))
        action = "lift.take_seat" if accepts else "lift.leave_seat"
        with self._power(crashes):
            outcome = self.office.act(self.tx, action, {"ref": Value("text", trip.code)}, trip.rider)
        if trip not in self._open():
            assert outcome.name == "gone"
        elif not crashes:
            assert outcome.name == ("booked" if accepts else "left")
            trip.state, trip.until = ("booked" if accepts else "cancelled"), None
            if not accepts:
                self._offer()

    @precondition(lambda self: any(self._open()))
    @rule(data=st.data())
    def cancel_what_is_another_s(self, data: st.DataObject) -> None:
        """Somebody tries a code that is not theirs."""
        trip = data.draw(st.sampled_from(self._open()))
        other = RIDERS[(RIDERS.index(trip.rider) + 1) % len(RIDERS)]
        if trip.code not in {one.code for one in self._open() if one.rider == other}:
            ref = {"ref": Value("text", trip.code)}
            assert self.office.act(self.tx, "lift.cancel", ref, other).name == "gone"

    @precondition(lambda self: self.office.now < MORNING)
    @rule(minutes=st.integers(10, 600), crashes=st.booleans())
    def pass_time(self, minutes: int, crashes: bool) -> None:
        """Time passes, at most into the morning: offers end, standby that waited in vain is told."""
        before, self.office.now = self.office.now, min(self.office.now + timedelta(minutes=minutes), MORNING)
        with self._power(crashes):
            self.office.pass_time(self.tx)
        if crashes:
            self.office.now = before
            return
        expired = [trip for trip in self._in_state("offered") if trip.until and trip.until <= self.office.now]
        for trip in expired:
            trip.state, trip.until, trip.run, trip.passed = "standby", None, None, trip.passed + 1
        if expired:
            self._offer()
        for waiting in self._in_state("standby"):
            if not self._in_time(waiting.start, strictly=True):
                waiting.state = "unmet"
                self._need_no_way_back(waiting)
        self._offer(fresh=True)
        if self.office.now >= REMINDERS and 8 <= self.office.now.hour < 21:
            for trip in self._in_state("booked"):
                if self._row(trip)["state"] == "reminded":
                    trip.state = "reminded"

    @precondition(lambda self: bool(self.runs))
    @rule(data=st.data(), crashes=st.booleans())
    def cancel_run(self, data: st.DataObject, crashes: bool) -> None:
        """A vehicle breaks down: who can goes elsewhere, who cannot waits."""
        number = data.draw(st.sampled_from(sorted(self.runs)))
        with self._power(crashes):
            runs.cancel_run(self.office.timing(self.tx), number)
        if crashes:
            return
        del self.runs[number]
        lost = sorted((trip for trip in self._aboard() if trip.run == number), key=lambda trip: trip.id)
        for trip in lost:
            trip.run = None
        offered = [trip for trip in lost if trip.state == "offered"]
        for trip in lost:
            trip.state, trip.until = "standby", None
        for trip in lost:
            could = self._could_carry(trip) if trip not in offered else []
            row = self._row(trip)
            if could:
                assert row["run_id"] in could
                trip.state, trip.run = "booked", row["run_id"]
        self._offer()

    @rule(
        vehicle=st.sampled_from(["bus", "car"]),
        driver=st.integers(1, 3),
        starts=st.integers(8, 15),
        hours=st.integers(1, 6),
    )
    def add_run(self, vehicle: str, driver: int, starts: int, hours: int) -> None:
        """A coordinator puts a vehicle on the road, unless it or its driver is out already."""
        self._learn_runs()
        if not self.learned:
            return
        plan = RunPlan(TUESDAY, vehicle, driver, time(starts), time(min(starts + hours, 20)))
        ends = min(starts + hours, 20) * 60
        rows = self.tx.all("SELECT id, vehicle, driver_id FROM run")
        busy = any(
            (row["vehicle"] == vehicle or row["driver_id"] == driver)
            and self.runs[row["id"]].starts < ends
            and starts * 60 < self.runs[row["id"]].ends
            for row in rows
        )
        try:
            run = runs.add_run(self.office.timing(self.tx), plan)
        except RunRefused:
            assert busy
            return
        assert not busy
        self.runs[run.id] = Vehicle(starts * 60, ends, *((3, 1, True) if vehicle == "bus" else (1, 0, False)))
        self._offer()

    @precondition(lambda self: any(self._aboard()) and bool(self.runs))
    @rule(data=st.data())
    def move_to_another_run(self, data: st.DataObject) -> None:
        """A coordinator moves somebody to another run, if that can carry them."""
        trip = data.draw(st.sampled_from(self._aboard()))
        number = data.draw(st.sampled_from(sorted(self.runs)))
        was = trip.run
        trip.run = None
        fits = number in self._could_carry(trip)
        trip.run = was
        try:
            runs.move_trip(self.office.timing(self.tx), trip_by_id(self.tx, trip.id), number)
        except NoRoom:
            assert not fits
            return
        assert fits
        trip.run = number
        if trip.state == "offered":
            trip.state, trip.until = "booked", None
        self._offer()

    @precondition(lambda self: any(self._in_state("unmet") + self._in_state("cancelled")))
    @rule(data=st.data())
    def nothing_moves_what_is_over(self, data: st.DataObject) -> None:
        """What is over stays over, whoever tries."""
        trip = data.draw(st.sampled_from(self._in_state("unmet") + self._in_state("cancelled")))
        for move in (trips.cancel, trips.finish, trips.miss, standby.accept):
            with pytest.raises(IllegalMove):
                move(self.office.timing(self.tx), trip_by_id(self.tx, trip.id))

    @invariant()
    def the_database_holds_what_the_model_says(self) -> None:
        rows = self.tx.all("SELECT id, state, run_id FROM trip WHERE state <> 'cancelled'")
        assert {row["id"]: (row["state"], row["run_id"]) for row in rows} == {
            trip.id: (trip.state, trip.run) for trip in self.asked.values() if trip.state != "cancelled"
        }

    @invariant()
    def nothing_is_overbooked(self) -> None:
        assert check_trips(self.tx) == []

    @contextmanager
    def _power(self, crashes: bool) -> Iterator[None]:
        """Run something in a transaction of its own; where the power goes, nothing of it is left."""
        self.connection.execute("BEGIN")
        yield
        self.connection.execute("ROLLBACK" if crashes else "COMMIT")

    def _offer(self, *, fresh: bool = False) -> None:
        """Say who is offered a seat now: by day, in order, in time, and to nobody a third time."""
        if not 8 <= self.office.now.hour < 21:
            return
        for waiting in sorted(self._in_state("standby"), key=lambda trip: (trip.passed, trip.id)):
            if waiting.passed >= (1 if fresh else 2):
                continue
            latest = DAY_START + timedelta(minutes=waiting.start - TWO_HOURS)
            until = min(self.office.now + timedelta(minutes=OFFER), latest)
            could = self._could_carry(waiting)
            if could and until >= self.office.now + timedelta(minutes=10):
                run = self._row(waiting)["run_id"]
                assert run in could
                waiting.state, waiting.run, waiting.until = "offered", run, until

    def _need_no_way_back(self, there: Asked) -> None:
        """Who was not brought there is not fetched either; whoever waits may have that seat."""
        for back in self._open():
            if back.outward == there.id:
                held, back.state = back.state in ABOARD, "cancelled"
                if held:
                    self._offer()

    def _one_ways(self) -> list[Asked]:
        """Give the ways there that nobody is fetched from."""
        fetched = {trip.outward for trip in self.asked.values() if trip.state not in ("cancelled", "unmet")}
        return [trip for trip in self._open() if trip.outward is None and trip.id not in fetched]

    def _open(self) -> list[Asked]:
        now = self.office.now
        return [
            trip
            for trip in self.asked.values()
            if trip.state in (*ABOARD, "standby") and DAY_START + timedelta(minutes=trip.end) > now
        ]

    def _in_state(self, state: str) -> list[Asked]:
        return [trip for trip in self.asked.values() if trip.state == state]

    def _aboard(self) -> list[Asked]:
        return [trip for trip in self.asked.values() if trip.state in ABOARD]

    def _in_time(self, start: int, *, strictly: bool = False) -> bool:
        moment = DAY_START + timedelta(minutes=start)
        reach = self.office.now + timedelta(minutes=TWO_HOURS)
        return moment > reach if strictly else moment >= reach

    def _could_carry(self, trip: Asked) -> list[int]:
        return [number for number, run in self.runs.items() if self._carries(number, run, trip)]

    def _carries(self, number: int, run: Vehicle, trip: Asked) -> bool:
        party = PARTIES[trip.needs]
        if trip.start < run.starts or trip.end > run.ends or (party.lift and not run.lift):
            return False
        others = [one for one in self._aboard() if one.run == number and one.id != trip.id]
        for minute in range(trip.start, trip.end):
            there = [PARTIES[one.needs] for one in others if one.start <= minute < one.end]
            if sum(one.seats for one in there) + party.seats > run.seats:
                return False
            if sum(one.wheelchairs for one in there) + party.wheelchairs > run.spaces:
                return False
        return self._drivable(run, [*others, trip])

    def _drivable(self, run: Vehicle, aboard: list[Asked]) -> bool:
        """Drive to everybody in the order of the times, minute by minute as far as whole minutes go."""
        stops = [(one.start, 1, one.way[0]) for one in aboard]
        stops += [(one.end - LOADING, 0, one.way[1]) for one in aboard]
        here, came, leaves = "", 0, 0
        for at, _, place in sorted(stops):
            came = max(at, came) if place == here else max(at, leaves + between(here, place) if here else at)
            leaves, here = max(leaves, came + LOADING), place
            if came > at + WINDOW or came + LOADING > run.ends:
                return False
        return True

    def _row(self, trip: Asked) -> Row:
        row = self.tx.one("SELECT state, run_id FROM trip WHERE id = :id", id=trip.id)
        assert row is not None
        return row

    def _newest(self) -> Row:
        row = self.tx.one("SELECT id, code, state, run_id FROM trip ORDER BY id DESC")
        assert row is not None
        return row

    def _learn_runs(self) -> None:
        """Learn of the runs that the first look at the day has made."""
        if self.learned:
            return
        for row in self.tx.all("SELECT id, vehicle, starts_at FROM run ORDER BY id"):
            self.learned = True
            starts = datetime.fromisoformat(row["starts_at"]).hour * 60
            if row["vehicle"] == "car":
                self.runs[row["id"]] = Vehicle(starts, starts + 360, 1, 0, lift=False)
            else:
                self.runs[row["id"]] = Vehicle(starts, starts + 240, 3, 1, lift=True)


def machine(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


TestLifts = Lifts.TestCase
TestLifts.settings = machine(30, 40)


@pytest.mark.soak
def test_the_same_thousands_of_times() -> None:
    run_state_machine_as_test(Lifts, settings=machine(1500, 60))
