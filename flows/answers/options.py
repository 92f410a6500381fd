"""Read the options of a question: whole numbers, days, hours of service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time

from flows.errors import FlowsError
from flows.value import Json

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "yes_no": (),
    "choice": (),
    "number": ("min", "max", "alone"),
    "date": ("within",),
    "time": ("between",),
    "place": (),
    "name": (),
    "phone": (),
    "pin": ("digits",),
    "free_text": ("max",),
    "ranking": ("partial",),
}
"""The options each answer type takes; `options` (the choices themselves) is the engine's own."""

_DAYS = re.compile(r"([0-9]{1,4})\s*([dw])")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
MINUTES_OF_DAY = 24 * 60


def problems(type_name: str, options: Mapping[str, Json]) -> list[str]:
    """Say what is wrong with the options of a question of that type; empty: nothing."""
    known = OPTIONS[type_name]
    found = [
        f"answer type {type_name} has no option {name!r}; it takes {', '.join(known) or 'none'}"
        for name in options
        if name not in known and name != "options"
    ]
    for read in (days, hours, digits, lambda o: [whole(o, n, 0) for n in ("min", "max", "alone")]):
        try:
            read(options)
        except FlowsError as error:
            found.append(str(error))
    low, high = options.get("min"), options.get("max")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        found.append(f"min {low} is above max {high}: no answer fits; swap them")
    return found


def whole(options: Mapping[str, Json], name: str, default: int) -> int:
    """Read a whole number."""
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FlowsError(f"option {name} is {value!r}: write a whole number")
    return value


def days(options: Mapping[str, Json], default: int = 366) -> int:
    """Read `within` ("28d", "4w") in days: how far ahead a date may lie."""
    value = options.get("within", f"{default}d")
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise FlowsError(f"option within is {value!r}: write days or weeks, such as 28d or 4w")
    return int(match[1]) * (7 if match[2] == "w" else 1)


def hours(options: Mapping[str, Json]) -> tuple[time, time] | None:
    """Read `between` (["08:00", "20:00"]), the first and last time of service; None: not given.

    YAML reads an unquoted 20:00 as the number 1200; minutes after midnight are taken too.
    """
    value = options.get("between")
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise FlowsError(f'option between is {value!r}: write two times, such as ["08:00", "20:00"]')
    first, last = _clock(value[0]), _clock(value[1])
    if first >= last:
        raise FlowsError(f"option between ends ({last:%H:%M}) before it begins ({first:%H:%M})")
    return first, last


def digits(options: Mapping[str, Json]) -> tuple[int, int]:
    """Read `digits` of a PIN: a number, or a shortest and a longest; 4 where not given."""
    value = options.get("digits", 4)
    low, high = value if isinstance(value, list | tuple) and len(value) == 2 else (value, value)
    if not (isinstance(low, int) and isinstance(high, int) and 4 <= low <= high <= 8):
        raise FlowsError(f"option digits is {value!r}: write a number from 4 to 8, or two of them")
    return low, high


def _clock(value: Json) -> time:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MINUTES_OF_DAY:
        return time(*divmod(value, 60))
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise FlowsError(f'option between holds {value!r}: write times, such as "08:00"')
    return time(int(match[1]), int(match[2]))
