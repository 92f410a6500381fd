"""Counting votes: pure, in whole numbers, every round kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Preferences: TypeAlias = tuple[str, ...]
"""The options one vote names, the most wanted first; a plurality vote names one."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: votes by option still in, votes that name none of these, and who goes out, if any.

    `tie_broken` says that others had as few votes and the tie order decided.
    """

    votes: Mapping[str, int]
    exhausted: int = 0
    out: str = ""
    tie_broken: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """What a count came to: the winner (empty: none) or, where a tie stands, those who share it."""

    rounds: tuple[Round, ...]
    winner: str = ""
    tied: tuple[str, ...] = field(default=())


def to_marks(preferences: Sequence[str], options: Sequence[str]) -> bytes:
    """Write preferences on a ballot: one byte an option, 0 for no mark."""
    rank = {key: place for place, key in enumerate(preferences, start=1)}
    return bytes(rank.get(key, 0) for key in options)


def to_preferences(marks: bytes, options: Sequence[str]) -> Preferences:
    """Read the preferences from a ballot."""
    marked = sorted((mark, key) for mark, key in zip(marks, options, strict=True) if mark)
    return tuple(key for _, key in marked)


def count_plurality(
    options: Sequence[str], votes: Mapping[Preferences, int], tie_order: Sequence[str]
) -> Count:
    """Find the option most votes name first; without a `tie_order` (strongest first) a tie stands."""
    tally = _first_choices(options, votes)
    top = max(tally.values(), default=0)
    best = [key for key in options if tally[key] == top]
    if top == 0:
        return Count((Round(tally),))
    if len(best) == 1:
        return Count((Round(tally),), winner=best[0])
    if not tie_order:
        return Count((Round(tally),), tied=tuple(best))
    return Count((Round(tally, tie_broken=True),), winner=min(best, key=tie_order.index))


def count_ranked(options: Sequence[str], votes: Mapping[Preferences, int], tie_order: Sequence[str]) -> Count:
    """Count by instant run-off: the weakest option goes out until one has more than half of the votes left.

    Of several equally weak options the last in `tie_order` (strongest first, holds every
    option) goes out. Votes that name no option still in are exhausted and count no more.
    """
    remaining = list(options)
    total = sum(votes.values())
    rounds: list[Round] = []
    while True:
        tally = _first_choices(remaining, votes)
        counted = sum(tally.values())
        exhausted = total - counted
        leader = max(remaining, key=lambda key: (tally[key], -tie_order.index(key)))
        if counted == 0 or 2 * tally[leader] > counted:
            rounds.append(Round(tally, exhausted))
            return Count(tuple(rounds), winner=leader if counted else "")
        fewest = min(tally.values())
        weakest = [key for key in remaining if tally[key] == fewest]
        out = max(weakest, key=tie_order.index)
        rounds.append(Round(tally, exhausted, out, tie_broken=len(weakest) > 1))
        remaining.remove(out)


def _first_choices(remaining: Sequence[str], votes: Mapping[Preferences, int]) -> dict[str, int]:
    tally = Counter(dict.fromkeys(remaining, 0))
    for preferences, times in votes.items():
        first = next((key for key in preferences if key in tally), None)
        if first is not None:
            tally[first] += times
    return dict(tally)
