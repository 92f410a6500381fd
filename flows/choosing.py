"""What can be chosen when an action gives the choices, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.answers.base import Choice
from flows.limits import ANSWERED
from flows.model import OptionText
from flows.value import Json, Value


def outcome(value: Value) -> str:
    """Give the trigger an answer is: its own word for yes_no and choice, `answered` for all others."""
    if value.type == "yes_no":
        return str(value.data)
    if value.type == "choice" and isinstance(value.data, Sequence) and value.data:
        return str(value.data[0])
    return ANSWERED


def given_choices(value: Value | None, labels: Mapping[str, OptionText], language: str) -> tuple[Choice, ...]:
    """Give the choices an action gave; those the flow's texts name too are labelled by the texts."""
    listed = value.data if value is not None and value.type == "options" else ()
    pairs = listed if isinstance(listed, Sequence) else ()
    return tuple(
        Choice(key, labels[key].label, labels[key].also)
        if (key := str(pair[0])) in labels
        else Choice(key, _label(pair[1], language), _also(pair, language))
        for pair in pairs
        if isinstance(pair, Sequence)
    )


def _label(given: Json, language: str) -> str:
    if isinstance(given, Mapping):
        return str(given.get(language) or next(iter(given.values()), ""))
    return str(given)


def _also(pair: Sequence[Json], language: str) -> tuple[str, ...]:
    others = pair[2] if len(pair) > 2 else ()
    if isinstance(others, Mapping):
        others = others.get(language, ())
    return tuple(map(str, others)) if isinstance(others, Sequence) and not isinstance(others, str) else ()


def relabelled(
    answers: Mapping[str, Value], options: Mapping[str, Mapping[str, OptionText]]
) -> Mapping[str, Value]:
    """Give what was chosen its label in the language of the moment, which may have changed since."""
    changed = {
        name: Value("choice", [key, options[name][key].label])
        for name, value in answers.items()
        if name in options and (key := outcome(value)) in options[name]
    }
    return {**answers, **changed} if changed else answers
