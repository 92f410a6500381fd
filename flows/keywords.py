"""Keywords: the words that start a flow, at the beginning of a text or somewhere in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from flows.model import Flow

MENTION_LETTERS_MIN = 4
"""A single keyword shorter than this counts only at the beginning of a text, and only as it is written."""

MENTION_SYLLABLES_MIN = 2
"""The same for a script that writes syllables."""

MISSPELT_WORDS_MAX = 3
"""In a longer text only letters that changed places are taken for a slip of a keyword."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A flow's keyword that was recognised, and the words meant for the flow as they were written."""

    flow: str
    language: str
    argument: str = ""


class Keywords:
    """Every flow's keywords in every language.

    `fold` gives the spelling that texts are compared in; `please` are words that ask for nothing;
    `greetings` is the flow whose keywords may stand before any other and never count besides one.
    """

    def __init__(
        self,
        flows: Iterable[Flow],
        fold: Callable[[str], str],
        please: Collection[str],
        greetings: str,
    ) -> None:
        self._fold = fold
        self._please = please
        self._greetings = greetings
        self.known: dict[str, dict[str, str]] = {}
        for flow in flows:
            for language, own in flow.texts.items():
                for keyword in own.keywords:
                    self.known.setdefault(fold(keyword), {})[language] = flow.name
        self._longest = max((len(keyword.split()) for keyword in self.known), default=0)
        self._shuffled = {"".join(sorted(keyword)): keyword for keyword in self.known if self._long(keyword)}

    def first(self, text: str, folded: str, language: str) -> Keyword | None:
        """Recognise the keyword a text begins with, greetings aside; the rest of the text is its argument."""
        words = folded.split()
        at = 0
        greeting: Keyword | None = None
        while at < len(words):
            found, size = self._at(words, at, language)
            if found is None and words[at] in self._please:
                at += 1
                continue
            if found is None:
                break
            at += size
            if found.flow != self._greetings:
                return Keyword(found.flow, found.language, self._rest(text, words, at))
            greeting = greeting or found
        if greeting is None:
            return None
        return Keyword(greeting.flow, greeting.language, self._rest(text, words, at))

    def mentioned(self, text: str, folded: str, language: str) -> Keyword | None:
        """Recognise the one flow whose keyword stands anywhere in a text; the whole text is its argument.

        Where none does, a slip of the pen may stand for one.
        """
        words = folded.split()
        inside = self._inside(words, language)
        if not inside:
            near = self._near(words, language)
            return Keyword(near.flow, near.language, text if len(words) > 1 else "") if near else None
        flows = {found.flow for found in inside} - {self._greetings} or {self._greetings}
        if len(flows) > 1:
            return None
        found = next(found for found in inside if found.flow in flows)
        return Keyword(found.flow, found.language, text)

    def _at(self, words: Sequence[str], at: int, language: str) -> tuple[Keyword | None, int]:
        for size in range(min(self._longest, len(words) - at), 0, -1):
            found = self.known.get(" ".join(words[at : at + size]))
            if found:
                return _one(found, language), size
        return None, 0

    def _inside(self, words: Sequence[str], language: str) -> list[Keyword]:
        """Give the keywords in a text, the longest first of those that overlap."""
        found: list[Keyword] = []
        at = 0
        while at < len(words):
            keyword, size = self._at(words, at, language)
            if keyword is None and not words[at].isascii():
                keyword, size = self._within(words[at], language), 1
            elif keyword is not None and size == 1 and not self._long(words[at]):
                keyword = None
            if keyword is not None:
                found.append(keyword)
            at += size or 1
        return found

    def _within(self, word: str, language: str) -> Keyword | None:
        """Find a keyword inside a word: Korean joins particles to nouns."""
        inside = [keyword for keyword in self.known if self._long(keyword) and keyword in word]
        return _one(self.known[max(inside, key=len)], language) if inside else None

    def _near(self, words: Sequence[str], language: str) -> Keyword | None:
        few = len(words) <= MISSPELT_WORDS_MAX
        lost_a_letter = few and bool(words) and len(words[0]) == MENTION_LETTERS_MIN - 1
        if not lost_a_letter and not any(self._long(word) for word in words):
            return None
        if not few:
            slips = [self._shuffled.get("".join(sorted(word))) for word in words if self._long(word)]
            near = {keyword for keyword in slips if keyword}
        else:
            near = self._misspelt((" ".join(words), words[0]))
        flows = {found.flow: found for keyword in near if (found := _one(self.known[keyword], language))}
        return next(iter(flows.values())) if len(flows) == 1 else None

    def _misspelt(self, said: Sequence[str]) -> set[str]:
        near: set[str] = set()
        for keyword in self.known:
            slips = 2 if len(keyword) > 7 else 1
            if (
                self._long(keyword)
                and min(OSA.distance(keyword, words, score_cutoff=slips) for words in said) <= slips
            ):
                near.add(keyword)
        return near

    @staticmethod
    def _long(word: str) -> bool:
        return len(word) >= (MENTION_LETTERS_MIN if word.isascii() else MENTION_SYLLABLES_MIN)

    def _rest(self, text: str, words: Sequence[str], count: int) -> str:
        """Give the text after `count` folded words, as it was written where that can be told."""
        if all(word in self._please for word in words[count:]):
            return ""
        written = text.split()
        if self._fold(" ".join(written[:count])) == " ".join(words[:count]):
            return " ".join(written[count:])
        return " ".join(words[count:])


def _one(found: Mapping[str, str], language: str) -> Keyword:
    tag = language if language in found else next(iter(found))
    return Keyword(found[tag], tag)
