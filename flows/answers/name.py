"""What somebody is called. The value is the name as it should be written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import clean, fold, without_emoji, without_signature
from flows.answers.lexicon import Lexicon, lexicon, plain
from flows.value import Value

LONGEST = 60
"""Characters of the longest name."""

MOST_WORDS = 7
"""Words of the longest name; more is a sentence."""

UNCLEAR = Unclear("unclear.name")

_EDGES = ' .,!?;:"()[]{}<>*_~-\t…·'
_WORD_START = re.compile(r"(^|[\s'’-])(\w)")
_NOT_A_NAME = re.compile(r"[0-9@/\\<>{}=]")


class NameType:
    """The answer type `name`."""

    name = "name"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand a name of at most `LONGEST` characters."""
        shown = without_emoji(" ".join(without_signature(clean(text[: 8 * LONGEST])).split()))
        language = lexicon(question.language)
        said = plain(fold(shown))
        asks_back = " " in said and said.split()[0] in language.phrases("name", "questions")
        if asks_back or said in language.phrases("name", "refusals"):
            return UNCLEAR
        name = _without_phrases(shown.strip(_EDGES), language)
        if len(name) > LONGEST or len(name.split()) > MOST_WORDS or len(text) > 8 * LONGEST:
            return Unclear("unclear.name.long", {"max": Value("number", LONGEST)})
        if _NOT_A_NAME.search(name) or not any(character.isalpha() for character in name):
            return UNCLEAR
        return Understood(Value("name", _capitals(name, language)))

    def grammar(self, question: Question) -> Sequence[str]:
        """Listen openly: any name may come."""
        return ()

    def keys(self, question: Question) -> Mapping[str, str]:
        """Map nothing."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say the name."""
        return str(value.data)

    def typical(self, question: Question) -> Value:
        """Give a name of ordinary length."""
        return Value("name", lexicon(question.language).tables["typical"]["name"])


def _without_phrases(name: str, language: Lexicon) -> str:
    """Drop "my name is" before a name and "here" after it, if a name is left."""
    words = name.split()
    before, after = language.phrases("name", "before"), language.phrases("name", "after")
    for size in range(min(5, len(words) - 1), 0, -1):
        if plain(fold(" ".join(words[:size]))) in before:
            words = words[size:]
            break
    for size in range(min(3, len(words) - 1), 0, -1):
        if plain(fold(" ".join(words[-size:]))) in after:
            words = words[:-size]
            break
    name = " ".join(words).strip(_EDGES)
    if not language.spaced:
        ending = next((e for e in sorted(after, key=len, reverse=True) if name.endswith(e)), "")
        name = name.removesuffix(ending).strip() or name
    return name


def _capitals(name: str, language: Lexicon) -> str:
    """Write a name typed all in small or all in capital letters as names are written."""
    if not (name.islower() or (name.isupper() and len(name) > 3)):
        return name
    raised = _WORD_START.sub(lambda match: match[1] + match[2].upper(), name.lower())
    small = language.phrases("name", "small")
    words = raised.split()
    return " ".join(word.lower() if at and word.lower() in small else word for at, word in enumerate(words))
