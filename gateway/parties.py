"""Who travels together, and what they take of a vehicle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """Who travels: the seats and wheelchair spaces they take, and whether they need a lift or low step."""

    seats: int
    wheelchairs: int = 0
    lift: bool = False


PARTIES: Mapping[str, Party] = {
    "alone": Party(1),
    "companion": Party(2),
    "wheelchair": Party(0, 1, lift=True),
    "wheelchair_companion": Party(1, 1, lift=True),
    "walking_aid": Party(1, lift=True),
    "walking_aid_companion": Party(2, lift=True),
    "three": Party(3),
    "four": Party(4),
    "five": Party(5),
    "wheelchair_two": Party(2, 1, lift=True),
    "two_wheelchairs": Party(0, 2, lift=True),
}
"""What a rider takes of a run, by what they answer when asked who is coming."""
