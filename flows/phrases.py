"""Phrases with `{name}` placeholders: which names they hold, and filling them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_ENDS = (".", "?", "!", "…")


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
    """Put the values in; braces inside a value stay as they are, and a name without value leaves nothing.

    A value that ends a sentence by itself ("Please help!", "the shop ...") needs no full stop after it.
    """
    pieces = _pieces(phrase)
    if len(pieces) == 1:
        return phrase
    filled = [values.get(piece, "") if index % 2 else piece for index, piece in enumerate(pieces)]
    for index in range(1, len(filled), 2):
        if filled[index + 1].startswith(".") and filled[index].endswith(_ENDS):
            filled[index + 1] = filled[index + 1][1:]
    return "".join(filled)
