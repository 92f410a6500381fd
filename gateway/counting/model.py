"""What a count is made of: rounds in whole votes and exact fractions of votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

Preferences: TypeAlias = tuple[str, ...]
"""The options one vote names, the most wanted first."""

Tally: TypeAlias = Mapping[str, Fraction]
"""Votes (or points) by option."""

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what each option still in has, what no longer counts, and what follows from it.

    `elected` win in this round; `out` leaves and its votes pass on; `surplus_of` has won with more than
    the quota, and its votes pass on at `worth` of what they were. `tie` holds the options that stood
    equal where the tie order decided between them.
    """

    votes: Tally
    exhausted: Fraction = NOTHING
    elected: tuple[str, ...] = ()
    out: str = ""
    surplus_of: str = ""
    worth: Fraction = NOTHING
    tie: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """What a count came to: the winners (none: nobody won), and where a tie stands, those who share it.

    A count that stops at a tie can be made again with a tie order. `quota` is what elects, 0 where
    the method has none.
    """

    rounds: tuple[Round, ...]
    winners: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    quota: Fraction = field(default=NOTHING)

    @property
    def tie_broken(self) -> bool:
        """Whether the tie order decided anything."""
        return not self.tied and any(part.tie for part in self.rounds)


def count_to_json(count: Count) -> dict[str, Any]:
    """Give the JSON object that `count_from_json` reads; a fraction is a string such as `7/3`."""
    return {
        "winners": list(count.winners),
        "tied": list(count.tied),
        "quota": _number(count.quota),
        "rounds": [
            {
                "votes": {key: _number(votes) for key, votes in part.votes.items()},
                "exhausted": _number(part.exhausted),
                "elected": list(part.elected),
                "out": part.out,
                "surplus_of": part.surplus_of,
                "worth": _number(part.worth),
                "tie": list(part.tie),
            }
            for part in count.rounds
        ],
    }


def count_from_json(data: Mapping[str, Any]) -> Count:
    """Read what `count_to_json` gave."""
    return Count(
        rounds=tuple(
            Round(
                votes={key: Fraction(votes) for key, votes in part["votes"].items()},
                exhausted=Fraction(part["exhausted"]),
                elected=tuple(part["elected"]),
                out=part["out"],
                surplus_of=part["surplus_of"],
                worth=Fraction(part["worth"]),
                tie=tuple(part["tie"]),
            )
            for part in data["rounds"]
        ),
        winners=tuple(data["winners"]),
        tied=tuple(data["tied"]),
        quota=Fraction(data["quota"]),
    )


def in_order(keys: Sequence[str], tie_order: Sequence[str]) -> list[str]:
    """Sort equals, the strongest first; keys that stand alone need no order."""
    return sorted(keys, key=tie_order.index) if len(keys) > 1 else list(keys)


def exact(number: Fraction) -> str:
    """Write a number so that nothing of it is lost: 7, or 2 1/3."""
    whole, rest = divmod(number.numerator, number.denominator)
    if not rest:
        return str(whole)
    return f"{whole} {rest}/{number.denominator}" if whole else f"{rest}/{number.denominator}"


def _number(value: Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else str(value)
