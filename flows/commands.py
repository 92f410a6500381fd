"""Commands: a word with a short code (YES 4F), or a word alone, which count whatever else is talked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from flows.model import Flow

CODE, NUMBER, WORD, WORDS = "code", "number", "word", "words"
KINDS = (CODE, NUMBER, WORD, WORDS)
"""What a command's word stands with: a code (4F), a number (3), nothing, or a few words of any kind."""

AFTER_MAX = 4
"""Words behind a command that are still no sentence of its own."""

NEAR_LETTERS_MIN = 4
"""A shorter command counts only as it is written."""

_NAMED = re.compile(
    r"(?P<before>\D*?) ?\(?(?P<number>\d{1,4}) ?-?(?P<letter>[a-z])?\)?(?:[ ,.!]+(?P<after>\D+))?"
)


@dataclass(frozen=True, slots=True)
class Command:
    """A flow's command that was recognised in `language`, with what it names: a code, words, or nothing."""

    flow: str
    language: str
    names: str = ""


class Commands:
    """Every flow's commands in every language.

    `fold` gives the spelling that texts are compared in; `please` are words that ask for nothing.
    """

    def __init__(self, flows: Iterable[Flow], fold: Callable[[str], str], please: Collection[str]) -> None:
        self._please = please
        self._known: dict[str, dict[str, dict[str, str]]] = {kind: {} for kind in KINDS}
        for flow in flows:
            for language, own in flow.texts.items() if flow.command else ():
                for word in own.commands:
                    self._known[flow.command].setdefault(fold(word), {})[language] = flow.name
        self._first_words = {command.partition(" ")[0] for command in self._known[WORDS]}

    def read(self, folded: str, language: str, *, alone: bool) -> Command | None:
        """Recognise a command that is a whole text; `alone`: also the word of one that usually has a code."""
        words = [word for word in folded.split() if word not in self._please]
        said = " ".join(words)
        return (
            self._named(said, language)
            or self._first(WORD, said, language)
            or self._with_words(words, language)
            or (self._first(CODE, said, language) if alone else None)
            or (self._first(NUMBER, said, language) if alone else None)
        )

    def _named(self, said: str, language: str) -> Command | None:
        match = _NAMED.fullmatch(said)
        if match is None:
            return None
        kind = CODE if match["letter"] else NUMBER
        names = f"{match['number']}{match['letter'] or ''}".upper()
        before, after = (match["before"] or "").strip(" ,.-"), (match["after"] or "").strip()
        if len(after.split()) > AFTER_MAX:
            return None
        return self._first(kind, before or after, language, names, near=True)

    def _with_words(self, words: Sequence[str], language: str) -> Command | None:
        if not words or words[0] not in self._first_words:
            return None
        for size in range(len(words), max(0, len(words) - AFTER_MAX - 1), -1):
            rest = " ".join(words[size:])
            found = self._first(WORDS, " ".join(words[:size]), language, rest)
            if found is not None:
                return found
        return None

    def _first(
        self, kind: str, said: str, language: str, names: str = "", *, near: bool = False
    ) -> Command | None:
        known = self._known[kind]
        found = known.get(said) or (known.get(_nearest(said, known)) if near else None)
        if not found:
            return None
        tag = language if language in found else next(iter(found))
        return Command(found[tag], tag, names)


def _nearest(said: str, known: Collection[str]) -> str:
    """Give the one command that `said` is a slip of the pen for, or an empty string."""
    if len(said) < NEAR_LETTERS_MIN:
        return ""
    near = [word for word in known if len(word) >= NEAR_LETTERS_MIN and OSA.distance(word, said) == 1]
    return near[0] if len(near) == 1 else ""
