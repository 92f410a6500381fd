"""Transcripts: conversations written down as a coordinator would, read into plain data.

# A lift to the health centre
@ 2026-03-02 09:30              the clock, in the community's local time
from +447700900123              whose telephone it is from here on
> LIFT                          a text from it
>> Sent from my phone           … going on in a second line
< Where shall we pick you up?   the reply; lines below each other are one text
< …                             … stands for anything, also within a line
<                               alone: nothing is answered
! trip.booked                   an event that happens in that turn
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flows.errors import FlowsError

WILDCARD = "…"
"""Stands for any characters, none included, in an expected reply."""

CLOCK = "%Y-%m-%d %H:%M"
"""How the clock is written."""

_NUMBER = re.compile(r"\+\d{5,15}\Z")


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock shows `at`, local and naive."""

    at: datetime
    line: int


@dataclass(frozen=True, slots=True)
class From:
    """What follows is texted from `number`, E.164."""

    number: str
    line: int


@dataclass(frozen=True, slots=True)
class Says:
    """The telephone sends `body`."""

    body: str
    line: int


@dataclass(frozen=True, slots=True)
class Hears:
    """The telephone receives a text like `words` (empty: it receives nothing)."""

    words: str
    line: int


@dataclass(frozen=True, slots=True)
class Event:
    """An event of this type happens in the turn before."""

    type: str
    line: int


Line: TypeAlias = Clock | From | Says | Hears | Event


def read_transcript(path: str, source: str) -> list[Line]:
    """Read a transcript; raises FlowsError naming file and line for what is none of its kinds of line."""
    lines: list[Line] = []
    joined = False
    for number, raw in enumerate(source.splitlines(), 1):
        text = raw.strip()
        before = lines[-1] if lines and joined else None
        joined = bool(text) and not text.startswith("#")
        if not joined:
            continue
        line = _line(path, number, text)
        if isinstance(line, Hears) and isinstance(before, Hears):
            lines[-1] = Hears(f"{before.words}\n{line.words}", before.line)
        elif text.startswith(">>"):
            if not isinstance(before, Says):
                raise _error(path, number, "`>>` goes on with the text of the line before; begin it with `>`")
            lines[-1] = Says(f"{before.body}\n{text[2:].strip()}", before.line)
        else:
            lines.append(line)
    return lines


def matches(expected: str, actual: str) -> bool:
    """Tell whether a text is as expected, `…` standing for anything; spaces at line ends do not count."""
    pieces = [re.escape(piece) for piece in _tidy(expected).split(WILDCARD)]
    return re.fullmatch(".*".join(pieces), _tidy(actual), re.DOTALL) is not None


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def _line(path: str, number: int, text: str) -> Line:
    mark, rest = text[:1], text[1:].strip()
    if mark == ">":
        return Says(rest, number)
    if mark == "<":
        return Hears(rest, number)
    if mark == "!" and rest:
        return Event(rest, number)
    if mark == "@":
        try:
            return Clock(datetime.strptime(rest, CLOCK), number)  # noqa: DTZ007 (local time, the runner knows where)
        except ValueError:
            raise _error(path, number, "the clock is set with `@ 2026-03-02 09:30`") from None
    if text.startswith("from "):
        telephone = text[5:].replace(" ", "")
        if not _NUMBER.match(telephone):
            raise _error(
                path, number, "the telephone is named with its country, such as `from +447700900123`"
            )
        return From(telephone, number)
    raise _error(path, number, "a line begins with `>`, `<`, `!`, `@`, `from` or `#`")


def _error(path: str, number: int, message: str) -> FlowsError:
    return FlowsError(f"{path}:{number}: {message}")
