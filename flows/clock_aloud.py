"""Days and times as people say them: "half past two in the afternoon", "martes veinticuatro de noviembre"."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from babel.dates import get_day_names, get_month_names

from flows.answers.lexicon import lexicon
from flows.cardinal import cardinal

NOON = 12
HOUR = 60
QUARTER = 15
HALF = 30
SPOKEN_STEP = 5
"""Minutes that are said from the hour or to it are multiples of this."""


@lru_cache(maxsize=1024)
def date_aloud(day: datetime.date, language: str) -> str:
    """Say "Tuesday the twenty-fourth of November"."""
    words = lexicon(language)
    pattern: str = words.tables["aloud"]["date"]
    weekday = get_day_names("wide", locale=words.locale)[day.weekday()]
    return pattern.format(
        weekday=weekday, day=day_aloud(day.day, language), month=month_aloud(day.month, language)
    )


def day_and_month_aloud(day: int, month: int, language: str) -> str:
    """Say "the fifth of May"."""
    pattern: str = lexicon(language).tables["aloud"]["date_month"]
    return pattern.format(day=day_aloud(day, language), month=month_aloud(month, language))


def day_aloud(day: int, language: str) -> str:
    """Say the number of a day within its month, from 1 to 31."""
    ordinals = lexicon(language).tables["aloud"].get("days")
    return str(ordinals[day - 1]) if ordinals else cardinal(day, language)


def month_aloud(month: int, language: str) -> str:
    """Say a month's name (January is 1)."""
    words = lexicon(language)
    name = str(get_month_names("wide", locale=words.locale)[month])
    return _KOREAN_MONTHS.get(month, cardinal(month, language)) + "월" if words.language == "ko" else name


_KOREAN_MONTHS = {6: "유", 10: "시"}


@lru_cache(maxsize=2048)
def time_aloud(clock: datetime.time, language: str) -> str:
    """Say "half past two in the afternoon"."""
    words = lexicon(language)
    said = words.tables["aloud"]
    if clock.minute == 0 and clock.hour in {0, NOON}:
        return str(said["noon" if clock.hour else "midnight"])
    return _SAYING[words.language](clock, said)


def moment_aloud(when: datetime.datetime, language: str) -> str:
    """Say a local day and time."""
    pattern: str = lexicon(language).tables["aloud"]["moment"]
    clock = time_aloud(datetime.time(when.hour, when.minute), language)
    return pattern.format(date=date_aloud(when.date(), language), time=clock)


def part_of_day(hour: int, language: str) -> int:
    """Give the hour at which the part of the day begins that `hour` is in."""
    return max(int(start) for start in lexicon(language).tables["aloud"]["parts"] if int(start) <= hour)


def _part(clock: datetime.time, said: Mapping[str, Any], language: str) -> str:
    return str(said["parts"][str(part_of_day(clock.hour, language))])


def _english(clock: datetime.time, said: Mapping[str, Any]) -> str:
    hour, following = said["hours"][clock.hour % NOON], said["hours"][(clock.hour + 1) % NOON]
    minute = clock.minute
    if minute == 0:
        words = f"{hour} o'clock"
    elif minute == QUARTER:
        words = f"quarter past {hour}"
    elif minute == HALF:
        words = f"half past {hour}"
    elif minute == HOUR - QUARTER:
        words = f"quarter to {following}"
    elif minute % SPOKEN_STEP:
        words = f"{hour} {'oh ' if minute < 10 else ''}{cardinal(minute, 'en')}"
    elif minute < HALF:
        words = f"{cardinal(minute, 'en')} past {hour}"
    else:
        words = f"{cardinal(HOUR - minute, 'en')} to {following}"
    return f"{words} {_part(clock, said, 'en')}"


def _spanish(clock: datetime.time, said: Mapping[str, Any]) -> str:
    hour, following = said["hours"][clock.hour % NOON], said["hours"][(clock.hour + 1) % NOON]
    minute = clock.minute
    if minute == 0:
        words = str(hour)
    elif minute == QUARTER:
        words = f"{hour} y cuarto"
    elif minute == HALF:
        words = f"{hour} y media"
    elif minute == HOUR - QUARTER:
        words = f"{following} menos cuarto"
    elif minute < HALF or minute % SPOKEN_STEP:
        words = f"{hour} y {cardinal(minute, 'es')}"
    else:
        words = f"{following} menos {cardinal(HOUR - minute, 'es')}"
    return f"{words} {_part(clock, said, 'es')}"


def _korean(clock: datetime.time, said: Mapping[str, Any]) -> str:
    hour = said["hours"][clock.hour % NOON]
    minutes = "반" if clock.minute == HALF else f"{cardinal(clock.minute, 'ko')} 분" if clock.minute else ""
    return f"{_part(clock, said, 'ko')} {hour} 시 {minutes}".rstrip()


_SAYING: Mapping[str, Callable[[datetime.time, Mapping[str, Any]], str]] = {
    "en": _english,
    "es": _spanish,
    "ko": _korean,
}
