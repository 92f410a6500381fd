"""Find which of several named things a text means: by name, by part of a name, by near spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from flows.answers.lexicon import key

NEAR = 78
"""How alike (0 to 100) a text must be to a name to be taken for a slip of it."""

MARGIN = 9
"""Two names whose likeness differs by less cannot be told apart."""

SHORTEST = 4
"""Letters of the shortest name or text that may be misspelt, and of the shortest part of a word."""

LONGEST = 120
"""Characters of a text in which names are looked for."""

_WORD = re.compile(r"[0-9]+|[^\W0-9_]+|[^\w\s]")
_GONE = "\x00"
_HANGUL = re.compile("[\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called: every name with its thing, and every word of a name with its things.

    `longest_first` gives each name as it stands in a text, itself, and its thing; `apart` tells that
    all of them stand apart from other words.
    """

    things: dict[str, str]
    words: dict[str, tuple[str, ...]]
    longest_first: tuple[tuple[str, str, str], ...]
    apart: bool


def names(pairs: Iterable[tuple[str, str]]) -> Names:
    """Index (name, thing) pairs; of two things with one name the first has it."""
    things: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for name, thing in pairs:
        name = key(name)
        if not name:
            continue
        things.setdefault(name, thing)
        for word in dict.fromkeys((*name.split(), *_words(name))):
            if thing not in words.get(word, ()):
                words[word] = (*words.get(word, ()), thing)
    ordered = sorted(things, key=len, reverse=True)
    standing = tuple((_standing(name), name, things[name]) for name in ordered)
    return Names(things, words, standing, all(stands != name for stands, name, _ in standing))


def _standing(name: str) -> str:
    """Give a name as it stands in a text: as a whole word, but Korean joins particles to nouns."""
    return name if len(name) > 1 and _HANGUL.search(name) else f" {name} "


def matches(text: str, among: Names) -> tuple[str, ...]:
    """Give the things a text may mean: none, one, or several that it does not tell apart.

    `text` is in the form of `lexicon.key`.
    """
    exact = among.things.get(text)
    if exact is not None:
        return (exact,)
    text = text[:LONGEST]
    return (
        _distinct(named_in(text, among)[0])
        or _by_words(text.split(), among)
        or _by_words(_words(text), among)
        or _nearly(text, among)
    )


def named_in(text: str, among: Names) -> tuple[list[str], str]:
    """Give the things whose names stand in the text as whole words, in order, and what is left of it.

    A name within a longer one does not count.
    """
    said = text.split()
    if among.apart and among.words.keys().isdisjoint(said):  # as in nearly every text
        return [], " ".join(said)
    found: list[tuple[int, str]] = []
    rest = f" {text} "
    for wanted, name, thing in among.longest_first:
        at = rest.find(wanted)
        while at >= 0:
            found.append((at, thing))
            rest = rest[:at] + wanted.replace(name, _GONE * len(name)) + rest[at + len(wanted) :]
            at = rest.find(wanted)
    return [thing for _, thing in sorted(found)], " ".join(rest.replace(_GONE, " ").split())


def _by_words(said: Sequence[str], among: Names) -> tuple[str, ...]:
    """Take a text all of whose words are words, or beginnings of words, of a name."""
    common: list[str] | None = None
    for word in said:
        things = among.words.get(word) or _beginning(word, among)
        common = [thing for thing in things if common is None or thing in common]
        if not common:
            return ()
    return tuple(common or ())


def _words(text: str) -> list[str]:
    """Give the words of a text, numbers by themselves: "4pm" is two."""
    return _WORD.findall(text)


def _beginning(word: str, among: Names) -> tuple[str, ...]:
    if len(word) < SHORTEST:
        return ()
    return _distinct(t for known, things in among.words.items() if known.startswith(word) for t in things)


def _nearly(text: str, among: Names) -> tuple[str, ...]:
    if len(text) < SHORTEST:
        return ()
    scores: dict[str, float] = {}
    for name, score in _likenesses(text, list(among.things)):
        _keep_best(scores, [among.things[name]], score)
    if " " not in text:
        for word, score in _likenesses(text, list(among.words)):
            _keep_best(scores, among.words[word], score)
    best = max(scores.values(), default=0)
    return tuple(thing for thing, score in scores.items() if score > best - MARGIN)


def _likenesses(text: str, known: Sequence[str]) -> Iterable[tuple[str, float]]:
    found = process.extract(text, known, scorer=fuzz.ratio, score_cutoff=NEAR, limit=9)
    return ((name, score) for name, score, _ in found if len(name) >= SHORTEST)


def _keep_best(scores: dict[str, float], things: Sequence[str], score: float) -> None:
    for thing in things:
        scores[thing] = max(score, scores.get(thing, 0))


def _distinct(things: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(things))
