"""Thousands of bookings, cancellations and waits in any order, held against a minute-by-minute model."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from flows.value import Value
from gateway.services.lifts import NEEDS
from gateway.store.database import Tx
from gateway.store.migrate import migrate
from tests.store.lift_checker import check_trips
from tests.store.lift_office import MONDAY, TWO_HOURS, Office, journey, open_office

RIDERS = [f"+4477009001{n:02}" for n in range(8)]
MINUTES = {"shop": 20, "hospital": 40}
DAY_START = datetime(2026, 3, 3, tzinfo=UTC)


@dataclass
class Asked:
    """What the model knows of one trip: minutes of Tuesday, what it takes, its state and run."""

    id: int
    rider: str
    code: str
    minutes: range
    takes: tuple[int, int]
    state: str
    run: int | None = None


@dataclass(frozen=True)
class Vehicle:
    """A run as the model knows it: its minutes and its room."""

    minutes: range
    seats: int
    spaces: int


class Lifts(RuleBasedStateMachine):
    """Books, waits, cancels and lets time pass; the model says what had to come of it."""

    trips = Bundle("trips")

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

    def teardown(self) -> None:
        self.connection.close()

    @rule(
        rider=st.sampled_from(RIDERS),
        at=st.integers(9 * 60, 17 * 60),
        dropoff=st.sampled_from(sorted(MINUTES)),
        needs=st.sampled_from(sorted(NEEDS)),
        waits=st.booleans(),
    )
    def ask(self, rider: str, at: int, dropoff: str, needs: str, waits: bool) -> None:
        """Somebody books, or says that they would wait."""
        wish = journey(f"{at // 60:02}:{at % 60:02}", dropoff=dropoff, needs=needs)
        minutes = range(at, at + MINUTES[dropoff])
        outcome = self.office.act(self.tx, "lift.standby" if waits else "lift.book", wish, rider)
        self._learn_runs()
        if outcome.name == "already":
            assert any(trip.rider == rider and trip.minutes == minutes for trip in self._open())
            return
        bookable = minutes.stop <= 17 * 60 and self._reachable(minutes)
        fitting = self._fitting(minutes, NEEDS[needs]) if bookable else []
        assert outcome.name == ("booked" if fitting else "waiting" if waits and bookable else "taken")
        if outcome.name == "taken":
            return
        row = self.tx.one("SELECT id, code, state, run_id FROM trip ORDER BY id DESC")
        assert row is not None
        trip = Asked(row["id"], rider, row["code"], minutes, NEEDS[needs], row["state"], row["run_id"])
        assert trip.run in fitting if fitting else trip.run is None
        self.asked[trip.id] = trip

    @precondition(lambda self: any(self._open()))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Somebody cancels; whoever waited longest and fits has the seat now."""
        trip = data.draw(st.sampled_from(self._open()))
        ref = {"ref": Value("text", trip.code)}
        assert self.office.act(self.tx, "lift.cancel", ref, trip.rider).name == "cancelled"
        freed, trip.state, trip.run = trip.state == "booked", "cancelled", None
        for waiting in sorted(self._in_state("standby"), key=lambda one: one.id) if freed else []:
            fitting = self._fitting(waiting.minutes, waiting.takes)
            if fitting and self._reachable(waiting.minutes, strictly=True):
                row = self.tx.one("SELECT run_id FROM trip WHERE id = :id", id=waiting.id)
                assert row is not None
                assert row[0] in fitting
                waiting.state, waiting.run = "booked", row[0]

    @precondition(lambda self: any(self._open()))
    @rule(data=st.data())
    def cancel_what_is_another_s(self, data: st.DataObject) -> None:
        """Somebody tries a code that is not theirs."""
        trip = data.draw(st.sampled_from(self._open()))
        other = RIDERS[(RIDERS.index(trip.rider) + 1) % len(RIDERS)]
        if trip.code not in {one.code for one in self._open() if one.rider == other}:
            ref = {"ref": Value("text", trip.code)}
            assert self.office.act(self.tx, "lift.cancel", ref, other).name == "gone"

    @precondition(lambda self: self.office.now < DAY_START + timedelta(hours=10))
    @rule(minutes=st.integers(10, 600))
    def pass_time(self, minutes: int) -> None:
        """Time passes, at most into the morning; those who waited in vain are told."""
        limit = DAY_START + timedelta(hours=10)
        self.office.now = min(self.office.now + timedelta(minutes=minutes), limit)
        self.office.pass_time(self.tx)
        for waiting in self._in_state("standby"):
            if not self._reachable(waiting.minutes, strictly=True):
                waiting.state = "unmet"

    @invariant()
    def the_database_holds_what_the_model_says(self) -> None:
        rows = self.tx.all("SELECT id, state FROM trip")
        assert {row["id"]: row["state"] for row in rows} == {
            trip.id: trip.state for trip in self.asked.values()
        }

    @invariant()
    def nothing_is_overbooked(self) -> None:
        assert check_trips(self.tx) == []

    def _open(self) -> list[Asked]:
        soon = self.office.now
        return [
            trip
            for trip in self.asked.values()
            if trip.state in ("booked", "standby") and DAY_START + timedelta(minutes=trip.minutes.stop) > soon
        ]

    def _in_state(self, state: str) -> list[Asked]:
        return [trip for trip in self.asked.values() if trip.state == state]

    def _reachable(self, minutes: range, *, strictly: bool = False) -> bool:
        start = DAY_START + timedelta(minutes=minutes.start)
        reach = self.office.now + timedelta(minutes=TWO_HOURS)
        return start > reach if strictly else start >= reach

    def _fitting(self, minutes: range, takes: tuple[int, int]) -> list[int]:
        return [number for number, run in self.runs.items() if self._fits(number, run, minutes, takes)]

    def _fits(self, number: int, run: Vehicle, minutes: range, takes: tuple[int, int]) -> bool:
        if minutes.start < run.minutes.start or minutes.stop > run.minutes.stop:
            return False
        aboard = [trip for trip in self._in_state("booked") if trip.run == number]
        for minute in minutes:
            there = [trip.takes for trip in aboard if minute in trip.minutes]
            if sum(seats for seats, _ in there) + takes[0] > run.seats:
                return False
            if sum(spaces for _, spaces in there) + takes[1] > run.spaces:
                return False
        return True

    def _learn_runs(self) -> None:
        if self.runs:
            return
        for row in self.tx.all("SELECT id, vehicle, starts_at FROM run ORDER BY id"):
            starts = datetime.fromisoformat(row["starts_at"]).hour * 60
            if row["vehicle"] == "car":
                self.runs[row["id"]] = Vehicle(range(starts, starts + 360), 1, 0)
            else:
                self.runs[row["id"]] = Vehicle(range(starts, starts + 240), 3, 1)


TestLifts = Lifts.TestCase
TestLifts.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
