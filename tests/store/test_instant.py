"""A moment is kept as the one it is, also in the hour that comes twice when the clocks go back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.store.instant import to_text


def test_both_hours_of_the_night_the_clocks_go_back_are_kept_apart() -> None:
    first = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"))
    assert to_text(first) == "2026-10-25T00:30:00.000Z"
    assert to_text(first.replace(fold=1)) == "2026-10-25T01:30:00.000Z"
    assert to_text(first) == "2026-10-25T00:30:00.000Z"
