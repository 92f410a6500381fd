"""Moments as the database keeps them: UTC text of fixed width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


def to_text(moment: datetime) -> str:
    """Write an aware moment, to the millisecond."""
    # Python takes the two hours of the night the clocks go back for equal, as long as they are local.
    return _of_utc(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(maxsize=64)  # one turn writes the same moment many times
def _of_utc(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote, aware, in UTC."""
    return datetime.fromisoformat(text)
