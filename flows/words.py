"""Words that work everywhere, in every language: global words, emergency words, thanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.answers.fold import fold
from flows.keywords import Keywords
from flows.model import Common, Flow

GLOBAL_WORDS = ("stop", "start", "help", "menu", "person", "back", "more", "language", "quit")
"""The global words each language has to name."""

PLEASE = "please"
"""Lists what may be said around a global word."""

THANKS = "thanks"
"""Lists how people thank: answered kindly where no question understands it."""

THANKS_WORDS_MAX = 9
"""A longer text does more than thank."""

MENU = "menu"
"""The flow that answers whatever nothing else does; every library has one."""

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
    "left": (),
    "welcome": (),
    "unsure": (),
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

_PUNCTUATION = re.compile(r"[,.!?;:¡¿…]+(?=\s)|(?<=\s)[¡¿]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A global word that was recognised; `value` is the language tag when a language was named."""

    name: str
    languages: tuple[str, ...]
    value: str = ""


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
        self._thanks: set[str] = set()
        self._cries: dict[str, tuple[str, ...]] = {}
        self._first_words: dict[str, list[tuple[str, ...]]] = {}
        self._syllables: list[str] = []
        for language, texts in common.items():
            self._add_words(language, texts)
            for word in texts.emergency:
                self._add_cry(spoken(word), language)
        self.keywords = Keywords(flows, spoken, frozenset(self._please), MENU)

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

    def is_cry(self, folded: str) -> bool:
        """Tell whether a text is nothing but an emergency word."""
        return _PUNCTUATION.sub("", folded) in self._cries

    def thanks(self, folded: str) -> bool:
        """Tell whether a text begins by thanking and is short enough to do nothing else."""
        words = folded.split()
        if len(words) > THANKS_WORDS_MAX:
            return False
        return any(" ".join(words[:size]) in self._thanks for size in range(1, len(words) + 1))

    def words(self) -> Mapping[str, Word]:
        """Give every folded global word and language name."""
        return self._words

    def _add_words(self, language: str, texts: Common) -> None:
        for name, words in texts.words.items():
            if name == PLEASE:
                self._please.update(part for word in words for part in spoken(word).split())
                continue
            if name == THANKS:
                self._thanks.update(spoken(word) for word in words)
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
