"""Questions for tests of answers: a village of a few places and an injected clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.answers import TYPES
from flows.answers.base import Choice, Question, Unclear, Understood
from flows.answers.fold import fold
from flows.value import Json, Value

LONDON = ZoneInfo("Europe/London")
WEDNESDAY_NOON = datetime(2026, 3, 4, 12, 7, tzinfo=LONDON)

CHOICES = (
    Choice("bingo", "Bingo", ("game night",)),
    Choice("chess", "Chess"),
    Choice("tea", "Tea and cake", ("cake",)),
    Choice("walk", "Walking group"),
)

NAMES = {
    "Ashby Surgery": "surgery",
    "the docs": "surgery",
    "Castle Surgery": "castle",
    "Market Place": "market",
    "town": "market",
    "Tesco": "tesco",
    "St. Mary's Church": "church",
    "Centro de día": "day_centre",
    "보건소": "health",
    "시장": "bazaar",
}


class Village:
    """A gazetteer of a few places."""

    def __init__(self, names: Mapping[str, str] = NAMES) -> None:
        self._names = {fold(name): key for name, key in names.items()}
        self._labels = {key: name for name, key in reversed(list(names.items()))}

    def names(self, language: str) -> Mapping[str, str]:
        return self._names

    def label(self, key: str) -> str:
        return self._labels[key]


def question(
    language: str = "en",
    now: datetime = WEDNESDAY_NOON,
    choices: tuple[Choice, ...] = CHOICES,
    region: str = "",
    **options: Json,
) -> Question:
    """Make a question asked in a language at a moment."""
    region = region or {"es": "ES", "ko": "KR"}.get(language, "GB")
    return Question(language, now, region, Village(), options, choices)


def understood(type_name: str, text: str, asked: Question) -> Json:
    """Give what the text was understood as; fails where it was unclear."""
    answer = TYPES[type_name].parse(text, asked)
    assert isinstance(answer, Understood), f"{text!r} was unclear: {answer}"
    assert answer.value.type == type_name
    return answer.value.data


def unclear(type_name: str, text: str, asked: Question) -> Unclear:
    """Give why the text was unclear; fails where it was understood."""
    answer = TYPES[type_name].parse(text, asked)
    assert isinstance(answer, Unclear), f"{text!r} was understood: {answer}"
    return answer


def said(values: Mapping[str, Value]) -> dict[str, Json]:
    """Give the data of values, to compare with."""
    return {name: value.data for name, value in values.items()}
