"""What can be recorded so that a neighbour's voice says it: whole prompts first, then parts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from babel.dates import get_day_names

from flows.answers import words
from flows.answers.lexicon import lexicon
from flows.call_phrases import CALL_PHRASES
from flows.cardinal import cardinal, digit_by_digit
from flows.clock_aloud import NOON, day_aloud, month_aloud, time_aloud
from flows.library import COMMON, Library
from flows.limits import EXTRAS
from flows.model import Phrase
from flows.phrases import placeholders
from flows.sayable import sayable
from flows.spoken import Clip, fragments, voice_of

NUMBERS_TO = 31
"""Numbers worth recording: days, seats, keys and how many."""


@dataclass(frozen=True, slots=True)
class Recordable:
    """One recording: where it goes and what is to be read out."""

    clip: Clip
    text: str


def recordable(library: Library, language: str) -> Iterator[Recordable]:
    """Give everything one language can have recorded, most useful first; places are the community's own."""
    common = library.common[language]
    for key, phrase in common.phrases.items():
        said = key in CALL_PHRASES and key != "call.recording"
        if said or key.startswith(("unclear.", "hint.")):
            yield from _phrase(COMMON, key, phrase, language)
    for flow in library.flows.values():
        texts = flow.texts.get(language)
        if texts is None:
            continue
        for step in flow.steps:
            if step in texts.phrases:
                yield from _phrase(flow.name, step, texts.phrases[step], language)
        for name, options in texts.options.items():
            for key, option in options.items():
                yield Recordable(Clip(flow.name, f"option.{name}.{key}"), sayable(option.label, language))
    yield from (Recordable(Clip(COMMON, key), said) for key, said in _parts(language))


def _phrase(flow: str, key: str, phrase: Phrase, language: str) -> Iterator[Recordable]:
    for variant, name in (("sms", key), ("help", f"{key}.help")):
        if variant == "help" and not phrase.help:
            continue
        said = voice_of(phrase, language, variant)
        if placeholders(said) <= EXTRAS:
            yield Recordable(Clip(flow, name), _with_gaps(said, language))
            continue
        for _, fragment, clip in fragments(said, flow, name, language):
            if clip is not None:
                yield Recordable(clip, fragment.strip(" ,.;:"))


def _with_gaps(said: str, language: str) -> str:
    """Leave what the community fills in as it stands in braces, for whoever reads to put in."""
    pieces = [fragment or f"{{{name}}}" for name, fragment, _ in fragments(said, "", "", language)]
    return "".join(pieces).strip()


def _parts(language: str) -> Iterator[tuple[str, str]]:
    lexical = lexicon(language)
    aloud = lexical.tables["aloud"]
    days = get_day_names("wide", locale=lexical.locale)
    yield from ((f"weekday.{day}", str(days[day])) for day in range(7))
    yield from ((f"day.{day}", day_aloud(day, language)) for day in range(1, 32))
    yield from ((f"month.{month}", month_aloud(month, language)) for month in range(1, 13))
    yield from ((f"hour.{hour}", str(aloud["hours"][hour])) for hour in range(NOON))
    yield from ((f"minute.{minute}", cardinal(minute, language)) for minute in range(5, 60, 5))
    yield from ((f"part.{hour}", str(part)) for hour, part in aloud["parts"].items())
    yield "time.noon", time_aloud(datetime.time(12), language)
    yield "time.midnight", time_aloud(datetime.time(0), language)
    yield from ((f"number.{number}", cardinal(number, language)) for number in range(NUMBERS_TO + 1))
    yield from ((f"digit.{digit}", digit_by_digit(str(digit), language)) for digit in range(10))
    yield from ((f"word.{answer}", words.yes_no(answer, language)) for answer in ("yes", "no"))
