"""What the network says is now, where it tells its modems (NITZ): it can confirm our clock, not set it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

_CLOCK = re.compile(r'\+CCLK ?: *"(\d\d)/(\d\d)/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)?"')
_QUARTER = timedelta(minutes=15)


def network_time(lines: Sequence[str]) -> datetime | None:
    """Give the moment in an answer to AT+CCLK? (3GPP TS 27.007), aware; None when it holds none.

    The zone is counted in quarters of an hour; a modem that leaves it out speaks UTC.
    """
    for line in lines:
        if match := _CLOCK.match(line):
            year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
            try:
                zone = timezone(int(match[7]) * _QUARTER) if match[7] else UTC
                return datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
            except ValueError:
                return None
    return None
