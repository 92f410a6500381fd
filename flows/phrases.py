"""Phrases with `{name}` placeholders: which names they hold, and filling them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@lru_cache(maxsize=4096)
def _pieces(phrase: str) -> tuple[str, ...]:
    return tuple(_PLACEHOLDER.split(phrase))


def split(phrase: str) -> tuple[str, ...]:
    """Cut a phrase at its placeholders: words and names in turn, words first and last."""
    return _pieces(phrase)


def placeholders(phrase: str) -> frozenset[str]:
    """Give the names a phrase has placeholders for."""
    return frozenset(_pieces(phrase)[1::2])


def fill(phrase: str, values: Mapping[str, str]) -> str:
    """Put the values in; braces inside a value stay as they are, and a name without value leaves nothing."""
    pieces = _pieces(phrase)
    if len(pieces) == 1:
        return phrase
    return "".join(values.get(piece, "") if index % 2 else piece for index, piece in enumerate(pieces))
