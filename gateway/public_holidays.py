"""Public holidays of a country or a part of it, by the calendar GB or GB-ENG.

The library that knows them loads every country there is, 17 MB for one calendar's few dates. So a process
of its own is asked, once for a calendar, and takes them along when it ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from functools import lru_cache

from gateway.errors import GatewayError

YEARS = range(2020, 2070)
"""The years looked up, none of which has to be asked for later; in others no day is a holiday."""


def is_holiday(calendar: str, day: date) -> bool:
    """Tell whether a day is a public holiday; none is where `calendar` is empty or unknown."""
    return bool(calendar) and day in (_of(calendar) or ())


def is_calendar(calendar: str) -> bool:
    """Tell whether there is such a calendar: ISO 3166 country, and part of it after a hyphen."""
    return _of(calendar) is not None


@lru_cache(maxsize=8)
def _of(calendar: str) -> frozenset[date] | None:
    """Ask the library, in a process of its own, for a calendar's days (None: there is no such calendar)."""
    asked = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "gateway.public_holidays", calendar],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise GatewayError(
            f"The public holidays of {calendar} could not be looked up, so no lift can be promised: "
            f"{asked.stderr.strip().splitlines()[-1:]}. Start again; if it stays so, leave out `holidays`."
        )
    days = json.loads(asked.stdout)
    return None if days is None else frozenset(map(date.fromisoformat, days))


def _look_up(calendar: str) -> list[str] | None:
    import holidays  # in the process that is asked alone

    country, _, part = calendar.partition("-")
    known = holidays.list_supported_countries()
    if country not in known or (part and part not in known[country]):
        return None
    found = holidays.country_holidays(country, subdiv=part or None, years=YEARS)
    return [day.isoformat() for day in sorted(found)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_look_up(sys.argv[1])))
