"""Several answers in one text: each is taken if it is plain what it is, and asked for if it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from flows.answers import TYPES
from flows.answers.base import Choice, Question, Understood
from flows.answers.choice import index, value_of
from flows.answers.date import TAGS as DAY_TAGS
from flows.answers.lexicon import key, lexicon
from flows.answers.matching import Names, named_in
from flows.answers.scan import scanner, tags_of
from flows.answers.time import TAGS as TIME_TAGS
from flows.model import MARKED, Ask
from flows.value import Value
from flows.words import spoken

FACT_TYPES = frozenset({"place", "date", "time", "choice"})
"""Answer types that can be told from the words around them."""

MOMENTS = frozenset({"date", "time"})
"""Those of them that say when."""

NAME_LETTERS_MIN = 4
"""A choice is found inside a text by names this long only: "me" stands in too many sentences."""

_JOINT = "\ue000"
_POINT = "\ue001"
_SOMEWHERE = "x"
_CLOCK = re.compile("(?<=[0-9])[.:](?=[0-9]{2}(?![0-9]))")
_DOTTED = re.compile(r"\b[0-9]{1,2}[.][0-9]{2}\b")
_NUMBERS = re.compile("[0-9]+")
_LAST_NUMBER = re.compile(r" ([0-9]{1,2})$")
_TIME = re.compile("[nPSHQw]")  # "mañana" is more likely a day
_DAY = re.compile("[RWM]|no|nd|n[/-]n|u")

MISSPELT_WORDS = 4
"""Words after a mark that are tried as a misspelt name."""

MOMENT_WORDS = 5
"""Words after a mark that may make up a day or a time: "half past two in the afternoon"."""

CORRECTION_WORDS = 12
"""Words of the longest text in which one of two days or times is looked for."""

Asked = Sequence[tuple[Ask, Question]]
"""Questions a text may answer, in the order in which an unmarked answer is meant for them."""

Marks = Mapping[str, tuple[str, ...]]
"""By the answer's name: the words that stand before or after it, with an ellipsis in its place."""

Before = Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]
"""Marks that stand before an answer, by their first word: the answer's name and all words, the most first."""

After = Sequence[tuple[str, str]]
"""Marks that stand after an answer, joined to it: the answer's name and the ending, the longest first."""


def facts(text: str, asked: Asked, marks: Marks, unmarked: Iterable[str]) -> dict[str, Value]:
    """Give, by name, the answers to `asked` that a text holds.

    An answer with marks counts where one of them stands; without any, it counts for the first of the
    names `unmarked` that no mark has given (days and times aside). A day or a time that has marks counts
    at them alone, and is no other's ("at ten, back at two").
    """
    folded = spoken(text)
    if not any(letter.isalpha() for letter in folded):
        return {}
    with_marks = [(ask, question) for ask, question in asked if ask.name in marks]
    found = _marked(_joined(folded, asked).split(), with_marks, marks, unmarked) if with_marks else {}
    rest = _without_marked_moments(folded, with_marks, marks)
    for ask, question in asked:
        if ask.type == "choice":
            value, rest = _chosen(rest, question)
            if value:
                found[ask.name] = value
        elif ask.type == "place":
            rest = _without_places(rest, question, marks.get(ask.name, ()))
    if set(rest.split()) <= {_SOMEWHERE}:
        return found
    day: Value | None = None
    for ask, question in asked:
        if ask.type not in MOMENTS or ask.name in marks:
            continue
        value = of_moment(rest, ask, question)
        if value is None and ask.type == "time" and day is not None:
            value = _bare_hour(rest, day, ask, question)
        if value is not None:
            found[ask.name] = value
        if ask.type == "date":
            day = value
    return found


def _without_marked_moments(folded: str, asked: Asked, marks: Marks) -> str:
    """Leave out the days and times that stand at their marks, and the marks themselves."""
    words = folded.split()
    for ask, question in asked:
        if ask.type not in MOMENTS:
            continue
        before = _marks_before(((ask.name, marks[ask.name]),))
        at = 0
        while at < len(words):
            name, size = _mark_before(words, at, before)
            end = _moment_ends(words, at + size, ask, question) if name else at
            del words[at:end]
            at += end == at
    return " ".join(words)


def _moment_ends(words: Sequence[str], begins: int, ask: Ask, question: Question) -> int:
    """Give where the day or time that begins at a word is over (that very place: there is none)."""
    values = {
        end: _whole(" ".join(words[begins:end]), ask, question)
        for end in range(begins + 1, min(len(words), begins + MOMENT_WORDS) + 1)
    }
    said = [value for value in values.values() if value]
    return next((end for end, value in values.items() if value and value == said[-1]), begins)


