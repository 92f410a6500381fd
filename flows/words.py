"""Words that work everywhere, in every language: global words, emergency words, thanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.answers.fold import fold
from flows.commands import Commands
from flows.danger import Danger
from flows.keywords import Keywords
from flows.model import Common, Flow

GLOBAL_WORDS = ("stop", "start", "help", "menu", "person", "back", "more", "language", "quit")
"""The global words each language has to name."""

INSIDE: Mapping[str, str] = {"person_wish": "person", "stop_wish": "stop"}
"""List what is said inside longer texts by those who mean a global word."""

PLEASE = "please"
"""Lists what may be said around a global word."""

THANKS = "thanks"
"""Lists how people thank: answered kindly where no question understands it."""

THANKS_WORDS_MAX = 9
"""A longer text does more than thank."""

SMALL = "small"
"""Lists the commonest small words of a language, by which it is told where others share its script."""

LISTS = (PLEASE, THANKS, SMALL, *INSIDE)
"""What each language lists besides its global words."""

SMALL_WORDS_MIN = 2
"""So many more small words than of any other language tell a language."""

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
    "stop_how": (),
}
"""The phrases the engine says in every language, and what fills them besides what fills every phrase."""

NOTICES: Mapping[str, tuple[str, ...]] = {
    "fault": (),
    "duty_emergency": ("who", "words"),
    "duty_again": ("who", "words"),
    "duty_taken": ("who", "by"),
    "duty_person": ("who", "words"),
    "duty_message": ("who", "words"),
    "duty_fault": ("who", "words"),
    "duty_incomplete": ("who", "words"),
    "duty_voicemail": ("who",),
    "duty_not_reached": ("who", "words"),
    "duty_webhook_failing": ("endpoint",),
    "duty_webhook_gone": ("endpoint",),
    "duty_webhook_healed": ("endpoint",),
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

    Its methods take texts as `spoken` gives them. `danger` knows the cries for help.
    """

    def __init__(self, common: Mapping[str, Common], flows: Iterable[Flow]) -> None:
        self._words: dict[str, Word] = {}
        self._inside: dict[tuple[str, ...], Word] = {}
        self._please: set[str] = set()
        self._thanks: dict[str, list[str]] = {}
        self._kind: set[str] = set()
        self._small: dict[str, frozenset[str]] = {}
        self._scripts: dict[str, str] = {}
        self.danger = Danger()
        for language, texts in common.items():
            self._add_words(language, texts)
            for word in texts.emergency:
                self.danger.add(spoken(word), language)
        known = tuple(flows)
        self.keywords = Keywords(known, spoken, frozenset(self._please), MENU)
        self.commands = Commands(known, spoken, frozenset(self._please))

    def word(self, folded: str) -> Word | None:
        """Recognise a global word or a language's own name, as the whole text (please and thanks aside)."""
        found = self._words.get(folded)
        if found is None and len(folded) < 60:
            kept = " ".join(word for word in folded.split() if word not in self._please)
            found = self._words.get(kept)
        return found

    def word_inside(self, folded: str) -> Word | None:
        """Recognise a wish for a person, or for no more texts, inside a longer text."""
        words = tuple(folded.split())
        for wish, word in self._inside.items():
            if any(words[at : at + len(wish)] == wish for at in range(len(words) - len(wish) + 1)):
                return word
        return None

    def emergency(self, folded: str, language: str) -> str:
        """Give the language of an emergency word in the text, `language` before others (empty: none)."""
        found = self.danger.languages(_PUNCTUATION.sub("", folded))
        return language if language in found else next(iter(found), "")

    def is_cry(self, folded: str) -> bool:
        """Tell whether a text is nothing but an emergency word."""
        return _PUNCTUATION.sub("", folded) in self.danger.cries

    def thanks(self, folded: str, language: str = "") -> str:
        """Give the language of a text that begins by thanking and is too short to do much else (or '').

        Of several languages that thank so it is `language`.
        """
        words = folded.split()
        if len(words) > THANKS_WORDS_MAX or any(map(str.isdigit, folded)):
            return ""
        begins = (" ".join(words[:size]) for size in range(len(words), 0, -1))
        found = next((self._thanks[phrase] for phrase in begins if phrase in self._thanks), [])
        return language if language in found else next(iter(found), "")

    def only_thanks(self, folded: str) -> bool:
        """Tell whether a text holds nothing but words that people thank with."""
        return bool(self.thanks(folded)) and self._kind.issuperset(folded.split())

    def language(self, folded: str) -> str:
        """Tell which language a text is written in, by its script or small words (empty: hard to tell)."""
        for letter in folded:
            if letter.isalpha() and not letter.isascii():
                return self._scripts.get(unicodedata.name(letter, "").partition(" ")[0], "")
        counts = {tag: sum(word in small for word in folded.split()) for tag, small in self._small.items()}
        (best, most), *others = sorted(counts.items(), key=lambda pair: -pair[1])
        return best if most - max((count for _, count in others), default=0) >= SMALL_WORDS_MIN else ""

    def words(self) -> Mapping[str, Word]:
        """Give every folded global word and language name."""
        return self._words

    def _add_words(self, language: str, texts: Common) -> None:
        for name, words in texts.words.items():
            if name == PLEASE:
                self._please.update(part for word in words for part in spoken(word).split())
                continue
            if name == THANKS:
                for word in words:
                    self._thanks.setdefault(spoken(word), []).append(language)
                self._kind.update(part for word in words for part in spoken(word).split())
                continue
            if name == SMALL:
                self._small[language] = frozenset(map(spoken, words))
                scripts = {unicodedata.name(letter).partition(" ")[0] for word in words for letter in word}
                self._scripts.update(dict.fromkeys(scripts - {"LATIN"}, language))
                continue
            if name in INSIDE:
                meant = Word(INSIDE[name], (language,))
                self._inside.update((tuple(spoken(word).split()), meant) for word in words)
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
