"""Public holidays of a country or a part of it, by the calendar GB or GB-ENG."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=64)
def _of_year(calendar: str, year: int) -> frozenset[date]:
    import holidays  # a community without a calendar does not pay for it

    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def is_holiday(calendar: str, day: date) -> bool:
    """Tell whether a day is a public holiday; no day is one where `calendar` is empty."""
    return bool(calendar) and day in _of_year(calendar, day.year)


def is_calendar(calendar: str) -> bool:
    """Tell whether there is such a calendar: ISO 3166 country, and part of it after a hyphen."""
    import holidays

    country, _, part = calendar.partition("-")
    known = holidays.list_supported_countries()
    return country in known and (not part or part in known[country])
