"""How long it takes to count ten thousand ranked ballots, from the database to the printed report."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC
from pathlib import Path
from random import Random

import pytest

from gateway.counting import count_votes
from gateway.counting.marks import ranks_to_marks
from gateway.services.poll_report import render_report, report
from gateway.store.database import Tx
from tests.benchmarks.table import milliseconds, row
from tests.store.hall import CLOSE, choice, hall, poll
from tests.store.hall import MEMBERS as FOUR

OPTIONS = tuple(f"option{n}" for n in range(9))
BALLOTS = 10_000
TIMES = 5

pytestmark = pytest.mark.bench


def many_ballots(random: Random) -> Counter[bytes]:
    """Make ballots of members who like the first options more, and rank as many as they care to."""
    found: Counter[bytes] = Counter()
    for _ in range(BALLOTS):
        order = sorted(OPTIONS, key=lambda key: random.gauss(OPTIONS.index(key), 3))
        found[ranks_to_marks(order[: random.randint(1, len(OPTIONS))], OPTIONS)] += 1
    return found


@pytest.mark.parametrize(("seats", "what"), [(1, "instant run-off"), (4, "four seats, exact fractions")])
def test_counting_ten_thousand_ranked_ballots(seats: int, what: str) -> None:
    ballots = many_ballots(Random(5))
    took = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        counted = count_votes("ranked", OPTIONS, ballots, seats, OPTIONS)
        took.append(time.perf_counter() - begin)
    assert len(counted.winners) == seats
    row(f"counting 10,000 ranked ballots, {len(ballots):,} of them different, {what}", milliseconds(took, 50))


async def test_a_poll_of_ten_thousand_members_from_the_close_to_its_report(tmp_path: Path) -> None:
    async with hall(
        tmp_path, [poll("chair", secret=True, method="ranked", publish="by_hand")], FOUR
    ) as village:
        chair = await village.poll("chair")
        random = Random(6)

        def fill(tx: Tx) -> None:
            """Put ten thousand filled papers beside those of the four who are there."""
            for paper in range(BALLOTS):
                keys = random.sample(chair.keys, random.randint(1, len(chair.keys)))
                tx.run(
                    "INSERT INTO ballot (poll_id, paper, marks) VALUES (:poll, :paper, :marks)",
                    poll=chair.id,
                    paper=paper + len(FOUR),
                    marks=ranks_to_marks(keys, chair.keys),
                )

        await village.store.write(fill)
        rose = await village.member("Rose")
        begin = time.perf_counter()
        assert await village.vote(rose, "chair", choice("oak")) == "final"
        row("one secret vote in a poll of 10,000 papers", milliseconds([time.perf_counter() - begin], 50))
        begin = time.perf_counter()
        await village.tick(CLOSE)
        counted = await village.poll("chair")
        assert counted.state == "counted"
        found = await village.store.read(report, counted)
        assert len(render_report(found, "en", UTC)) > 1000
        row(
            "closing, counting and reporting on 10,000 papers",
            milliseconds([time.perf_counter() - begin], 50),
        )
