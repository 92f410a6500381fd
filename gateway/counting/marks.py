"""A ballot as it lies in the database: one byte an option, in the ballot's order.

0 is no mark. Otherwise the byte is the preference's rank (ranked, plurality), 1 (approval, consent), or
the score and one more (score): a paper that nobody has filled is all zeros under every method.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gateway.counting.model import Preferences


def ranks_to_marks(preferences: Iterable[str], options: Sequence[str]) -> bytes:
    """Write preferences on a ballot, the most wanted first."""
    rank = {key: place for place, key in enumerate(preferences, start=1)}
    return bytes(rank.get(key, 0) for key in options)


def set_to_marks(chosen: Iterable[str], options: Sequence[str]) -> bytes:
    """Write on a ballot what is approved, in no order."""
    wanted = frozenset(chosen)
    return bytes(int(key in wanted) for key in options)


def scores_to_marks(scores: Mapping[str, int], options: Sequence[str]) -> bytes:
    """Write scores on a ballot."""
    return bytes(scores[key] + 1 if key in scores else 0 for key in options)


def to_preferences(marks: bytes, options: Sequence[str]) -> Preferences:
    """Read the preferences from a ballot."""
    marked = sorted((mark, key) for mark, key in zip(marks, options, strict=True) if mark)
    return tuple(key for _, key in marked)
