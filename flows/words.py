"""Words that work everywhere, in every language: global words, emergency words, keywords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from flows.answers.fold import fold
from flows.model import Common, Flow

GLOBAL_WORDS = ("stop", "start", "help", "menu", "person", "back", "more", "language")
"""The global words each language has to name; `please` lists what may be said around them."""

PLEASE = "please"

COMMON_PHRASES: Mapping[str, tuple[str, ...]] = {
    "stopped": (),
    "started": (),
    "stopped_text": (),
    "person": (),
    "person_offer": (),
    "help_person": (),
    "emergency": (),
    "back_none": (),
    "more_hint": (),
    "nothing_more": (),
    "language_offer": ("languages",),
    "language_set": (),
    "expired": (),
}
"""The phrases the engine says in every language, and what fills them besides what fills every phrase."""

NOTICES: Mapping[str, tuple[str, ...]] = {
    "fault": (),
    "duty_emergency": ("who", "words"),
    "duty_person": ("who", "words"),
    "duty_message": ("who", "words"),
    "duty_fault": ("who", "words"),
    "duty_incomplete": ("who", "words"),
}
"""The common phrases the gateway says outside a turn, in every language, and all that fills them."""

HINT = "hint."
"""`hint.TYPE` says what an answer of that type looks like."""

MENTION_LETTERS_MIN = 4
"""A keyword shorter than this counts only at the beginning of a text, and only as it is written."""


_PUNCTUATION = re.compile(r"[,.!?;:¡¿…]+(?=\s)|(?<=\s)[¡¿]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A global word that was recognised; `value` is the language tag when a language was named."""

    name: str
    languages: tuple[str, ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A flow's keyword that was recognised, and the words after it as they were written."""

    flow: str
    language: str
    argument: str = ""


def spoken(text: str) -> str:
    """Fold a text and drop the punctuation between its words."""
    return _PUNCTUATION.sub("", fold(text))


class Vocabulary:
    """Everything that can be recognised outside a question, indexed once for all languages.

    Its methods take texts as `spoken` gives them.
    """

    def __init__(self, common: Mapping[str, Common], flows: Iterable[Flow]) -> None:
        self._words: dict[str, Word] = {}
        self._please: set[str] = set()
        self._cries: dict[str, tuple[str, ...]] = {}
        self._first_words: dict[str, list[tuple[str, ...]]] = {}
        self._syllables: list[str] = []
        for language, texts in common.items():
            self._add_words(language, texts)
            for word in texts.emergency:
                self._add_cry(spoken(word), language)
        self._keywords: dict[str, dict[str, str]] = {}
        for flow in flows:
            for language, own in flow.texts.items():
                for keyword in own.keywords:
                    self._keywords.setdefault(spoken(keyword), {})[language] = flow.name
        self._longest = max((len(keyword.split()) for keyword in self._keywords), default=0)

    def word(self, folded: str) -> Word | None:
        """Recognise a global word or a language's own name, as the whole text (please and thanks aside)."""
        found = self._words.get(folded)
        if found is None and len(folded) < 60:
            kept = " ".join(word for word in folded.split() if word not in self._please)
            found = self._words.get(kept)
        return found

    def emergency(self, folded: str, language: str) -> str:
        """Give the language of an emergency word in the text, `language` before others (empty: none)."""
        bare = _PUNCTUATION.sub("", folded)
        found = self._cries.get(bare) or self._cry_inside(bare)
        return language if language in found else next(iter(found), "")

    def _cry_inside(self, folded: str) -> tuple[str, ...]:
        words = folded.split()
        for index, word in enumerate(words):
            for cry in self._first_words.get(word, ()):
                if tuple(words[index : index + len(cry)]) == cry:
                    return self._cries[" ".join(cry)]
        for syllables in self._syllables:
            if syllables in folded:
                return self._cries[syllables]
        return ()

    def keyword(self, text: str, folded: str, language: str) -> Keyword | None:
        """Recognise the keyword a text begins with; the rest of the text is its argument."""
        words = folded.split()
        for count in range(min(self._longest, len(words)), 0, -1):
            found = self._keywords.get(" ".join(words[:count]))
            if found:
                flow_language = language if language in found else next(iter(found))
                return Keyword(found[flow_language], flow_language, _rest(text, words, count))
        return None

    def mentioned(self, folded: str, language: str) -> Keyword | None:
        """Recognise the one flow whose keyword stands anywhere in the text, or nearly so at its beginning."""
        words = folded.split()
        long = [word for word in words if len(word) >= MENTION_LETTERS_MIN]
        inside = {self._one(self._keywords[word], language) for word in long if word in self._keywords}
        if len({found.flow for found in inside}) == 1:
            return next(iter(inside))
        if inside or not long or len(words) > 3:
            return None
        return self._near(folded, words[0], language)

    def keywords(self) -> Mapping[str, Mapping[str, str]]:
        """Give every folded keyword with its languages and their flows."""
        return self._keywords

    def words(self) -> Mapping[str, Word]:
        """Give every folded global word and language name."""
        return self._words

    def _one(self, found: Mapping[str, str], language: str) -> Keyword:
        tag = language if language in found else next(iter(found))
        return Keyword(found[tag], tag)

    def _near(self, folded: str, first: str, language: str) -> Keyword | None:
        best: dict[str, Keyword] = {}
        for keyword, found in self._keywords.items():
            if len(keyword) < MENTION_LETTERS_MIN:
                continue
            slips = 2 if len(keyword) > 7 else 1
            if min(OSA.distance(keyword, said, score_cutoff=slips) for said in (folded, first)) <= slips:
                near = self._one(found, language)
                best[near.flow] = near
        return next(iter(best.values())) if len(best) == 1 else None

    def _add_words(self, language: str, texts: Common) -> None:
        for name, words in texts.words.items():
            if name == PLEASE:
                self._please.update(part for word in words for part in spoken(word).split())
                continue
            for word in words:
                self._add_word(spoken(word), name, language, "")
        for tag, names in texts.languages.items():
            for name in names:
                self._add_word(spoken(name), "language", tag, tag)

    def _add_word(self, folded: str, name: str, language: str, value: str) -> None:
        known = self._words.get(folded)
        if known is None:
            self._words[folded] = Word(name, (language,), value)
        elif known.name == name and known.value == value and language not in known.languages:
            self._words[folded] = Word(name, (*known.languages, language), value)

    def _add_cry(self, cry: str, language: str) -> None:
        first = cry not in self._cries
        self._cries[cry] = (*self._cries.get(cry, ()), language)
        words = tuple(cry.split())
        if not first or cry.replace(" ", "").isdigit():
            return
        if cry.isascii():
            self._first_words.setdefault(words[0], []).append(words)
        else:
            self._syllables.append(cry)


def _rest(text: str, words: list[str], count: int) -> str:
    """Give the text after `count` folded words, as it was written where that can be told."""
    written = text.split()
    if spoken(" ".join(written[:count])) == " ".join(words[:count]):
        return " ".join(written[count:])
    return " ".join(words[count:])
