"""A value as it is said aloud, and the recorded parts that say it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from flows.answers import words
from flows.answers.lexicon import lexicon
from flows.cardinal import LARGEST, cardinal
from flows.clock_aloud import NOON, date_aloud, moment_aloud, part_of_day, time_aloud
from flows.errors import FlowsError
from flows.sayable import phone_aloud, sayable
from flows.value import Json, Value


@dataclass(frozen=True, slots=True)
class Aloud:
    """What is said, and the keys of the common clips that say it one after the other (none: a voice only)."""

    text: str
    clips: tuple[str, ...] = ()


def aloud(value: Value, language: str, zone: datetime.tzinfo) -> Aloud:
    """Say any value; `zone` is where a `datetime` is told in. Raises `FlowsError` for an unknown type."""
    match value.type:
        case "text" | "name" | "free_text":
            return Aloud(sayable(str(value.data), language))
        case "datetime":
            when = datetime.datetime.fromisoformat(str(value.data)).astimezone(zone)
            clock = datetime.time(when.hour, when.minute)
            clips = (*_date_clips(when.date(), language), *_time_clips(clock, language))
            return Aloud(moment_aloud(when, language), clips)
        case "list":
            return Aloud(sayable("\n".join(str(line) for line in _items(value)), language))
        case "options":
            return Aloud(". ".join(sayable(words.label(item), language) for item in _items(value)))
        case "ranking":
            then = f", {lexicon(language).tables['aloud']['then']} "
            return Aloud(then.join(sayable(words.label(item), language) for item in _items(value)))
    return _answer(value, language)


def _answer(value: Value, language: str) -> Aloud:
    match value.type:
        case "choice":
            return Aloud(sayable(words.label(value.data), language))
        case "place":
            place = value.data[0] if isinstance(value.data, list | tuple) and value.data else ""
            return Aloud(sayable(words.label(value.data), language), (f"place.{place}",) if place else ())
        case "yes_no":
            return Aloud(words.yes_no(str(value.data), language), (f"word.{value.data}",))
        case "number":
            return _number(int(str(value.data)), language)
        case "date":
            day = datetime.date.fromisoformat(str(value.data))
            return Aloud(date_aloud(day, language), _date_clips(day, language))
        case "time":
            clock = datetime.time.fromisoformat(str(value.data))
            return Aloud(time_aloud(clock, language), _time_clips(clock, language))
        case "phone":
            number = words.phone(str(value.data))
            digits = tuple(f"digit.{digit}" for digit in number if digit.isdigit())
            return Aloud(phone_aloud(number, language), digits)
        case "pin":
            return Aloud(str(lexicon(language).tables["aloud"]["pin"]))
    raise FlowsError(f"no way to say a value of type {value.type!r}: use a type named in flows/value.py")


def _number(number: int, language: str) -> Aloud:
    if not 0 <= number <= LARGEST:
        return Aloud(cardinal(number, language))
    return Aloud(cardinal(number, language), (f"number.{number}",))


def _date_clips(day: datetime.date, language: str) -> tuple[str, ...]:
    clips = (f"weekday.{day.weekday()}", f"day.{day.day}", f"month.{day.month}")
    return (clips[2], clips[1], clips[0]) if lexicon(language).month_first else clips


def _time_clips(clock: datetime.time, language: str) -> tuple[str, ...]:
    if clock.minute == 0 and clock.hour in {0, NOON}:
        return ("time.noon" if clock.hour else "time.midnight",)
    part = f"part.{part_of_day(clock.hour, language)}"
    minute = (f"minute.{clock.minute}",) if clock.minute else ()
    hour = f"hour.{clock.hour % NOON}"
    return (part, hour, *minute) if lexicon(language).month_first else (hour, *minute, part)


def _items(value: Value) -> Sequence[Json]:
    return value.data if isinstance(value.data, list | tuple) else ()
