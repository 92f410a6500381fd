"""A small transport office for tests: three places, a bus and a car, and somebody who books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from flows.conversation import Outcome, Prompt
from flows.value import Json, Value
from gateway.community_lifts import (
    Driver,
    DriverHours,
    LiftScheme,
    ServiceHours,
    TravelTime,
    install_lifts,
)
from gateway.services import lifts, trips
from gateway.services.acting import Acting, Timing
from gateway.store import people
from gateway.store.database import Store, Tx
from gateway.store.lift_rules import BookingRules
from gateway.store.lift_runs import Vehicle
from gateway.store.lifts import trip_by_id
from gateway.store.outbound import Lane

ZONE = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TUESDAY = "2026-03-03"
ROSE, OMAR = "+447700900123", "+447700900124"
PLACES = {"home": "Mill Lane", "shop": "Co-op", "hospital": "Royal Hospital"}
TWO_HOURS = 120
R = TypeVar("R")


def scheme(
    *, bus: tuple[int, int] = (3, 1), with_car: bool = True, rules: BookingRules | None = None
) -> LiftScheme:
    """Give a bus from 9 to 17 with two drivers in turn and a car from 10 to 16, Monday to Saturday."""
    bus_hours = [
        DriverHours(driver, "bus", weekday, starts, ends)
        for weekday in range(6)
        for driver, starts, ends in (
            ("+447700900011", time(9), time(13)),
            ("+447700900012", time(13), time(17)),
        )
    ]
    car_hours = [DriverHours("+447700900013", "car", weekday, time(10), time(16)) for weekday in range(6)]
    return LiftScheme(
        vehicles=[Vehicle("bus", "Bus", *bus, lift=True), Vehicle("car", "Car", 1, 0, lift=False)],
        drivers=[Driver(f"+4477009000{n}", f"Dave {n}", name_told=n == 11) for n in (11, 12, 13)],
        driver_hours=bus_hours + (car_hours if with_car else []),
        service_hours=[ServiceHours(weekday, time(9), time(17)) for weekday in range(6)],
        travel_times=[TravelTime("home", "shop", 10), TravelTime("home", "hospital", 30)],
        rules=rules or BookingRules(prior_notice_duration_min=TWO_HOURS, wheelchair_loading_min=5),
    )


def open_office(tx: Tx, data: LiftScheme | None = None) -> None:
    """Load places and transport."""
    for key, label in PLACES.items():
        tx.run("INSERT INTO place (key, label) VALUES (:key, :label)", key=key, label=label)
    install_lifts(tx, data or scheme(), MONDAY)


def journey(
    time: str, *, day: str = TUESDAY, dropoff: str = "shop", needs: str = "alone", **more: Value
) -> dict[str, Value]:
    """Give what a conversation holds before lift.find: from home to somewhere at a local time."""
    return {
        "pickup": Value("place", ["home", PLACES["home"]]),
        "dropoff": Value("place", [dropoff, PLACES[dropoff]]),
        "day": Value("date", day),
        "time": Value("time", time),
        "needs": Value("choice", [needs, needs]),
        **more,
    }


@dataclass
class Office:
    """Runs the lift actions in an open transaction, and keeps what was told and what happened."""

    now: datetime = MONDAY
    random: Random = field(default_factory=lambda: Random(7))
    told: list[tuple[str, Prompt]] = field(default_factory=list)
    asked: list[tuple[str, str, Mapping[str, Value]]] = field(default_factory=list)
    busy: bool = False
    events: list[tuple[str, str, Mapping[str, Json]]] = field(default_factory=list)

    def act(self, tx: Tx, name: str, values: Mapping[str, Value], number: str = ROSE) -> Outcome:
        """Run action `name` as the resident with `number`."""
        acting = Acting(
            tx=tx,
            resident=people.meet(tx, number, self.now),
            language="en",
            now=self.now,
            zone=ZONE,
            random=self.random,
            emit=self._emit,
            tell=self._tell,
            invite=self._invite,
        )
        return lifts.ACTIONS[name].run(acting, values)

    def pass_time(self, tx: Tx) -> datetime | None:
        """Run what is due now."""
        return lifts.TIMED(self.timing(tx))

    def timing(self, tx: Tx) -> Timing:
        """Give what is done when it is nobody's turn: by time, or by a coordinator."""
        return Timing(tx, self.now, ZONE, self.random, self._emit, self._tell, self._invite)

    def miss_first(self, tx: Tx) -> None:
        """Say that nobody was there for the first trip."""
        trips.miss(self.timing(tx), trip_by_id(tx, 1))

    def happened(self) -> list[str]:
        """Give the types of the events so far."""
        return [kind for kind, _, _ in self.events]

    def _emit(self, type: str, subject: str, /, **data: Json) -> None:  # noqa: A002
        self.events.append((type, subject, data))

    def _invite(self, number: str, flow: str, answers: Mapping[str, Value], /) -> bool:
        if not self.busy:
            self.asked.append((number, flow, answers))
        return not self.busy

    def _tell(self, number: str, *prompts: Prompt, ref: str = "", lane: Lane = Lane.NOTICE) -> None:
        self.told += [(number, prompt) for prompt in prompts]


class LiftDesk:
    """An office on a real store, one transaction an action."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.office = Office()

    async def act(self, name: str, number: str = ROSE, /, **values: Value) -> Outcome:
        """Run action `name` as the resident with `number`."""
        return await self.store.write(self.office.act, name, values, number)

    async def fill(self, time: str, riders: int) -> list[Outcome]:
        """Book one seat each for so many strangers."""
        return [await self.act("lift.book", f"+4477009002{n:02}", **journey(time)) for n in range(riders)]

    async def desk(self, function: Callable[..., R], *args: object) -> R:
        """Do what a coordinator does, in one transaction: `function(timing, …)`."""

        def transaction(tx: Tx) -> R:
            return function(self.office.timing(tx), *args)

        return await self.store.write(transaction)

    async def states(self) -> list[str]:
        """Give the states of all trips, in the order in which they were asked for."""
        rows = await self.store.read(lambda tx: tx.all("SELECT state FROM trip ORDER BY id"))
        return [row[0] for row in rows]

    async def pass_time(self, span: timedelta) -> datetime | None:
        """Let time pass and do what is due."""
        self.office.now += span
        return await self.store.write(self.office.pass_time)
