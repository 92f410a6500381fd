"""Which method counts how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from gateway.counting.marks import to_preferences
from gateway.counting.model import Count, Preferences
from gateway.counting.runoff import count_runoff
from gateway.counting.tallied import count_consent, count_marked, count_scores
from gateway.counting.transferable import count_transferable

Counted: TypeAlias = Callable[[Sequence[str], Mapping[bytes, int], int, Sequence[str]], Count]


def count_votes(
    method: str, options: Sequence[str], ballots: Mapping[bytes, int], seats: int, tie_order: Sequence[str]
) -> Count:
    """Count ballots (marks -> how many) by a method of `METHODS`; without a tie order a tie stands.

    `options` is the ballot's order; `tie_order`, strongest first, holds every option.
    """
    return _COUNTED[method](options, ballots, seats, tie_order)


def _count_ranked(
    options: Sequence[str], ballots: Mapping[bytes, int], seats: int, tie_order: Sequence[str]
) -> Count:
    votes: dict[Preferences, int] = defaultdict(int)
    for marks, times in ballots.items():
        votes[to_preferences(marks, options)] += times
    if seats == 1:
        return count_runoff(options, votes, tie_order)
    return count_transferable(options, votes, seats, tie_order)


_COUNTED: Mapping[str, Counted] = {
    "plurality": count_marked,
    "approval": count_marked,
    "score": count_scores,
    "ranked": _count_ranked,
    "consent": count_consent,
}
METHODS = tuple(_COUNTED)
"""The methods a poll may be counted by."""
