"""Bookings against a month of runs with ten vehicles: found, booked, cancelled, offered to who waits."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from random import Random

import pytest

from flows.conversation import Outcome
from flows.value import Value
from gateway.community_lifts import (
    Driver,
    DriverHours,
    LiftScheme,
    ServiceHours,
    install_lifts,
)
from gateway.store.database import Store, Tx, open_store
from gateway.store.lift_rules import BookingRules
from gateway.store.lift_runs import Vehicle
from tests.benchmarks.table import milliseconds, row
from tests.store.lift_checker import check_seats
from tests.store.lift_office import Office

pytestmark = pytest.mark.bench

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
VEHICLES, DAYS, PLACES, RIDERS, WISHES = 10, 28, 60, 800, 3_000
NEEDS = ("alone", "alone", "alone", "companion", "walking_aid", "wheelchair")


def a_month(tx: Tx) -> None:
    """Lay sixty places in and around a town, and ten minibuses that drive from eight to six."""
    random = Random(60)
    for n in range(PLACES):
        tx.run(
            "INSERT INTO place (key, label, latitude, longitude) VALUES (:key, :label, :lat, :lon)",
            key=f"p{n}",
            label=f"Place {n}",
            lat=52.4 + random.uniform(-0.05, 0.05),
            lon=-1.1 + random.uniform(-0.08, 0.08),
        )
    numbers = [f"+4477009{n:05}" for n in range(VEHICLES)]
    install_lifts(
        tx,
        LiftScheme(
            vehicles=[Vehicle(f"v{n}", f"Bus {n}", 6, 2, lift=True) for n in range(VEHICLES)],
            drivers=[Driver(number, f"Driver {n}") for n, number in enumerate(numbers)],
            driver_hours=[
                DriverHours(number, f"v{n}", weekday, clock(8), clock(18))
                for n, number in enumerate(numbers)
                for weekday in range(7)
            ],
            service_hours=[ServiceHours(weekday, clock(8), clock(18)) for weekday in range(7)],
            rules=BookingRules(prior_notice_start_day=DAYS),
        ),
        MONDAY,
    )


def wishes(count: int) -> list[tuple[str, dict[str, Value]]]:
    """Give what residents ask for over the month: mornings and noon are what everybody wants."""
    random = Random(7)
    found = []
    for _ in range(count):
        pickup, dropoff = random.sample(range(PLACES), 2)
        day = MONDAY.date() + timedelta(days=random.randint(1, DAYS))
        minute = 60 * 8 + 5 * min(118, max(0, int(random.gauss(40, 25))))
        needs = random.choice(NEEDS)
        wish = {
            "pickup": Value("place", [f"p{pickup}", f"Place {pickup}"]),
            "dropoff": Value("place", [f"p{dropoff}", f"Place {dropoff}"]),
            "day": Value("date", day.isoformat()),
            "time": Value("time", f"{minute // 60:02}:{minute % 60:02}"),
            "needs": Value("choice", [needs, needs]),
        }
        found.append((f"+4477008{random.randrange(RIDERS):05}", wish))
    return found


class Clerk:
    """Does what the flow does for a resident, and times each step on the disk."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.office = Office(now=MONDAY)
        self.took: dict[str, list[float]] = {}

    async def act(self, name: str, who: str, wish: dict[str, Value]) -> Outcome:
        begin = time.perf_counter()
        outcome = await self.store.write(self.office.act, name, wish, who)
        self.took.setdefault(f"{name} {outcome.name}", []).append(time.perf_counter() - begin)
        return outcome


async def test_bookings_against_a_month_of_runs(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "plainline.db", now=MONDAY)
    await store.write(a_month)
    clerk, booked, ends = Clerk(store), [], Counter[str]()
    begin = time.perf_counter()
    for who, wish in wishes(WISHES):
        found = await clerk.act("lift.find", who, wish)
        if found.name == "free":
            outcome = await clerk.act("lift.book", who, wish)
            booked.append((who, outcome.values["ref"]))
        elif found.name == "full":
            outcome = await clerk.act("lift.standby", who, wish)
        else:
            outcome = found
        ends[outcome.name] += 1
    seconds = time.perf_counter() - begin
    row(f"requests for lifts a second, {VEHICLES} vehicles, {DAYS} days", f"{WISHES / seconds:,.0f}", "100")
    for name, what in (
        ("lift.find free", "to find a seat"),
        ("lift.find full", "to find the nearest times where there is none"),
        ("lift.book booked", "to book"),
    ):
        took = clerk.took[name]
        figure = f"{milliseconds(took, 50)}, {milliseconds(took, 99)} at worst of a hundred"
        row(f"{what}, {len(took):,} times", figure, "50 ms")
    for who, ref in booked[::4]:
        await clerk.act("lift.cancel", who, {"ref": ref})
    row(
        "to cancel and offer the seat to those who wait",
        milliseconds(clerk.took["lift.cancel cancelled"], 50),
        "50 ms",
    )
    row("requests that got a seat at their time", f"{ends['booked'] * 100 // WISHES} %")
    assert ends["booked"] > WISHES // 3
    assert await store.read(check_seats) == []
    await store.close()
