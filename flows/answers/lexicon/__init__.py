"""What people say, language by language: one TOML file each, folded and indexed once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from flows.answers.fold import fold

DEFAULT = "en"
"""The language whose words are used for a language that has no lexicon."""

LANGUAGES = ("en", "es", "ko")
"""The languages that have a lexicon."""

PHRASE_WORDS = 5
"""Words of the longest filler that is looked for."""


def plain(folded: str) -> str:
    """Give the form in which words are looked up: a folded text without apostrophes and punctuation."""
    return " ".join(folded.translate(_PUNCTUATION).split())


def key(text: str) -> str:
    """Fold a text and give the form in which words are looked up."""
    return plain(fold(text))


_PUNCTUATION = str.maketrans({"'": None} | dict.fromkeys(',.;:!?()"/-_', " "))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: its tables as written, and those that are looked up most."""

    language: str
    locale: str
    spaced: bool
    month_first: bool
    tables: Mapping[str, Any]
    fillers: frozenset[str]
    endings: tuple[str, ...]
    yes: frozenset[str]
    no: frozenset[str]
    hedges: frozenset[str]

    def phrases(self, table: str, entry: str) -> frozenset[str]:
        """Give a list of phrases, in the form in which they are looked up."""
        return _phrases(self.language, table, entry)

    def without_fillers(self, text: str) -> str:
        """Drop words that change nothing: polite words, articles, and endings that are not words."""
        if not self.spaced:
            return self._without_endings(text)
        words = text.split()
        kept: list[str] = []
        at = 0
        while at < len(words):
            for size in range(min(PHRASE_WORDS, len(words) - at), 0, -1):
                if " ".join(words[at : at + size]) in self.fillers:
                    at += size
                    break
            else:
                kept.append(words[at])
                at += 1
        return " ".join(kept)

    def _without_endings(self, text: str) -> str:
        text = " ".join(word for word in text.split() if word not in self.fillers)
        for ending in self.endings:
            if text.endswith(ending) and len(text) > len(ending):
                return text.removesuffix(ending).strip()
        return text


def _keys(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(key(phrase) for phrase in phrases)


@cache
def _phrases(language: str, table: str, entry: str) -> frozenset[str]:
    return _keys(_load(language).tables[table].get(entry, ()))


@cache
def _load(language: str) -> Lexicon:
    file = resources.files(__name__).joinpath(f"{language}.toml")
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    endings = sorted({fold(ending) for ending in tables["endings"]}, key=len, reverse=True)
    return Lexicon(
        language=language,
        locale=tables["locale"],
        spaced=tables["spaced"],
        month_first=tables["month_first"],
        tables=tables,
        fillers=_keys(tables["fillers"]),
        endings=tuple(endings),
        yes=_keys(tables["yes_no"]["yes"]),
        no=_keys(tables["yes_no"]["no"]),
        hedges=_keys(tables["yes_no"]["hedges"]),
    )


def lexicon(language: str) -> Lexicon:
    """Give the lexicon for a BCP 47 tag: its own, its main language's, or the default one."""
    main = language.partition("-")[0].lower()
    return _load(main if main in LANGUAGES else DEFAULT)
