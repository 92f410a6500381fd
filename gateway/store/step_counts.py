"""How residents fare at each question of a flow: counted by day, naming nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Literal

from gateway.store.database import Tx

Fared = Literal["passed", "stopped", "unclear"]
"""What became of a question: it was answered, the resident went no further, or was not understood."""


def count_steps(tx: Tx, day: date, counts: Mapping[tuple[str, str, Fared], int]) -> None:
    """Add what was counted on a local day, by flow, step and what became of the question."""
    for (flow, step, what), n in counts.items():
        tx.run(
            "INSERT INTO step_count (day, flow, step, what, n) VALUES (:day, :flow, :step, :what, :n) "
            "ON CONFLICT (flow, day, step, what) DO UPDATE SET n = step_count.n + excluded.n",
            day=day.isoformat(),
            flow=flow,
            step=step,
            what=what,
            n=n,
        )


def step_counts(tx: Tx, flow: str, since: date) -> Mapping[str, Mapping[str, int]]:
    """Give passed, stopped and unclear by step of a flow, since a local day."""
    found: defaultdict[str, dict[str, int]] = defaultdict(lambda: {"passed": 0, "stopped": 0, "unclear": 0})
    rows = tx.all(
        "SELECT step, what, SUM(n) AS n FROM step_count WHERE flow = :flow AND day >= :since "
        "GROUP BY step, what",
        flow=flow,
        since=since.isoformat(),
    )
    for row in rows:
        found[row["step"]][row["what"]] = int(row["n"])
    return found
