"""Written text made sayable: numbers, times, dates, codes, telephone numbers, capitals, signs, lines."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from babel.dates import get_month_names

from flows.answers.lexicon import lexicon
from flows.cardinal import cardinal, digit_by_digit
from flows.clock_aloud import day_aloud, day_and_month_aloud, time_aloud

SPELT_DIGITS = 5
"""A number of so many digits, or one that begins with 0, is said digit by digit."""

_PHONE = r"(?P<phone>\+\d[\d ()-]{6,18}\d|\b0\d(?:[ -]?\d){7,11}\b|\b(?:999|112|911|119)\b)"
_TIME = (
    r"(?P<time>\b(?P<hour>[01]?\d|2[0-3])(?=[:.][0-5]\d|\s?[ap]\.?m)(?:[:.](?P<minute>[0-5]\d))?"
    r"(?:\s?(?P<half>a\.m\.|p\.m\.|am\b|pm\b)|(?![\w.:])))"
)
_KOREAN_TIME = (
    r"(?P<ktime>(?:(?P<khalf>오전|오후)\s?)?(?P<khour>[01]?\d|2[0-4])시(?!간)(?:\s?(?P<kminute>[0-5]?\d)분)?)"
)
_CODE = r"(?P<code>\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{2,8}\b(?: [A-Z]{3}\b)?)"
_MONEY = r"(?P<money>(?P<coin>[£€$])(?P<whole>\d{1,7})(?:[.,](?P<cents>\d\d))?)"
_ORDINAL = r"(?P<ordinal>\b(?P<rank>[12]?\d|3[01])(?:st|nd|rd|th)\b)"
_DECIMAL = r"(?P<decimal>\b(?P<before>\d{1,7})[.](?P<after>\d{1,4})\b)"
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
_CAPITALS = r"(?P<capitals>\b[^\W\d_a-z]{2,}\b)"
_VOWEL = re.compile("[AEIOUYÁÉÍÓÚÜ]")
_ENDS = ".!?:;,。"
_DROPPED = {"So", "Cf", "Co", "Cs", "Cn"}


@lru_cache(maxsize=4096)
def sayable(text: str, language: str) -> str:
    """Give a text as it is said: "3R at 2pm? YES or NO" is "three, R at two o'clock …? yes or no"."""
    words = lexicon(language)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    whole = " ".join(line if line[-1] in _ENDS else f"{line}." for line in lines[:-1])
    whole = f"{whole} {lines[-1]}".strip() if lines else ""
    whole = _pattern(words.language).sub(lambda match: _say(match, words.language), whole)
    for sign, word in words.tables["aloud"]["signs"].items():
        whole = whole.replace(sign, f" {word} ")
    whole = "".join(" " if _silent(character) else character for character in whole)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(whole.split()))


def said_not_written(text: str, language: str) -> str:
    """Turn what a text asks to be written into what is said: "Text MENU" is "Say MENU"."""
    for pattern, instead in _instead(lexicon(language).language):
        text = pattern.sub(instead, text)
    return text


@cache
def _instead(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    table = lexicon(language).tables["aloud"]["instead"]
    return tuple((re.compile(pattern), instead) for pattern, instead in table.items())


def _silent(character: str) -> bool:
    return character in '"()[]{}<>*_#|/\\~' or unicodedata.category(character) in _DROPPED


@cache
def _pattern(language: str) -> re.Pattern[str]:
    shapes = [_PHONE, _CODE, _MONEY, *([_KOREAN_TIME] if language == "ko" else []), _dates(language)]
    shapes += [_ORDINAL] if language == "en" else []
    return re.compile("|".join([*shapes, _TIME, _counted(language), _DECIMAL, _NUMBER, _CAPITALS]))


def _dates(language: str) -> str:
    if language == "ko":
        return r"(?P<date>(?P<month>\d{1,2})월(?:\s?(?P<day>\d{1,2})일)?)"
    names = "|".join(_months(language))
    of = r" de " if language == "es" else " "
    return rf"(?P<date>\b(?P<day>\d{{1,2}}){of}(?P<month>{names})\b)"


def _counted(language: str) -> str:
    counters = "|".join(lexicon(language).tables["aloud"].get("counters", ["\\b\\B"]))
    return rf"(?P<counted>(?P<count>\d+)\s?(?P<counter>{counters}))"


@cache
def _months(language: str) -> Mapping[str, int]:
    names = get_month_names("wide", locale=lexicon(language).locale)
    return {str(name): int(number) for number, name in names.items()}


def _say(match: re.Match[str], language: str) -> str:
    kind = next(name for name in _KINDS if match.groupdict().get(name) is not None)
    return _KINDS[kind](match, language)


def spelt(code: str, language: str) -> str:
    """Say a code or a number plate: each digit by itself, each letter by its name."""
    letters = lexicon(language).tables["aloud"]["letters"]
    said = [
        digit_by_digit(character, language) if character.isdigit() else letters.get(character, character)
        for character in code.upper()
        if character.isalnum()
    ]
    return ", ".join(said)


def phone_aloud(number: str, language: str) -> str:
    """Say a telephone number digit by digit, group by group."""
    plus = lexicon(language).tables["aloud"]["plus"]
    groups = [digit_by_digit(group, language) for group in re.findall(r"\d+", number)]
    return (f"{plus} " if number.startswith("+") else "") + ", ".join(groups)


def _code(match: re.Match[str], language: str) -> str:
    return spelt(match["code"], language)


def _phone(match: re.Match[str], language: str) -> str:
    return phone_aloud(match["phone"], language)


def _number(match: re.Match[str], language: str) -> str:
    digits = match["number"].replace(",", "")
    if len(digits) >= SPELT_DIGITS or (digits[0] == "0" and len(digits) > 1):
        return digit_by_digit(digits, language)
    return cardinal(int(digits), language)


def _clock(match: re.Match[str], language: str) -> str:
    """Say a time of the twelve or the twenty-four hour clock."""
    hour, half = int(match["hour"]), (match["half"] or "").replace(".", "")
    if half in {"am", "pm"} and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time_aloud(datetime.time(hour, int(match["minute"] or 0)), language)


def _korean_clock(match: re.Match[str], language: str) -> str:
    hour = int(match["khour"])
    if match["khalf"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match["khalf"] == "오후" else 0)
    return time_aloud(datetime.time(hour % 24, int(match["kminute"] or 0)), language)


def _date(match: re.Match[str], language: str) -> str:
    month = _months(language).get(match["month"]) or int(match["month"])
    if not match["day"] or not 1 <= int(match["day"]) <= 31 or not 1 <= month <= 12:
        return match[0]
    return day_and_month_aloud(int(match["day"]), month, language)


def _counts(match: re.Match[str], language: str) -> str:
    """Say how many of something: Korean counts hours, people and things in words of their own."""
    counted = lexicon(language).tables["aloud"]["counted"]
    count = int(match["count"])
    own = (
        counted[count] if 0 < count < len(counted) and match["counter"] != "분" else cardinal(count, language)
    )
    return f"{own} {match['counter']}"


def _capitals(match: re.Match[str], language: str) -> str:
    """Say a word in capitals as a word; an abbreviation keeps them."""
    word = match["capitals"]
    abbreviated = word in lexicon(language).tables["aloud"]["spelt"] or not _VOWEL.search(word)
    return word if abbreviated else word.lower()


def _decimal(match: re.Match[str], language: str) -> str:
    point = lexicon(language).tables["aloud"]["point"]
    return f"{cardinal(int(match['before']), language)} {point} {digit_by_digit(match['after'], language)}"


def _money(match: re.Match[str], language: str) -> str:
    coin = lexicon(language).tables["aloud"]["coins"][match["coin"]]
    cents = int(match["cents"] or 0)
    amount = f"{cardinal(int(match['whole']), language)} {coin}"
    return f"{amount} {cardinal(cents, language)}" if cents else amount


def _ordinal(match: re.Match[str], language: str) -> str:
    return day_aloud(int(match["rank"]), language) if int(match["rank"]) else match[0]


_KINDS: Mapping[str, Callable[[re.Match[str], str], str]] = {
    "phone": _phone,
    "code": _code,
    "money": _money,
    "ktime": _korean_clock,
    "date": _date,
    "time": _clock,
    "ordinal": _ordinal,
    "counted": _counts,
    "decimal": _decimal,
    "number": _number,
    "capitals": _capitals,
}
