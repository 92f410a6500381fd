"""Choices in order of preference: "B, A, C", "2 1 3", "213", "chess then bingo".

The value is a list of `[key, label]`, the most wanted first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from flows.answers import words
from flows.answers.base import Answer, Choice, Question, Unclear, Understood
from flows.answers.choice import index, pick
from flows.answers.fold import clean, fold, without_signature
from flows.answers.lexicon import lexicon, plain
from flows.answers.matching import named_in
from flows.value import Json, Value

PIECES_AT_MOST = 40
"""Pieces of a text that are read."""

_SEPARATOR = re.compile(r"\s*(?:->|=>|[,;>/|→\n]|\.(?=\s))\s*")
_RUN = re.compile(r"[1-9]{2,9}")
_RANKED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[ .):=-]+(.*\D.*)")


class RankingType:
    """The answer type `ranking`. Option `partial`: not every choice need be ranked.

    Without it, one choice left out is the last.
    """

    name = "ranking"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand the question's choices in order, each at most once."""
        folded = fold(without_signature(clean(text[:2000])).replace("\n", ", "))
        order = _named(folded, question) or _in_pieces(folded, question)
        return order if isinstance(order, Unclear) else _complete(order, question)

    def grammar(self, question: Question) -> Sequence[str]:
        """Give every label, synonym and number, and the words between them."""
        said = lexicon(question.language).tables["grammar"]
        called = [name.lower() for choice in question.choices for name in (choice.label, *choice.also)]
        return [*called, *said["numbers"][1 : len(question.choices) + 1], *said["ranking"]]

    def keys(self, question: Question) -> Mapping[str, str]:
        """Take digits as they are: 213."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say the labels in order."""
        return ", ".join(words.label(pair) for pair in value.data) if isinstance(value.data, list) else ""

    def typical(self, question: Question) -> Value:
        """Give all choices in their own order."""
        return _value([choice.key for choice in question.choices], question)


def _named(folded: str, question: Question) -> list[str]:
    """Give the keys of choices named in order, if nothing else is said; [] otherwise."""
    found, rest = named_in(plain(folded), index(tuple(question.choices)))
    language = lexicon(question.language)
    between = _joints(language.language).sub(" ", rest)
    left = re.sub(r"[0-9>=|→&+]+", " ", language.without_fillers(" ".join(between.split()))).split()
    if not left and _only_ranks(rest):
        return found
    return []


def _only_ranks(rest: str) -> bool:
    """Tell whether the numbers that stand beside names are 1, 2, 3: ranks, not choices."""
    numbers = [int(digits) for digits in re.findall(r"[0-9]{1,4}", rest)]
    return numbers == list(range(1, len(numbers) + 1))


def _in_pieces(folded: str, question: Question) -> list[str] | Unclear:
    """Read a text piece by piece, each piece a choice by number, letter or name."""
    order: list[str] = []
    for piece in _pieces(folded, question):
        answer = pick(piece, question)
        if isinstance(answer, Unclear):
            return _unclear(answer, question)
        order.append(_key(answer.value))
    return order or _unclear(Unclear("unclear.choice"), question)


def _pieces(folded: str, question: Question) -> list[str]:
    count = len(question.choices)
    if _RUN.fullmatch(folded) and count < 10:
        return list(folded)
    if 1 < len(folded) <= count and _is_letters(folded, count):
        return list(folded)
    joined = _joints(lexicon(question.language).language).sub(",", folded)
    pieces = [piece for piece in _SEPARATOR.split(joined) if piece.strip()][:PIECES_AT_MOST]
    if len(pieces) == 1 and all(len(word.strip(".")) <= 2 for word in pieces[0].split()):
        pieces = pieces[0].split()
    ranked = [_RANKED.fullmatch(piece.strip()) for piece in pieces]
    if all(match and int(match[1]) == n for n, match in enumerate(ranked, 1)):
        pieces = [match[2] for match in ranked if match]
    return [piece.strip(" .-") for piece in pieces if piece.strip(" .-")]


def _is_letters(text: str, count: int) -> bool:
    places = [ord(character) - ord("a") for character in text]
    return all(0 <= place < count for place in places) and len(set(places)) == len(places)


@cache
def _joints(language: str) -> re.Pattern[str]:
    """Match the words that stand between ranked choices ("then", "and")."""
    phrases = sorted(lexicon(language).phrases("ranking", "then"), key=len, reverse=True)
    edge = r"(?<!\w)", r"(?!\w)"
    return re.compile(edge[0] + "(?:" + "|".join(map(re.escape, phrases)) + ")" + edge[1])


def _complete(order: Sequence[str], question: Question) -> Answer:
    """Refuse a choice ranked twice and choices left out; one left out is the last."""
    labels = {choice.key: choice.label for choice in question.choices}
    for key in order:
        if order.count(key) > 1:
            return Unclear("unclear.ranking.twice", {"choice": Value("text", labels[key])})
    missing = [key for key in labels if key not in order]
    if missing and not question.options.get("partial"):
        if len(missing) > 1:
            named = ", ".join(labels[key] for key in missing)
            return Unclear("unclear.ranking.missing", {"missing": Value("text", named)})
        order = [*order, *missing]
    return Understood(_value(order, question))


def _unclear(answer: Unclear, question: Question) -> Unclear:
    """Give a choice's reason as the ranking's own."""
    reason = answer.reason.replace("unclear.choice", "unclear.ranking")
    if reason == "unclear.ranking.between":
        return Unclear(reason, answer.values)
    return Unclear(reason, {"count": Value("number", len(question.choices))})


def _value(order: Sequence[str], question: Question) -> Value:
    choices: Mapping[str, Choice] = {choice.key: choice for choice in question.choices}
    pairs: list[Json] = [[key, choices[key].label] for key in order]
    return Value("ranking", pairs)


def _key(value: Value) -> str:
    pair = value.data
    return str(pair[0]) if isinstance(pair, list) else ""
