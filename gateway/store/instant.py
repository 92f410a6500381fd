"""Moments as the database keeps them: UTC text of fixed width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=64)  # one turn writes the same moment many times
def to_text(moment: datetime) -> str:
    """Write an aware moment, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote, aware, in UTC."""
    return datetime.fromisoformat(text)
