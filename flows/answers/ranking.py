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
from flows.answers.numerals import in_digits
from flows.value import Json, Value

PIECES_AT_MOST = 40
"""Pieces of a text that are read."""

_SEPARATOR = re.compile(r"\s*(?:->|=>|[,;>/|→\n]|\.(?=\s))\s*")
_RUN = re.compile(r"[1-9]{2,9}")
_RANK = re.compile(r"(?:^|(?<=[\s,;>]))([0-9]{1,2})(?:st|nd|rd|th)?[ .):=-]+(?=[^\s0-9])")
_NUMBERS = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)?(?:[ ,.;>/-]+[0-9]{1,2}(?:st|nd|rd|th)?)+")


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
    found, rest = named_in(plain(folded), index(question.choices))
    language = lexicon(question.language)
    between = _words("ranks", language.language).sub(" ", _words("then", language.language).sub(" ", rest))
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
    lettered = _letters(folded, question)
    if lettered is not None:
        return lettered
    pieces = _pieces(folded, question)
    order = _picked(pieces, question)
    if isinstance(order, Unclear) and len(pieces) == 1 and " " in pieces[0]:
        by_word = _picked(pieces[0].split(), question)
        return order if isinstance(by_word, Unclear) else by_word
    return order


def _picked(pieces: Sequence[str], question: Question) -> list[str] | Unclear:
    order: list[str] = []
    for piece in pieces:
        answer = pick(piece, question)
        if isinstance(answer, Unclear):
            return _unclear(answer, question)
        order.append(_key(answer.value))
    return order or _unclear(Unclear("unclear.choice"), question)


def _pieces(folded: str, question: Question) -> list[str]:
    language = lexicon(question.language)
    joined = _words("then", language.language).sub(",", folded)
    digits = in_digits(joined, language.language)
    if _RUN.fullmatch(digits) and len(question.choices) < 10:
        return list(digits)
    if _NUMBERS.fullmatch(digits.strip(" ,")):
        return re.findall("[0-9]+", digits)
    parts = _RANK.split(joined)
    ranks = parts[1::2]
    if not parts[0].strip() and ranks and ranks == [str(n) for n in range(1, len(ranks) + 1)]:
        pieces = parts[2::2]
    else:
        pieces = _SEPARATOR.split(joined)
    return [stripped for piece in pieces if (stripped := piece.strip(" .,;>-"))][:PIECES_AT_MOST]


def _letters(folded: str, question: Question) -> list[str] | Unclear | None:
    """Read nothing but letters, "b, a, c" or "bac": places in the list, or how labels begin.

    Where both readings hold and differ, it is unclear; None where there is more than letters.
    """
    letters = re.sub(r"[\s,;>/.-]+", "", folded)
    apart = all(len(word) == 1 for word in re.split(r"[\s,;>/.-]+", folded) if word)
    if not (letters.isascii() and letters.isalpha()) or len(letters) > len(question.choices):
        return None
    if not apart and (len(set(letters)) < len(letters) or len(letters) < 2):
        return None
    keys = [choice.key for choice in question.choices]
    places = [ord(letter) - ord("a") for letter in letters]
    by_place = [keys[place] for place in places if place < len(keys)]
    begun = {letter: _begun(letter, question) for letter in letters}
    by_label = [begun[letter][0] for letter in letters if len(begun[letter]) == 1]
    readings = [order for order in (by_place, by_label) if len(order) == len(letters)]
    if not readings:
        return None
    if readings[0] != readings[-1]:
        labels = {choice.key: choice.label for choice in question.choices}
        first, second = next((a, b) for a, b in zip(*readings, strict=True) if a != b)
        values = {"first": Value("text", labels[first]), "second": Value("text", labels[second])}
        return Unclear("unclear.ranking.between", values)
    return readings[0]


def _begun(letter: str, question: Question) -> list[str]:
    return [choice.key for choice in question.choices if plain(fold(choice.label)).startswith(letter)]


@cache
def _words(entry: str, language: str) -> re.Pattern[str]:
    """Match words of the lexicon that stand beside ranked choices ("then", "first")."""
    phrases = sorted(lexicon(language).phrases("ranking", entry), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")


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
