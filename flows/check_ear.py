"""Checks what is said and listened for on a call: nothing only for the eye, too long, or unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache

from flows.answers import TYPES
from flows.answers.base import Question
from flows.answers.lexicon import lexicon
from flows.answers.options import problems as option_problems
from flows.call_phrases import CALL_NOTICES, CALL_PHRASES
from flows.check_texts import Nowhere
from flows.errors import Problem
from flows.keypad import OFFERED_AT_ONCE
from flows.library import Library
from flows.limits import CHOICE_TYPES
from flows.listening import everywhere, heard_as
from flows.model import Flow, Phrase, Step
from flows.spoken import voice_of
from flows.words import spoken

HEARD_WORDS_MAX = 65
"""Words nobody can keep in mind: half a minute of speech."""

KEYED_OPTIONS_MAX = OFFERED_AT_ONCE + 1
"""Options that one key each can choose beside 0 for a person and 9 for going back."""

ONLY_TEXTS = frozenset(
    {
        "stopped_text",
        "person",
        "person_offer",
        "help_person",
        "more_hint",
        "language_offer",
        "stop_how",
        "expired",
        "cut_off",
        "busy",
    }
)
"""Common phrases that no call says."""

_NOON = datetime(2026, 9, 23, 12, tzinfo=UTC)


def check_ear(library: Library) -> list[Problem]:
    """Check everything that is said on calls, in every language."""
    problems = [problem for flow in library.versions.values() for problem in _flow(flow)]
    said = {key for key in CALL_PHRASES if not key.startswith("call.recording")} | {*CALL_NOTICES}
    for language, common in library.common.items():
        for key, phrase in common.phrases.items():
            if key in ONLY_TEXTS or not (key in said or key.startswith(("unclear.", "hint."))):
                continue
            problems += _phrase(common.path, key, phrase, language)
    return problems


def _flow(flow: Flow) -> Iterator[Problem]:
    for language, texts in flow.texts.items():
        for step in flow.steps.values():
            phrase = texts.phrases.get(step.name)
            if phrase is not None:
                yield from _phrase(texts.path, step.name, phrase, language)
    for step in flow.steps.values():
        yield from _options(flow, step)


def _phrase(path: str, key: str, phrase: Phrase, language: str) -> Iterator[Problem]:
    for variant in ("sms", "help") if phrase.help else ("sms",):
        words = voice_of(phrase, language, variant)
        written = next((match[0] for pattern in _written(language) if (match := pattern.search(words))), "")
        if written:
            which = "help" if variant == "help" else "voice"
            message = f"phrase `{key}` says `{written.strip()}` to somebody who listens"
            yield Problem(path, phrase.line, f"{message}; give it a {which} that can be said")
        if len(words.split()) > HEARD_WORDS_MAX:
            message = f"phrase `{key}` is too long to listen to ({len(words.split())} words)"
            yield Problem(path, phrase.line, f"{message}; give it a voice of at most {HEARD_WORDS_MAX}")


@cache
def _written(language: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in lexicon(language).tables["aloud"]["written"])


def _options(flow: Flow, step: Step) -> Iterator[Problem]:
    if step.ask is None or step.ask.type not in CHOICE_TYPES:
        return
    count = len(step.ask.own_choices)
    if count > KEYED_OPTIONS_MAX:
        message = f"step `{step.name}` has {count} options, and a telephone {KEYED_OPTIONS_MAX} keys for them"
        yield Problem(flow.path, step.line, f"{message}; ask in two steps")


def check_speech(library: Library, unknown: Callable[[str, Sequence[str]], list[str]]) -> list[Problem]:
    """Check that the speech models know what is listened for.

    `unknown(language, phrases)` gives the words of the phrases that a language's model does not know
    (none where there is no model). Places are the community's own and are not among the phrases.
    """
    problems: list[Problem] = []
    for language, common in library.common.items():
        phrases = _grammar(everywhere(library, language), language)
        problems += _unknown(common.path, 1, "what is said at any moment", unknown(language, phrases))
        for flow in library.flows.values():
            texts = flow.texts.get(language)
            if texts is None:
                continue
            keywords = _grammar((spoken(keyword) for keyword in texts.keywords), language)
            problems += _unknown(texts.path, 1, "its keywords", unknown(language, keywords))
            for step in flow.steps.values():
                answers = _grammar(_answers(library, flow, step, language), language)
                line = texts.phrases[step.name].line if step.name in texts.phrases else 1
                problems += _unknown(
                    texts.path, line, f"the answers to `{step.name}`", unknown(language, answers)
                )
    return problems


def _grammar(phrases: Iterable[str], language: str) -> list[str]:
    return list(dict.fromkeys(said for phrase in phrases if (said := heard_as(phrase, language))))


def _answers(library: Library, flow: Flow, step: Step, language: str) -> Sequence[str]:
    ask = step.ask
    if ask is None or ask.type not in TYPES or ask.type == "place" or option_problems(ask.type, ask.options):
        return ()
    choices = library.choices(flow, ask, language) if ask.type in CHOICE_TYPES else ()
    question = Question(language, _NOON, "GB", Nowhere(), ask.options, choices)
    return TYPES[ask.type].grammar(question)


def _unknown(path: str, line: int, where: str, words: Sequence[str]) -> Iterator[Problem]:
    if words:
        named = ", ".join(f"`{word}`" for word in words)
        message = f"the speech model does not know {named}, so {where} cannot be heard so"
        yield Problem(path, line, f"{message}; add another way to say it")
