"""One thing the doctor looked at, in words a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`ok`; `look`: works, but somebody should look; `bad`: does not work until somebody acts."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    verdict: Verdict
    about: str
    words: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:5} {self.about:9} {self.words}"
        return f"{line}\n{'':16}-> {self.remedy}" if self.remedy else line


def ok(about: str, words: str) -> Finding:
    """Give a finding that needs nobody."""
    return Finding(Verdict.OK, about, words)


def look(about: str, words: str, remedy: str) -> Finding:
    """Give a finding that somebody should look at."""
    return Finding(Verdict.LOOK, about, words, remedy)


def bad(about: str, words: str, remedy: str) -> Finding:
    """Give a finding that stops the gateway from working."""
    return Finding(Verdict.BAD, about, words, remedy)
