"""Ballots as BLT, the text format that counting programs exchange.

A line a kind of ballot: how many, then the options by number, the most wanted first, then 0. Options
wanted equally (an approval ballot) are joined: `1=3`. A scored ballot has no usual form in BLT; here it
says `option:score`, and other programs will refuse it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from gateway.errors import GatewayError

MOST_OPTIONS, MOST_BALLOTS = 99, 1_000_000

_TOKEN = re.compile(r'"([^"]*)"|(\S+)')


class BltMistake(GatewayError):
    """A BLT file cannot be read: nothing was counted. Mend the line that is named and try again."""


@dataclass(frozen=True, slots=True)
class Blt:
    """An election as BLT: names of options, ballots (marks -> how many), seats, title.

    `scored`: the marks are scores. `withdrawn` holds the places (from 0) of options that stand no more.
    """

    options: tuple[str, ...]
    ballots: Mapping[bytes, int]
    seats: int = 1
    title: str = ""
    scored: bool = False
    withdrawn: frozenset[int] = field(default=frozenset())


def write_blt(election: Blt) -> str:
    """Write an election down: the same ballots give the same text, in whatever order they came."""
    lines = [f"{len(election.options)} {election.seats}"]
    lines += [f"-{place + 1}" for place in sorted(election.withdrawn)]
    for marks in sorted(election.ballots):
        lines.append(f"{election.ballots[marks]} {_said(marks, scored=election.scored)} 0")
    names = [*election.options, election.title]
    return "\n".join([*lines, "0", *('"' + name.replace('"', "'") + '"' for name in names)]) + "\n"


def hash_of(blt: str) -> str:
    """Give the SHA-256 of a BLT text, as `sha256sum` prints it."""
    return sha256(blt.encode()).hexdigest()


def read_blt(source: str) -> Blt:
    """Read an election. Raises BltMistake with the line."""
    lines = [(number, line) for number, line in enumerate(_bare(source), 1) if line.strip()]
    if not lines:
        raise BltMistake("Line 1: the file is empty; it begins with the numbers of options and of seats.")
    options, seats = _head(*lines[0])
    ballots: Counter[bytes] = Counter()
    withdrawn: set[int] = set()
    scored = False
    for place, (number, line) in enumerate(lines[1:], 1):
        words = line.split()
        if words == ["0"]:
            names = _names(lines[place + 1 :], options)
            return Blt(
                tuple(names[:options]), dict(ballots), seats, names[options], scored, frozenset(withdrawn)
            )
        if words[0].startswith("-"):
            withdrawn |= {_option(word.removeprefix("-"), options, number) for word in words}
            continue
        times = _whole(words[0], number)
        if words[-1] != "0" or times > MOST_BALLOTS:
            raise BltMistake(f"Line {number}: a ballot is how many, the options, then 0.")
        scored = scored or any(":" in word for word in words)
        ballots[_marks(words[1:-1], options, number)] += times
    raise BltMistake(f"Line {lines[-1][0]}: a line with 0 alone must end the ballots; names follow it.")


def _said(marks: bytes, *, scored: bool) -> str:
    if scored:
        return " ".join(f"{place}:{mark - 1}" for place, mark in enumerate(marks, 1) if mark)
    ranks = sorted({mark for mark in marks if mark})
    return " ".join(
        "=".join(str(place) for place, mark in enumerate(marks, 1) if mark == rank) for rank in ranks
    )


def _marks(words: Sequence[str], options: int, number: int) -> bytes:
    marks = [0] * options
    for rank, word in enumerate(words, 1):
        for one in word.split("="):
            name, colon, score = one.partition(":")
            place = _option(name, options, number)
            if marks[place]:
                raise BltMistake(f"Line {number}: option {place + 1} stands on one ballot twice.")
            marks[place] = _whole(score, number) + 1 if colon else rank
            if marks[place] > 255:
                raise BltMistake(f"Line {number}: a score is at most 254.")
    return bytes(marks)


def _bare(source: str) -> Iterable[str]:
    """Give the lines without what follows a # outside quotes."""
    for line in source.splitlines():
        yield re.sub(r'^((?:[^"#]|"[^"]*")*)#.*$', r"\1", line)


def _head(number: int, line: str) -> tuple[int, int]:
    words = line.split()
    if len(words) != 2:
        raise BltMistake(f"Line {number}: it must say how many options and how many seats there are.")
    options, seats = (_whole(word, number) for word in words)
    if not (1 <= options <= MOST_OPTIONS and 1 <= seats <= options):
        raise BltMistake(
            f"Line {number}: there are 1 to {MOST_OPTIONS} options, and no more seats than these."
        )
    return options, seats


def _names(lines: Sequence[tuple[int, str]], options: int) -> list[str]:
    found = [quoted or bare for _, line in lines for quoted, bare in _TOKEN.findall(line)]
    if len(found) < options:
        raise BltMistake(f"After the ballots {options} names must follow, in quotes; there are {len(found)}.")
    return [*found[: options + 1], ""][: options + 1]


def _option(word: str, options: int, number: int) -> int:
    place = _whole(word, number)
    if not 1 <= place <= options:
        raise BltMistake(f"Line {number}: there is no option {place}; they go from 1 to {options}.")
    return place - 1


def _whole(word: str, number: int) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 9):
        raise BltMistake(f"Line {number}: {word[:20]!r} is no whole number.")
    return int(word)
