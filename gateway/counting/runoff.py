"""Instant run-off: one seat, ranked ballots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from gateway.counting.model import Count, Preferences, Round, in_order


def count_runoff(options: Sequence[str], votes: Mapping[Preferences, int], tie_order: Sequence[str]) -> Count:
    """Let the weakest option go out until one has more than half of the votes still counted.

    Of several equally weak options the last in `tie_order` (strongest first) goes out; without an
    order the count stops there. Votes that name no option still in are exhausted.
    """
    remaining = list(options)
    total = sum(votes.values())
    rounds: list[Round] = []
    while True:
        tally = _first_choices(remaining, votes)
        counted = sum(tally.values())
        shown = {key: Fraction(times) for key, times in tally.items()}
        exhausted = Fraction(total - counted)
        winner = next((key for key in remaining if 2 * tally[key] > counted), "")
        if winner or not counted:
            elected = (winner,) if winner else ()
            rounds.append(Round(shown, exhausted, elected))
            return Count(tuple(rounds), elected)
        fewest = min(tally.values())
        weakest = [key for key in remaining if tally[key] == fewest]
        tie = tuple(weakest) if len(weakest) > 1 else ()
        if tie and not tie_order:
            rounds.append(Round(shown, exhausted, tie=tie))
            return Count(tuple(rounds), tied=tie)
        out = in_order(weakest, tie_order)[-1]
        rounds.append(Round(shown, exhausted, out=out, tie=tie))
        remaining.remove(out)


def _first_choices(remaining: Sequence[str], votes: Mapping[Preferences, int]) -> dict[str, int]:
    tally = dict.fromkeys(remaining, 0)
    for preferences, times in votes.items():
        for key in preferences:
            if key in tally:
                tally[key] += times
                break
    return tally
