"""Answers pressed on the keys of a telephone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from flows.answers import TYPES
from flows.answers.base import Answer, Question, Unclear
from flows.answers.fold import fold
from flows.value import Value

PERSON_KEY, BACK_KEY, REPEAT_KEY, MORE_KEY = "0", "9", "*", "8"
YES_KEY, NO_KEY = "1", "2"

OFFERED_AT_ONCE = 7
"""Places on one page of the list that keys choose from; the next key turns the page."""

LETTERS_MIN = 2
"""Keys of the shortest beginning of a place's name."""

DIGIT_TYPES = frozenset({"number", "date", "time", "phone", "pin", "ranking"})
"""Answer types whose digits go in as they are."""

_LETTERS = {
    "2": "abc",
    "3": "def",
    "4": "ghi",
    "5": "jkl",
    "6": "mno",
    "7": "pqrs",
    "8": "tuv",
    "9": "wxyz",
}
_KEY_OF = {letter: key for key, letters in _LETTERS.items() for letter in letters}


def understand(keys: str, kind: str, question: Question) -> Answer:
    """Understand an entry of keys as an answer of type `kind`; places are understood by `places_spelt`."""
    keymap = TYPES[kind].keys(question)
    if keymap:
        return TYPES[kind].parse(keymap[keys], question) if keys in keymap else _unclear(kind, question)
    if kind not in DIGIT_TYPES or not keys.isdigit():
        return _unclear(kind, question)
    if kind == "time" and len(keys) == 1 and keys == PERSON_KEY:  # midnight is 0000
        return Unclear("unclear.time")
    return TYPES[kind].parse(keys, question)


def _unclear(kind: str, question: Question) -> Unclear:
    """Give the reason the type itself gives for what it cannot understand at all."""
    answer = TYPES[kind].parse("", question)
    return answer if isinstance(answer, Unclear) else Unclear(f"unclear.{kind}")


def places_spelt(keys: str, question: Question) -> tuple[Value, ...]:
    """Give the places with a name that begins with the letters on these keys."""
    if len(keys) < LETTERS_MIN:
        return ()
    return tuple(
        place
        for place in all_places(question)
        if any(name.startswith(keys) for name in _names_in_keys(place, question))
    )


def all_places(question: Question) -> tuple[Value, ...]:
    """Give every place there is, as values, in the gazetteer's order."""
    keys = dict.fromkeys(question.places.names(question.language).values())
    return tuple(Value("place", [key, question.places.label(key)]) for key in keys)


def _names_in_keys(place: Value, question: Question) -> Mapping[str, None]:
    key, label = place.data if isinstance(place.data, list) else ("", "")
    names = [
        str(label),
        *(name for name, of in question.places.names(question.language).items() if of == key),
    ]
    return dict.fromkeys(_in_keys(name) for name in names)


def _in_keys(name: str) -> str:
    """Give the keys that spell a name; what is on no key is left out."""
    plain = unicodedata.normalize("NFD", fold(name))
    return "".join(character if character.isdigit() else _KEY_OF.get(character, "") for character in plain)
