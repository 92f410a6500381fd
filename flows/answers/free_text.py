"""Anything in a resident's own words. The value is the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from flows.answers import options
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import clean, without_signature
from flows.answers.lexicon import lexicon
from flows.value import Value

LONGEST = 1000
"""Characters that are kept where the question does not say."""

LOOKED_AT = 10 * LONGEST
"""Characters that are read at all."""


class FreeTextType:
    """The answer type `free_text`. Option `max`: how many characters are kept.

    A longer text is cut at a word and ends in an ellipsis: whoever paid for it is not asked to
    write it again, and the message itself is kept whole elsewhere.
    """

    name = "free_text"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand any text with a letter, a digit or a picture in it."""
        kept = without_signature(clean(text[:LOOKED_AT])).strip()
        kept = "\n".join(" ".join(line.split()) for line in unicodedata.normalize("NFC", kept).split("\n"))
        if not any(_says_something(character) for character in kept):
            return Unclear("unclear.free_text")
        return Understood(Value("free_text", _cut(kept, options.whole(question.options, "max", LONGEST))))

    def grammar(self, question: Question) -> Sequence[str]:
        """Listen openly."""
        return ()

    def keys(self, question: Question) -> Mapping[str, str]:
        """Map nothing."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say the text."""
        return str(value.data)

    def typical(self, question: Question) -> Value:
        """Give a request of ordinary length."""
        return Value("free_text", lexicon(question.language).tables["typical"]["text"])


def _says_something(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "So"


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    at_word = head.rfind(" ", longest * 9 // 10)
    return (head[:at_word] if at_word > 0 else head).rstrip() + "…"
