"""Phrases in words as speech models spell them."""

from __future__ import annotations

import re
import unicodedata

_SPLIT = re.compile(r"[\s\-‐-―/,.;:!?()\"“”„«»]+")


def words_of(phrase: str) -> list[str]:
    """Cut a phrase into words as speech models spell them: lower case, without punctuation."""
    return [word for word in _SPLIT.split(unicodedata.normalize("NFC", phrase).lower()) if word]
