"""A place of the community, by name or nickname. The value is `[key, label]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from flows.answers import words
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import fold, without_emoji
from flows.answers.lexicon import lexicon, plain
from flows.answers.matching import Names, matches, names
from flows.value import Value

NAMED_AT_MOST = 3
"""Places named when a text may mean several."""


class PlaceType:
    """The answer type `place`. The gazetteer's names must be folded with `flows.answers.fold.fold`."""

    name = "place"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand one place of the gazetteer."""
        called = question.places.names(question.language)
        folded = fold(text)
        if folded in called:
            return Understood(self._value(called[folded], question))
        if not folded.isascii():  # Korean is often written without spaces
            called = {name.replace(" ", ""): key for name, key in called.items()} | dict(called)
        said = plain(without_emoji(folded))
        bare = lexicon(question.language).without_fillers(said)
        if bare in called:
            return Understood(self._value(called[bare], question))
        among = _index(tuple(called.items()))
        found = (matches(said, among) or matches(bare, among)) if bare else ()
        if len(found) == 1:
            return Understood(self._value(found[0], question))
        if found:
            labels = ", ".join(question.places.label(key) for key in found[:NAMED_AT_MOST])
            return Unclear("unclear.place.between", {"places": Value("text", labels)})
        return Unclear("unclear.place")

    def grammar(self, question: Question) -> Sequence[str]:
        """Give every name and nickname."""
        return list(question.places.names(question.language))

    def keys(self, question: Question) -> Mapping[str, str]:
        """Map nothing: places have no numbers."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say the place's own name."""
        return words.label(value.data)

    def typical(self, question: Question) -> Value:
        """Give the gazetteer's longest label, or a made-up one where it is empty."""
        labels = {
            key: question.places.label(key) for key in question.places.names(question.language).values()
        }
        if not labels:
            return Value("place", ["", lexicon(question.language).tables["typical"]["place"]])
        key = max(labels, key=lambda key: len(labels[key]))
        return Value("place", [key, labels[key]])

    def _value(self, key: str, question: Question) -> Value:
        return Value("place", [key, question.places.label(key)])


@lru_cache(maxsize=16)
def _index(called: tuple[tuple[str, str], ...]) -> Names:
    return names(called)
