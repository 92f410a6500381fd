"""What every answer type does: parse, grammar, keys, hint, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

from flows.conversation import Gazetteer
from flows.value import Json, Value


class Choice(NamedTuple):
    """One thing that can be chosen: its key, its label and what else people call it."""

    key: str
    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer is an answer to.

    `now` is aware and in the community's zone; `options` are the step's own (`within`, `min`,
    `max`, `digits`, …); `choices` are filled for choice and ranking; `region` is ISO 3166
    alpha-2.
    """

    language: str
    now: datetime
    region: str
    places: Gazetteer
    options: Mapping[str, Json] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer, as a tagged value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not an answer. `reason` keys a phrase of `common` that says why and what would be one
    (`unclear.date`, `unclear.date.past`, …); `values` fill it."""

    reason: str
    values: Mapping[str, Value] = field(default_factory=dict)


Answer: TypeAlias = Understood | Unclear


class AnswerType(Protocol):
    """One kind of answer. All methods are pure."""

    name: str

    def parse(self, text: str, question: Question) -> Answer:
        """Understand what was typed (or recognised)."""
        ...

    def grammar(self, question: Question) -> Sequence[str]:
        """Give the phrases a recogniser should listen for, lower case; empty means open vocabulary."""
        ...

    def keys(self, question: Question) -> Mapping[str, str]:
        """Map keypad entries to texts that `parse` understands; empty means digits go in as they are."""
        ...

    def words(self, value: Value, language: str) -> str:
        """Say a value in words for SMS."""
        ...

    def typical(self, question: Question) -> Value:
        """Give an answer of ordinary length, for the checker to count parts with."""
        ...