def _bare_hour(rest: str, day: Value, ask: Ask, question: Question) -> Value | None:
    """Take a number that ends a text and does not belong to its day for an hour: "tomorrow 11"."""
    match = _LAST_NUMBER.search(rest)
    if match is None or len(_NUMBERS.findall(rest)) > 1 or int(match[1]) == int(str(day.data)[-2:]):
        return None
    before = of_moment(rest[: match.start()], Ask("date"), replace(question, options={}))
    return _whole(match[1], ask, question) if before == day else None


def _joined(folded: str, asked: Asked) -> str:
    """Join the words of each place's name, for a mark within it ("calle del molino") marks nothing."""
    for ask, question in asked:
        if ask.type == "place":
            several = _several_words(tuple(question.places.names(question.language)))
            return several.sub(lambda name: name[0].replace(" ", _JOINT), folded) if several else folded
    return folded


@lru_cache(maxsize=8)
def _several_words(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Find the names of several words in a text (None: there are none)."""
    several = sorted((name for name in names if " " in name), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, several))})") if several else None


def _marked(words: Sequence[str], asked: Asked, marks: Marks, unmarked: Iterable[str]) -> dict[str, Value]:
    """Give the answers that stand at marks, and the one that stands at none."""
    found: dict[str, Value] = {}
    wanted = tuple((ask.name, marks[ask.name]) for ask, _ in asked)
    pieces, left = _pieces(words, _marks_before(wanted), _marks_after(wanted))
    for ask, question in asked:
        values = [value for piece in pieces.get(ask.name, ()) if (value := _after_mark(piece, ask, question))]
        if values and values.count(values[0]) == len(values):
            found[ask.name] = values[0]
    first = next(((ask, q) for ask, q in asked if ask.name not in found and ask.type not in MOMENTS), None)
    if first and first[0].name in unmarked:
        value = _whole(left, *first)
        if value and value not in found.values():
            found[first[0].name] = value
    return found


def corrections(text: str, asked: Asked, marks: Marks, held: Mapping[str, Value]) -> dict[str, Value]:
    """Give the answers in a text that differ from those held; of two days or times the one not held."""
    words = spoken(text).split()
    found = facts(text, asked, marks, ())
    if len(words) <= CORRECTION_WORDS:
        for ask, question in asked:
            if ask.type in MOMENTS and ask.name in held and ask.name not in found:
                value = _other(words, ask, question, held[ask.name])
                if value:
                    found[ask.name] = value
    return {name: value for name, value in found.items() if name in held and not _same(value, held[name])}


def _same(one: Value, other: Value) -> bool:
    """Compare what was meant: a choice or a place by its key, for labels follow the language."""
    a, b = one.data, other.data
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str) and a and b:
        return a[0] == b[0]
    return a == b


def _whole(body: str, ask: Ask, question: Question) -> Value | None:
    answer = TYPES[ask.type].parse(body.replace(_JOINT, " "), question) if body else None
    return answer.value if isinstance(answer, Understood) else None


def of_moment(body: str, ask: Ask, question: Question) -> Value | None:
    """Understand a day or a time in a folded text; a bare number, or 10.30, is a time there and no day."""
    known, said = (TIME_TAGS, _TIME) if ask.type == "time" else (DAY_TAGS, _DAY)
    body = body if ask.type == "time" else _DOTTED.sub(" ", body)
    tags = tags_of(scanner(lexicon(question.language).language, ask.type, known).scan(body))
    return _whole(body, ask, question) if said.search(tags) else None


def _after_mark(piece: str, ask: Ask, question: Question) -> Value | None:
    """Understand what stands at a mark; words around a misspelt name are tried without."""
    value = _whole(piece, ask, question)
    words = piece.split()
    for count in range(min(MISSPELT_WORDS, len(words) - 1), 0, -1):
        value = value or _whole(" ".join(words[:count]), ask, question)
    if value is None and len(words) > 1:
        value = _whole(words[1], ask, question)
    return value


def _other(words: Sequence[str], ask: Ask, question: Question, held: Value) -> Value | None:
    """Find the day or time a text names beside the one held: "not Tuesday, Wednesday"."""
    pieces = [
        " ".join(words[at : at + size])
        for size in range(len(words) - 1, 0, -1)
        for at in range(len(words) - size + 1)
    ]
    named = [of_moment(piece, ask, question) for piece in pieces if not piece.isdigit()]
    if held not in named:
        return None
    return next((value for value in named if value and value != held), None)


def _chosen(folded: str, question: Question) -> tuple[Value | None, str]:
    """Find the one choice whose name stands in a text, and what is left of the text without it."""
    named, rest = named_in(key(_CLOCK.sub(_POINT, folded)), _long_index(question.choices))
    if len(set(named)) != 1:
        return None, folded
    chosen = next(choice for choice in question.choices if choice.key == named[0])
    return value_of(chosen), rest.replace(_POINT, ".")


@lru_cache(maxsize=64)
def _long_index(choices: tuple[Choice, ...]) -> Names:
    return index(tuple(map(_long_names, choices)))


def _long_names(choice: Choice) -> Choice:
    label, *also = (
        name if not name.isascii() or len(name) >= NAME_LETTERS_MIN else ""
        for name in (choice.label, *choice.also)
    )
    return Choice(choice.key, label, tuple(also))


def _without_places(folded: str, question: Question, marks: Sequence[str]) -> str:
    """Leave out places with their house numbers, which would be taken for hours, and with their endings.

    A word stands for each: in "a la iglesia el 3 de abril" no "a la" may come before the 3.
    """
    names = tuple(question.places.names(question.language))
    if not names:
        return folded
    return " ".join(_pattern(names, tuple(marks)).sub(f" {_SOMEWHERE} ", folded).split())


@lru_cache(maxsize=16)
def _pattern(names: tuple[str, ...], marks: tuple[str, ...]) -> re.Pattern[str]:
    endings = (mark.removeprefix(MARKED) for mark in marks if mark.startswith(MARKED))
    longest_first = sorted(names, key=len, reverse=True)
    either, ending = ("|".join(map(re.escape, words)) for words in (longest_first, endings))
    return re.compile(rf"(?:\b\d+[a-z]? )?(?:\b|(?<=\d))(?:{either})(?:{ending})?(?:\b|(?=\d))")


def _pieces(words: Sequence[str], before: Before, after: After) -> tuple[dict[str, list[str]], str]:
    """Cut a text at the marks: what each of them marks, and what stands at none."""
    pieces: dict[str, list[str]] = {}
    left: list[str] = []
    open_mark = ""
    run: list[str] = []
    at = 0
    while at < len(words):
        name, size = _mark_before(words, at, before)
        if name:
            _close(pieces, left, open_mark, run)
            open_mark, run, at = name, [], at + size
            continue
        name, bare = _mark_after(words[at], after)
        if name:
            pieces.setdefault(name, []).append(" ".join((*run, bare)))
            open_mark, run = "", []
        else:
            run.append(words[at])
        at += 1
    _close(pieces, left, open_mark, run)
    return pieces, " ".join(left)


def _close(pieces: dict[str, list[str]], left: list[str], mark: str, run: Sequence[str]) -> None:
    if mark:
        pieces.setdefault(mark, []).append(" ".join(run))
    else:
        left.extend(run)


def _mark_before(words: Sequence[str], at: int, marks: Before) -> tuple[str, int]:
    """Give the answer marked by the words at a place, and how many those are; the most win."""
    for name, before in marks.get(words[at], ()):
        if tuple(words[at : at + len(before)]) == before:
            return name, len(before)
    return "", 0


@lru_cache(maxsize=64)
def _marks_before(marks: tuple[tuple[str, tuple[str, ...]], ...]) -> Before:
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name, patterns in marks:
        for pattern in patterns:
            before = tuple(pattern.removesuffix(MARKED).split()) if pattern.endswith(MARKED) else ()
            if before:
                found.setdefault(before[0], []).append((name, before))
    for those in found.values():
        those.sort(key=lambda mark: len(mark[1]), reverse=True)
    return found


def _mark_after(word: str, marks: After) -> tuple[str, str]:
    """Give the answer marked by a word's ending (particles in Korean), and the word without it."""
    for name, ending in marks:
        if word != ending and word.endswith(ending):
            return name, word.removesuffix(ending)
    return "", word


@lru_cache(maxsize=64)
def _marks_after(marks: tuple[tuple[str, tuple[str, ...]], ...]) -> After:
    found = [
        (name, ending)
        for name, patterns in marks
        for pattern in patterns
        if pattern.startswith(MARKED) and (ending := pattern.removeprefix(MARKED))
    ]
    return sorted(found, key=lambda mark: len(mark[1]), reverse=True)
