"""Mistakes in a community's lists and in what other systems are given, said in the coordinator's language.

They are made in English, as the command line prints them. The English words of the page
(`texts/en/mistakes.toml`) are the patterns by which one is known again; what none fits stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from gateway.web.words import DEFAULT, catalogue, say

_FILES = ("mistakes.said.", "mistakes.refused.")
# What can stand in a place, where anything at all would let one mistake be taken for another.
_KINDS = {"column": "[a-z_]+", "line": "[0-9]+", "least": "[0-9]+", "most": "[0-9]+", "weekday": "[0-9]+"}
_WHERE = re.compile(r"(?P<file>[^,:]+)(?:, line (?P<line>[0-9]+))?: (?P<what>.*)", re.DOTALL)


def in_words(language: str, mistake: str) -> str:
    """Say a mistake in a language of the dashboard."""
    if language == DEFAULT:
        return mistake
    where = _WHERE.fullmatch(mistake)
    if where is None or known_as(mistake) is not None:
        return _said(language, mistake)
    what = _said(language, where["what"])
    if where["line"] is None:
        return say(language, "mistakes.in_file", file=where["file"], what=what)
    return say(language, "mistakes.at_line", file=where["file"], line=where["line"], what=what)


def known_as(what: str) -> tuple[str, Mapping[str, str]] | None:
    """Give the key of the words for a mistake, and what is filled in (None: nobody has written any)."""
    for key, pattern in _patterns():
        found = pattern.fullmatch(what)
        if found is not None:
            return key, found.groupdict()
    return None


def _said(language: str, what: str) -> str:
    known = known_as(what)
    return say(language, known[0], **known[1]) if known else what


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Give the patterns, those with the most words of their own first."""
    entries = [
        (key, entry)
        for key, entry in catalogue(DEFAULT).items()
        if key.startswith(_FILES) and isinstance(entry, str)
    ]
    entries.sort(key=lambda pair: -len(re.sub(r"{[a-z]+}", "", pair[1])))
    return [(key, re.compile(_pattern(entry), re.DOTALL)) for key, entry in entries]


def _pattern(entry: str) -> str:
    pieces = re.split(r"{([a-z]+)}", entry)
    return "".join(
        f"(?P<{piece}>{_KINDS.get(piece, '.+?')})" if place % 2 else re.escape(piece)
        for place, piece in enumerate(pieces)
    )
