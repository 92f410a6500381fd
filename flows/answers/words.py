"""Say a value in words, as a text message would."""

from __future__ import annotations

import datetime
from functools import lru_cache

from babel.dates import format_date, format_time, get_month_names

from flows.answers.lexicon import lexicon
from flows.errors import FlowsError
from flows.value import Json, Value


def say(value: Value, language: str, zone: datetime.tzinfo) -> str:
    """Say any value; `zone` is where a `datetime` is told in. Raises `FlowsError` for an unknown type."""
    match value.type:
        case "text" | "name" | "free_text":
            return str(value.data)
        case "datetime":
            return moment(datetime.datetime.fromisoformat(str(value.data)).astimezone(zone), language)
        case "list":
            return "\n".join(str(line) for line in _items(value))
        case "options":
            return "\n".join(f"{n} {label(item)}" for n, item in enumerate(_items(value), 1))
        case "choice" | "place":
            return label(value.data)
        case "ranking":
            return ", ".join(label(item) for item in _items(value))
    return _say_answer(value, language)


def _say_answer(value: Value, language: str) -> str:
    match value.type:
        case "yes_no":
            return yes_no(str(value.data), language)
        case "number":
            return str(value.data)
        case "date":
            return date(datetime.date.fromisoformat(str(value.data)), language)
        case "time":
            return time(datetime.time.fromisoformat(str(value.data)), language)
        case "phone":
            return phone(str(value.data))
        case "pin":
            return pin(language)
    raise FlowsError(f"no words for a value of type {value.type!r}: use a type named in flows/value.py")


@lru_cache(maxsize=1024)
def date(day: datetime.date, language: str) -> str:
    """Say "Tuesday 24 November"."""
    words = lexicon(language)
    return format_date(day, words.tables["words"]["date"], locale=words.locale)


@lru_cache(maxsize=2048)
def time(clock: datetime.time, language: str) -> str:
    """Say "2.30 pm", "14:30", "오후 2시 30분"."""
    words = lexicon(language)
    said = words.tables["words"]
    if clock.minute == 0 and clock.hour in {0, 12}:
        return str(said["noon" if clock.hour else "midnight"])
    pattern = said["time" if clock.minute else "hour"]
    spoken = format_time(clock, pattern, locale=words.locale)
    half = said.get("am" if clock.hour < 12 else "pm")
    return f"{half} {spoken}" if half else spoken


def moment(when: datetime.datetime, language: str) -> str:
    """Say a local date and time: "Tuesday 24 November, 2.30 pm"."""
    pattern: str = lexicon(language).tables["words"]["moment"]
    clock = datetime.time(when.hour, when.minute)
    return pattern.format(date=date(when.date(), language), time=time(clock, language))


def month(number: int, language: str) -> str:
    """Say a month's name (January is 1)."""
    return str(get_month_names("wide", locale=lexicon(language).locale)[number])


def yes_no(answer: str, language: str) -> str:
    """Say yes or no."""
    yes, no = lexicon(language).tables["yes_no"]["says"]
    return str(yes if answer == "yes" else no)


def phone(number: str) -> str:
    """Say an E.164 number in groups: "+44 7700 900123"."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def pin(language: str) -> str:
    """Say asterisks: a PIN is never said."""
    return str(lexicon(language).tables["words"]["pin"])


def label(pair: Json) -> str:
    """Say the label of a `[key, label]` pair."""
    return str(pair[1]) if isinstance(pair, list | tuple) and len(pair) == 2 else str(pair)


def _items(value: Value) -> list[Json]:
    return list(value.data) if isinstance(value.data, list | tuple) else []
