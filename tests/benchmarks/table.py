"""The table that `make bench` prints: what was measured, what came out, what was aimed at."""

from __future__ import annotations

from dataclasses import dataclass

ROWS: list[Row] = []


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `aim` is "" where none was set."""

    what: str
    figure: str
    aim: str

    def __str__(self) -> str:
        return f"| {self.what} | {self.figure} | {self.aim} |"


def row(what: str, figure: str, aim: str = "") -> None:
    """Add one row, which the whole table shows again at the end."""
    ROWS.append(Row(what, figure, aim))
    print(ROWS[-1], flush=True)


def milliseconds(seconds: list[float], percent: int) -> str:
    """Give a percentile of durations, as in `4.2 ms`."""
    ordered = sorted(seconds)
    return f"{ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] * 1000:.1f} ms"
