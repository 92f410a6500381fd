"""A telephone number. The value is E.164."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.answers import words
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import fold
from flows.answers.lexicon import Lexicon, lexicon
from flows.value import Value

TYPICAL = "+447700900123"
"""A number of ordinary length, from the range kept free for drama."""

FEWEST_DIGITS = 6
"""Digits of the shortest run that is taken for a number within a sentence."""

_RUN = re.compile(r"\+?[0-9(][0-9() ./-]{4,24}")
_WORDS = re.compile(r"[^\W\d_]+|[0-9]+|[^\w\s]")


class PhoneType:
    """The answer type `phone`. A number need only be possible: numbering plans change."""

    name = "phone"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand one telephone number, national ones as the question's region writes them."""
        found = {
            number
            for run in _RUN.findall(in_figures(fold(text), lexicon(question.language)))
            if (number := _e164(run, question.region))
        }
        if len(found) > 1:
            return Unclear("unclear.phone.two")
        return Understood(Value("phone", found.pop())) if found else Unclear("unclear.phone")

    def grammar(self, question: Question) -> Sequence[str]:
        """Give the words digits are said in."""
        said = lexicon(question.language).tables["grammar"]
        return [*said["numbers"][:10], *said["digits"]]

    def keys(self, question: Question) -> Mapping[str, str]:
        """Take digits as they are."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say the number in groups."""
        return words.phone(str(value.data))

    def typical(self, question: Question) -> Value:
        """Give a mobile number."""
        return Value("phone", TYPICAL)


def in_figures(folded: str, language: Lexicon) -> str:
    """Write digits that are said one by one as digits: "oh seven double five" gives "0755"."""
    if not any(character.isalpha() for character in folded):
        return folded
    said = language.tables["phone"]
    figures: dict[str, str] = {fold(word): str(digit) for word, digit in said["digits"].items()}
    times = dict.fromkeys(said["double"], 2) | dict.fromkeys(said["triple"], 3)
    written: list[str] = []
    repeat = 1
    for word in _WORDS.findall(folded):
        if word in times:
            repeat = times[word]
            continue
        figure = _spelt(word, figures) or (word if not word.isalpha() else "x")
        written.append(figure[:1] * (repeat - 1) + figure)
        repeat = 1
    return "".join(written).replace("x", " x ")


def _spelt(word: str, figures: Mapping[str, str]) -> str | None:
    """Give the digits of a word; Korean digits may stand in one word."""
    if word in figures:
        return figures[word]
    if not word.isascii() and all(character in figures for character in word):
        return "".join(figures[character] for character in word)
    return None


def _e164(run: str, region: str) -> str | None:
    import phonenumbers

    if sum(character.isdigit() for character in run) < FEWEST_DIGITS:
        return None
    try:
        number = phonenumbers.parse(run, region)
    except phonenumbers.NumberParseException:
        return None
    # Without an area code a number can be rung only from next door.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
