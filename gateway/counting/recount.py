"""Counting a BLT file again, as a vote is counted: options go by their numbers in the file, from 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gateway.counting.blt import Blt
from gateway.counting.count import count_votes
from gateway.counting.model import Count


def numbers_of(election: Blt) -> tuple[str, ...]:
    """Give the numbers of all options of a file, also of those that stand no more."""
    return tuple(str(place) for place in range(1, len(election.options) + 1))


def recount(election: Blt, method: str, order: Sequence[str] = ()) -> Count:
    """Count a file by a method; `order`, strongest first, decides between equals, else a tie stands."""
    standing = [number for number in numbers_of(election) if int(number) - 1 not in election.withdrawn]
    ballots = _without(election.ballots, election.withdrawn)
    return count_votes(method, standing, ballots, election.seats, [n for n in order if n in standing])


def _without(ballots: Mapping[bytes, int], withdrawn: frozenset[int]) -> Counter[bytes]:
    """Take options that stand no more off the ballots."""
    left: Counter[bytes] = Counter()
    for marks, times in ballots.items():
        left[bytes(mark for place, mark in enumerate(marks) if place not in withdrawn)] += times
    return left
