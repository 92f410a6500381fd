"""Transcripts: conversations written down as a coordinator would, read into plain data.

# A lift to the health centre
@ 2026-03-02 09:30              the clock, in the community's local time
from +447700900123              whose telephone it is from here on
> LIFT                          a text from it
> CANCEL …                      a text with the code that this telephone heard last
>> Sent from my phone           … going on in a second line
< Where shall we pick you up?   the reply; lines below each other are one text
< …                             … stands for anything, also within a line
<                               alone: nothing is answered
! trip.booked                   an event that happens in that turn
* A coordinator lets Zoe in     what is done on the dashboard meanwhile, in words its reader knows

A transcript also happens as a call: what is texted is said instead, or pressed where it is digits;
the call begins before a telephone's first line and ends when the clock is moved or another telephone
takes its turn. What is said back differs (it is for the ear, and reads back what was heard), so a
call is not held to the replies but to what comes of them: the same questions in the same order, the
same events, the same ends. `# texts only: WHY` leaves a transcript out that is about texting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flows.conversation import Heard, Keyed
from flows.errors import FlowsError

WILDCARD = "…"
"""Stands for any characters, none included, in an expected reply."""

TEXTS_ONLY = "# texts only:"
"""Begins the line that says why a transcript cannot happen as a call."""

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


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody does something elsewhere, in `words` that whoever plays the transcript knows."""

    words: str
    line: int


Line: TypeAlias = Clock | From | Says | Hears | Event | Deed

_SPEAKING: Mapping[str, type[Event] | type[Deed]] = {"!": Event, "*": Deed}


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


def as_call(body: str) -> Heard | Keyed:
    """Give what is done on a call instead of texting `body`."""
    return Keyed(body) if body.isascii() and body.isdigit() else Heard((body,))


def only_texts(source: str) -> bool:
    """Tell whether a transcript is about texting, and nothing that could happen on a call."""
    return any(line.startswith(TEXTS_ONLY) for line in source.splitlines())


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
    if mark in _SPEAKING and rest:
        return _SPEAKING[mark](rest, number)
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
    raise _error(path, number, "a line begins with `>`, `<`, `!`, `*`, `@`, `from` or `#`")


def _error(path: str, number: int, message: str) -> FlowsError:
    return FlowsError(f"{path}:{number}: {message}")
