"""Offers and claims with 500 volunteers, on the disk: how long until a few are asked, and one has won."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import time as clock
from pathlib import Path
from random import Random

import pytest

from flows.value import text
from gateway.store.database import Store, Tx, open_store
from tests.benchmarks.table import milliseconds, row
from tests.store.help_office import MONDAY, HelpOffice

pytestmark = pytest.mark.bench

VOLUNTEERS = 500
REQUESTS = 300
RESIDENTS = [f"+447700920{n:03}" for n in range(REQUESTS)]
AREAS = ["mill_lane", "orchard_court", "market_place", "station_road", "church_end"]
CATEGORIES = ["shopping", "medicine", "transport", "company", "home"]
WEEKDAYS = range(7)


def enrol_all(tx: Tx) -> None:
    """Enrol volunteers as a town has them: most for two kinds of help, near them, at their own hours."""
    random = Random(5)
    office = HelpOffice(tx)
    office.install()
    for n in range(VOLUNTEERS):
        starts = random.choice([8, 9, 13, 17])
        office.enrol(
            n,
            categories=random.sample(CATEGORIES, 2),
            areas=random.sample(AREAS, random.choice([1, 2, 5])),
            hours=[(day, clock(starts), clock(starts + 4)) for day in WEEKDAYS if random.random() < 0.7],
            weekly=random.choice([2, 3, 5, 50]),
        )


def ask(tx: Tx, number: str, random: Random) -> tuple[str, Sequence[str]]:
    """Ask for help, and give the request's code and who was asked."""
    office = HelpOffice(tx, random=random)
    code = office.ask(
        number,
        category=random.choice(CATEGORIES),
        area=random.choice(AREAS),
        urgency=random.choice(["any", "today"]),
    )
    return code, office.offered_to()


def claim(tx: Tx, number: str, code: str, random: Random) -> str:
    """Claim a request, and give what came of it."""
    return HelpOffice(tx, random=random).act("offer.claim", number, code=text(code)).name


def winners(tx: Tx) -> int:
    """Count the requests that somebody has won."""
    found = tx.one("SELECT COUNT(*) AS n FROM offer WHERE state = 'accepted'")
    return int(found["n"]) if found else 0


async def test_offers_and_claims_with_500_volunteers(tmp_path: Path) -> None:
    store: Store = await open_store(tmp_path / "plainline.db", now=MONDAY)
    try:
        await store.write(enrol_all)
        random = Random(6)
        asking, claiming, asked, won = [], [], 0, 0
        for number in RESIDENTS:
            begin = time.perf_counter()
            code, numbers = await store.write(ask, number, random)
            asking.append(time.perf_counter() - begin)
            asked += len(numbers)
            for volunteer in numbers:
                begin = time.perf_counter()
                outcome = await store.write(claim, volunteer, code, random)
                claiming.append(time.perf_counter() - begin)
                won += outcome.startswith("won")
        assert asked > REQUESTS
        assert won == await store.read(winners)
        assert won > REQUESTS * 0.9
    finally:
        await store.close()
    row("a request asked for and offered, of 500 volunteers, p50", milliseconds(asking, 50))
    row("the same, p99", milliseconds(asking, 99), "100 ms")
    row("a claim won or lost, of 500 volunteers, p50", milliseconds(claiming, 50))
    row("the same, p99", milliseconds(claiming, 99), "50 ms")
