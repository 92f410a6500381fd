"""One of several: by number, letter, name, synonym or near spelling. The value is `[key, label]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from flows.answers import words
from flows.answers.base import Answer, Choice, Question, Unclear, Understood
from flows.answers.fold import fold, without_emoji
from flows.answers.lexicon import Lexicon, lexicon, plain
from flows.answers.matching import Names, matches, names
from flows.answers.numerals import in_digits, whole_number
from flows.value import Value

_NUMBERED = re.compile(r"(?:#|no )?([0-9]{1,9})(?:st|nd|rd|th)?")
# "2 chess"; but "2 30 pm" is one name.
_BOTH = re.compile(r"#?([0-9]{1,2}) ([^0-9]+)")


class ChoiceType:
    """The answer type `choice`; the question holds the choices."""

    name = "choice"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand one of the question's choices."""
        return pick(fold(text), question)

    def grammar(self, question: Question) -> Sequence[str]:
        """Give every label, synonym and number."""
        said = lexicon(question.language).tables["grammar"]
        called = [name.lower() for choice in question.choices for name in (choice.label, *choice.also)]
        return [*called, *said["numbers"][1 : len(question.choices) + 1], *said["choice"]]

    def keys(self, question: Question) -> Mapping[str, str]:
        """Map 1 to the first choice, and so on."""
        return {str(n): str(n) for n in range(1, len(question.choices) + 1)}

    def words(self, value: Value, language: str) -> str:
        """Say the label."""
        return words.label(value.data)

    def typical(self, question: Question) -> Value:
        """Give the choice with the longest label."""
        longest = max(question.choices, key=lambda choice: len(choice.label), default=Choice("", ""))
        return value_of(longest)


def value_of(choice: Choice) -> Value:
    """Give the value of a choice."""
    return Value("choice", [choice.key, choice.label])


def pick(folded: str, question: Question) -> Answer:
    """Understand one of the question's choices in a folded text."""
    choices = question.choices
    among = index(choices)
    said = plain(folded)
    if said in among.things:
        return _chosen(among.things[said], choices)
    if not folded.isascii():
        said = plain(without_emoji(folded))
    language = lexicon(question.language)
    bare = language.without_fillers(said)
    number = _number(said, bare, language, len(choices))
    if number is not None:
        if 1 <= number <= len(choices):
            return Understood(value_of(choices[number - 1]))
        return Unclear("unclear.choice.number", {"count": Value("number", len(choices))})
    negative = language.phrases("choice", "not").intersection(said.split())
    for after in language.phrases("choice", "after"):
        bare = bare.removesuffix(f" {after}")
    found = () if negative and bare not in among.things else _candidates(said, bare, among, choices)
    if len(found) == 1:
        return _chosen(found[0], choices)
    if found:
        first, second = (_text(key, choices) for key in found[:2])
        return Unclear("unclear.choice.between", {"first": first, "second": second})
    return Unclear("unclear.choice", {"count": Value("number", len(choices))})


@lru_cache(maxsize=256)
def index(choices: tuple[Choice, ...]) -> Names:
    """Index choices by label and synonym."""
    return names((name, choice.key) for choice in choices for name in (choice.label, *choice.also))


def _candidates(said: str, bare: str, among: Names, choices: Sequence[Choice]) -> tuple[str, ...]:
    numbered = _BOTH.fullmatch(said)
    if numbered and 1 <= int(numbered[1]) <= len(choices):
        named = matches(numbered[2], among)
        by_number = choices[int(numbered[1]) - 1].key
        return (
            tuple(dict.fromkeys((by_number, *named)))
            if named and by_number not in named
            else ((by_number,) if named else ())
        )
    letter = bare or said
    if len(letter) == 1 and letter.isascii() and letter.isalpha():
        return _lettered(letter, choices)
    return (matches(said, among) or matches(bare, among)) if bare else ()


def _lettered(letter: str, choices: Sequence[Choice]) -> tuple[str, ...]:
    """Take a letter as the place in the list and as how a label begins."""
    place = ord(letter) - ord("a")
    by_place = [choices[place].key] if place < len(choices) else []
    begins = [choice.key for choice in choices if plain(fold(choice.label)).startswith(letter)]
    return tuple(dict.fromkeys(by_place + (begins if len(begins) == 1 else [])))


def _number(said: str, bare: str, language: Lexicon, count: int) -> int | None:
    """Read the place in the list: "2", "two", "the second one", "the last"."""
    number = whole_number(said)
    if number is not None:
        return number
    if not said.isascii() and said in language.yes:
        return None  # the Korean yes is also a four, but a four that never stands alone
    if said in language.phrases("choice", "last"):
        return count
    if said in language.phrases("choice", "middle") and count % 2:
        return count // 2 + 1
    afters = language.phrases("choice", "after")
    for text in (bare, said):
        digits = in_digits(text, language.language)
        shorter = [text.removesuffix(after).strip() for after in afters if text.endswith(after)]
        for candidate in (
            digits,
            digits.removesuffix(" 1"),
            *(in_digits(s, language.language) for s in shorter),
        ):
            match = _NUMBERED.fullmatch(candidate)
            if match:
                return int(match[1])
    return None


def _chosen(key: str, choices: Sequence[Choice]) -> Understood:
    return Understood(value_of(next(choice for choice in choices if choice.key == key)))


def _text(key: str, choices: Sequence[Choice]) -> Value:
    return Value("text", next(choice.label for choice in choices if choice.key == key))
