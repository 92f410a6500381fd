"""Read a text as a row of tokens: words a type knows, numbers, and the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from flows.answers.lexicon import key, lexicon

UNKNOWN = "X"
"""Tag of a word that is not known."""

NUMBER = "n"
"""Tag of a run of digits."""

ATOMS_AT_MOST = 80
"""Words of a text that are read."""

NEAR = 82
"""How alike (0 to 100) an unknown word must be to a known one to be read as it."""

GUESSES = 8
"""Unknown words of one text that are compared with the known ones."""

_ATOMS = re.compile(r"[0-9]+|[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]|[^\W\d_]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: a one-letter tag, its number, and how it was written."""

    tag: str
    value: int
    written: str


class Scanner:
    """Reads tokens greedily, the longest known phrase first. Tags are given by `tags`, a map
    from the lexicon's table names to letters; the tag of a lone punctuation mark is itself."""

    def __init__(self, tables: Mapping[str, Mapping[str, list[str]]], tags: Mapping[str, str]) -> None:
        self._phrases: dict[tuple[str, ...], tuple[str, int]] = {}
        for table, tag in tags.items():
            for number, phrases in tables.get(table, {}).items():
                for phrase in phrases:
                    self._phrases[tuple(_ATOMS.findall(key(phrase)))] = (tag, int(number))
        self._longest = max(map(len, self._phrases))
        self._words = [atoms[0] for atoms in self._phrases if len(atoms) == 1 and len(atoms[0]) > 3]

    def scan(self, text: str) -> list[Token]:
        """Give the tokens of a folded text, at most `ATOMS_AT_MOST`."""
        atoms = _ATOMS.findall(text.replace("'", "")[:600])[:ATOMS_AT_MOST]
        tokens: list[Token] = []
        at = guesses = 0
        while at < len(atoms):
            size, found = self._longest_phrase(atoms, at)
            word = atoms[at]
            if found:
                tokens.append(Token(found[0], found[1], " ".join(atoms[at : at + size])))
            elif word[0].isdigit():
                tokens.append(Token(NUMBER, int(word[:9]), word))
            elif word[0].isalpha():
                guess = self._guess(word) if guesses < GUESSES else None
                guesses += 1
                tag, value = guess or (UNKNOWN, 0)
                tokens.append(Token(tag, value, word))
            else:
                tokens.append(Token(word if word.isascii() else UNKNOWN, 0, word))
            at += size
        return tokens

    def _longest_phrase(self, atoms: list[str], at: int) -> tuple[int, tuple[str, int] | None]:
        for size in range(min(self._longest, len(atoms) - at), 0, -1):
            found = self._phrases.get(tuple(atoms[at : at + size]))
            if found:
                return size, found
        return 1, None

    def _guess(self, word: str) -> tuple[str, int] | None:
        if len(word) < 4:
            return None
        near = process.extractOne(word, self._words, scorer=fuzz.ratio, score_cutoff=NEAR)
        return self._phrases[(near[0],)] if near else None


@cache
def scanner(language: str, table: str, tags: tuple[tuple[str, str], ...]) -> Scanner:
    """Give the scanner of one type in one language, built once."""
    return Scanner(lexicon(language).tables[table], dict(tags))


def tags_of(tokens: list[Token]) -> str:
    """Give the tags of tokens as one string, a letter each, for patterns to be matched on."""
    return "".join(token.tag for token in tokens)
