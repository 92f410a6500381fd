"""Methods that add up once: plurality, approval, score and consent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from gateway.counting.model import NOTHING, Count, Round, Tally, in_order

AGREE, ASIDE, OBJECT = "agree", "aside", "object"
CONSENT_OPTIONS = (AGREE, ASIDE, OBJECT)
"""What a member can say to a proposal: agree, let it pass, object."""


def count_marked(
    options: Sequence[str], ballots: Mapping[bytes, int], seats: int, tie_order: Sequence[str]
) -> Count:
    """Count every mark as one vote (plurality has one a ballot, approval any number): the most win."""
    return _highest(_sum(options, ballots, lambda mark: int(mark > 0)), seats, tie_order)


def count_scores(
    options: Sequence[str], ballots: Mapping[bytes, int], seats: int, tie_order: Sequence[str]
) -> Count:
    """Add up the scores: the highest sums win."""
    return _highest(_sum(options, ballots, lambda mark: mark - 1 if mark else 0), seats, tie_order)


def count_consent(
    options: Sequence[str],
    ballots: Mapping[bytes, int],
    seats: int,  # noqa: ARG001 - a proposal has no seats; every method is called alike
    tie_order: Sequence[str],  # noqa: ARG001 - and cannot tie
) -> Count:
    """Let a proposal pass that somebody agrees with and nobody objects to."""
    votes = _sum(options, ballots, lambda mark: int(mark > 0))
    passes = votes[AGREE] > 0 and votes[OBJECT] == 0
    winners = (AGREE,) if passes else ()
    return Count((Round(votes, elected=winners),), winners)


def _sum(
    options: Sequence[str], ballots: Mapping[bytes, int], worth: Callable[[int], int]
) -> dict[str, Fraction]:
    sums = [0] * len(options)
    for marks, times in ballots.items():
        for place, mark in enumerate(marks):
            sums[place] += worth(mark) * times
    return {key: Fraction(total) for key, total in zip(options, sums, strict=True)}


def _highest(votes: Tally, seats: int, tie_order: Sequence[str]) -> Count:
    """Give the seats to the highest sums; where equals share the last seat, the tie order decides."""
    wanted = sorted((key for key in votes if votes[key] > NOTHING), key=lambda key: -votes[key])
    if len(wanted) <= seats:
        return Count((Round(votes, elected=tuple(wanted)),), tuple(wanted))
    last = votes[wanted[seats - 1]]
    sure = [key for key in wanted if votes[key] > last]
    equals = [key for key in wanted if votes[key] == last]
    left = seats - len(sure)
    if left == len(equals):
        winners = tuple(sure + equals)
        return Count((Round(votes, elected=winners),), winners)
    if not tie_order:
        return Count((Round(votes, elected=tuple(sure), tie=tuple(equals)),), tuple(sure), tuple(equals))
    winners = (*sure, *in_order(equals, tie_order)[:left])
    return Count((Round(votes, elected=winners, tie=tuple(equals)),), winners)
