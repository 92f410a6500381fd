"""A whole number: "2", "two", "two please", "a couple". The value is an integer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.answers import options
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import fold
from flows.answers.lexicon import Lexicon, lexicon, plain
from flows.answers.numerals import in_digits, whole_number
from flows.value import Value

LARGEST = 999_999_999
"""The largest number that is understood."""

SENTENCE_WORDS = 10
"""Words of the longest sentence in which a number is looked for."""

UNCLEAR = Unclear("unclear.number")

_THOUSANDS = re.compile(r"[0-9]{1,3}(?:([,. ])[0-9]{3})(?:\1[0-9]{3})*")
_POINT = re.compile(r"[+-]?[0-9]+[.,][0-9]+|[0-9]+ 1/2|(?:[0-9]+|1) (?:and a half|y medio|y media)")
_SIGNED = re.compile(r"[+-][0-9]+")
_ALONE = re.compile(r"(?<![\w/:.,@#+-])(?:x ?)?([0-9]+)(?![\w/:@#%-]|[.,][0-9])")


class NumberType:
    """The answer type `number`.

    Options: `min` (0 where not given), `max`, and `alone`, the number that "just me" means.
    "None" and "nobody" are 0 where 0 is on offer.
    """

    name = "number"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand one whole number within the limits."""
        folded = fold(text)
        digits = whole_number(folded)
        number = self._in_words(folded, question) if digits is None else digits
        return number if isinstance(number, Unclear) else _within(number, question)

    def _in_words(self, folded: str, question: Question) -> int | Unclear:
        language = lexicon(question.language)
        said = plain(folded)
        alone = question.options.get("alone")
        if isinstance(alone, int) and _is(said, "alone", language):
            return alone
        if _lowest(question) <= 0 and _is(said, "none", language):
            return 0
        written = in_digits(folded, question.language)
        number = _written(written)
        if number is not None:
            return number
        for counter in language.phrases("number", "counters"):
            written = re.sub(rf"(?<=[0-9]) ?{counter}", " ", written)
        return _only(written)

    def grammar(self, question: Question) -> Sequence[str]:
        """Give number words."""
        numbers: list[str] = lexicon(question.language).tables["grammar"]["numbers"]
        return numbers

    def keys(self, question: Question) -> Mapping[str, str]:
        """Take digits as they are."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say the number in digits."""
        return str(value.data)

    def typical(self, question: Question) -> Value:
        """Give the highest number allowed, or a dozen."""
        return Value("number", options.whole(question.options, "max", max(12, _lowest(question))))


def _lowest(question: Question) -> int:
    return options.whole(question.options, "min", 0)


def _is(said: str, entry: str, language: Lexicon) -> bool:
    phrases = language.phrases("number", entry)
    return said in phrases or language.without_fillers(said) in phrases


def _written(text: str) -> int | Unclear | None:
    """Read a text that is nothing but one number; None where it is more than that."""
    if _THOUSANDS.fullmatch(text):
        text = re.sub("[,. ]", "", text)
    if _SIGNED.fullmatch(text):
        return max(-LARGEST, min(LARGEST, int(text))) if len(text) < 12 else UNCLEAR
    if _POINT.fullmatch(text):
        return Unclear("unclear.number.whole")
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 9 else LARGEST + 1
    return None


def _only(text: str) -> int | Unclear:
    """Read the only number of a short sentence."""
    found = {int(digits[:10]) for digits in _ALONE.findall(text)}
    others = len(re.findall(r"[0-9]+", text)) - len(_ALONE.findall(text))
    if _POINT.search(text):
        return Unclear("unclear.number.whole")
    if len(found) != 1 or others or len(text.split()) > SENTENCE_WORDS:
        return UNCLEAR
    return found.pop()


def _within(number: int, question: Question) -> Answer:
    low, high = _lowest(question), options.whole(question.options, "max", LARGEST)
    if number < low:
        return Unclear("unclear.number.low", {"min": Value("number", low)})
    if number > high:
        return Unclear("unclear.number.high", {"max": Value("number", high)})
    return Understood(Value("number", number))
