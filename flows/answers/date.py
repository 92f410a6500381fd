"""A day: "tomorrow", "next Tuesday", "5 May", "5/5", "in 3 days". The value is an ISO date.

A weekday alone is the first one after today. The British "next Tuesday" is the Tuesday of next
week (weeks begin on Monday), "this Tuesday" the first from today on, "Tuesday week" seven days
after the first. Spanish "el próximo martes" and "el martes que viene" are the first one after
today. A day without a year is the next one to come. Flows read the date back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from flows.answers import calendar, options, words
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import fold
from flows.answers.lexicon import Lexicon, lexicon
from flows.answers.numerals import in_digits
from flows.answers.scan import NUMBER, Token, scanner, tags_of
from flows.value import Value, text

TAGS = (
    ("day", "R"),
    ("weekday", "W"),
    ("month", "M"),
    ("unit", "u"),
    ("months", "q"),
    ("later", "A"),
    ("week", "N"),
    ("this", "C"),
    ("of_month", "K"),
    ("in", "I"),
    ("ahead", "L"),
    ("ordinal", "o"),
    ("weekend", "E"),
    ("not", "!"),
    ("ignore", "i"),
    ("alone", "w"),
    ("counter_month", "m"),
    ("counter_day", "d"),
    ("counter_year", "y"),
)
YEAR = "Y"
"""Tag of a number that can only be a year."""

SHAPES = re.compile(
    r"(?P<iso>W?Y[/.-]n[/.-]n)"
    r"|(?P<numeric>W?n(?P<sep>[/.-])n(?:(?P=sep)[nY])?)"
    r"|(?P<named>W?(?:Yy?)?(?:no?MY?|Mno?d?Y?|nmnd?)W?)"
    r"|(?P<offset>I?n[uq]L?[RW]?|ndL|I[uq]L?|[uq]L)"
    r"|(?P<later>[Au][RW]|[RW]u)"
    r"|(?P<week>NW|WN)"
    r"|(?P<this>CW)"
    r"|(?P<of_month>no?d?K|Kn[od]?)"
    r"|(?P<ordinal>W?no|W?nd|Wn)"
    r"|(?P<day>R)"
    r"|(?P<weekday>W)"
    r"|(?P<vague>[NEK])"
)
"""What a date looks like in tags, the longest first."""

FAR_NUMBER = 9999
"""No number of a date is above it."""

JUST_PAST = 60
"""Days within which a day that has gone is taken for a slip rather than for next year's."""

MONTH_FIRST = frozenset({"US", "PH", "KR", "JP", "CN", "TW"})
"""Regions that write the month before the day."""

_CLOCK = re.compile(
    r"\b(?:(?:at|around|about|by|from) )?[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm|a\.m|p\.m)\b"
    r"|\b[0-9]{1,2}:[0-9]{2}\b"
    r"|\bat [0-9]{1,2}(?:\.[0-9]{2})?\b"
    r"|\b(?:a|sobre) las? [0-9]{1,2}(?:[:.][0-9]{2})?\b"
    r"|(?:오전|오후)? ?[0-9]{1,2} ?시(?: ?[0-9]{1,2} ?분| ?반)?"
)

Found = date | Unclear | None


class DateType:
    """The answer type `date`."""

    name = "date"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand a day from today on, at most `within` ahead."""
        folded = _CLOCK.sub(" ", in_digits(fold(text), question.language))
        tokens = _tokens(folded, lexicon(question.language))
        tags = tags_of(tokens)
        if "!" in tags or any(token.value > FAR_NUMBER and len(tags) > 1 for token in tokens):
            return Unclear("unclear.date")
        reading = _Reading(question)
        found = _distinct([reading.whole(tags, tokens)]) or _distinct(reading.parts(tags, tokens))
        days = [day for day in found if isinstance(day, date)]
        if len(days) > 1:
            return Unclear("unclear.date.two", {"first": _value(days[0]), "second": _value(days[1])})
        if days:
            return reading.check(days[0])
        return next((reason for reason in found if isinstance(reason, Unclear)), Unclear("unclear.date"))

    def grammar(self, question: Question) -> Sequence[str]:
        """Give days, months, ordinals and the words between them."""
        tables = lexicon(question.language).tables
        weekdays = [phrases[0] for phrases in tables["date"]["weekday"].values()]
        said = tables["grammar"]
        return [*said["date"], *weekdays, *said["months"], *said["ordinals"]]

    def keys(self, question: Question) -> Mapping[str, str]:
        """Take digits as they are: the day, or day and month in four digits."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say "Tuesday 24 November"."""
        return words.date(date.fromisoformat(str(value.data)), language)

    def typical(self, question: Question) -> Value:
        """Give a date that is long in words: a Wednesday in September."""
        return _value(date(2026, 9, 23))


class _Reading:
    """One text read as days, against the question's today and its habits of writing."""

    def __init__(self, question: Question) -> None:
        self.today = question.now.date()
        self.language = question.language
        self.last = self.today + timedelta(days=options.days(question.options))
        self.month_first = lexicon(question.language).month_first or question.region in MONTH_FIRST

    def whole(self, tags: str, tokens: Sequence[Token]) -> Found:
        """Read what is a date only when nothing else is said: a bare number, one syllable."""
        if tags in {NUMBER, YEAR}:
            return self._digits(tokens[0].written)
        if tags == "w":
            return calendar.weekday_after(self.today, tokens[0].value)
        if tags in {"m", "d"}:  # 월 and 일 are Monday and Sunday, but also "month" and "day"
            return calendar.weekday_after(self.today, 0 if tags == "m" else 6)
        return None

    def parts(self, tags: str, tokens: Sequence[Token]) -> list[Found]:
        """Read every date there is in the text."""
        found: list[Found] = []
        for match in SHAPES.finditer(tags):
            shape = str(match.lastgroup if match.lastgroup != "sep" else "numeric")
            found.append(_SHAPES[shape](self, match[0], tokens[match.start() : match.end()]))
        return found

    def check(self, day: date) -> Answer:
        """Hold a day against the days on offer."""
        offered = {"first": _value(self.today), "last": _value(self.last)}
        if day < self.today:
            return Unclear("unclear.date.past", offered)
        if day > self.last:
            return Unclear("unclear.date.far", offered)
        return Understood(_value(day))

    def iso(self, tags: str, tokens: Sequence[Token]) -> Found:
        year, month, day = _numbers(tokens)
        return self._written(day, month, year, tags, tokens)

    def numeric(self, tags: str, tokens: Sequence[Token]) -> Found:
        first, second, *years = _numbers(tokens)
        month, day = (first, second) if self.month_first else (second, first)
        if month > 12 >= day:
            month, day = day, month
        year = (years[0] if years[0] > 99 else 2000 + years[0]) if years else None
        found = self._written(day, month, year, tags, tokens)
        if tags[:3] == "Wn." and isinstance(found, Unclear):  # "Tuesday 2.30" is a time
            return self._day(tokens[0])
        return found

    def named(self, tags: str, tokens: Sequence[Token]) -> Found:
        month = next((token.value for token in tokens if token.tag == "M"), None)
        year = next((token.value for token in tokens if token.tag == YEAR), None)
        numbers = [token.value for token in tokens if token.tag == NUMBER]
        return self._written(numbers[-1], numbers[0] if month is None else month, year, tags, tokens)

    def offset(self, tags: str, tokens: Sequence[Token]) -> Found:
        count = next((token.value for token in tokens if token.tag == NUMBER), 1)
        unit = next((token for token in tokens if token.tag in "uq"), Token("u", 1, ""))
        start = self._day(tokens[-1]) if tags[-1] in "RW" else self.today
        if unit.tag == "q":
            return calendar.months_ahead(start, min(count, 120) * unit.value)
        return start + timedelta(days=count * unit.value)

    def later(self, tags: str, tokens: Sequence[Token]) -> Found:
        day, step = (tokens[1], tokens[0]) if tags[0] in "Au" else (tokens[0], tokens[1])
        return self._day(day) + timedelta(days=step.value)

    def week(self, tags: str, tokens: Sequence[Token]) -> Found:
        weekday, weeks = (tokens[1], tokens[0]) if tags[0] == "N" else (tokens[0], tokens[1])
        return calendar.weekday_of_week(self.today, weekday.value, weeks.value)

    def this(self, tags: str, tokens: Sequence[Token]) -> Found:
        return calendar.weekday_from(self.today, tokens[1].value)

    def of_month(self, tags: str, tokens: Sequence[Token]) -> Found:
        months = next(token.value for token in tokens if token.tag == "K")
        day = _numbers(tokens)[0]
        return calendar.day_of_month(self.today, day, months) or Unclear("unclear.date")

    def ordinal(self, tags: str, tokens: Sequence[Token]) -> Found:
        day = calendar.day_to_come(self.today, _numbers(tokens)[0])
        if tags[0] != "W":
            return day or Unclear("unclear.date")
        if day and day.weekday() == tokens[0].value:
            return day
        if tags == "Wn":  # the number may be anything
            return self._day(tokens[0])
        return Unclear("unclear.date.mismatch", {"date": _value(day)}) if day else Unclear("unclear.date")

    def single(self, tags: str, tokens: Sequence[Token]) -> Found:
        return self._day(tokens[0])

    def vague(self, tags: str, tokens: Sequence[Token]) -> Found:
        return Unclear("unclear.date.day")

    def _day(self, token: Token) -> date:
        if token.tag == "R":
            return self.today + timedelta(days=token.value)
        return calendar.weekday_after(self.today, token.value)

    def _digits(self, written: str) -> Found:
        """Read digits alone: day, day and month, or day, month and year (or ISO without dashes)."""
        if len(written) <= 2:
            return calendar.day_to_come(self.today, int(written)) or Unclear("unclear.date")
        if len(written) not in {4, 6, 8}:
            return None
        if len(written) == 8 and written[:2] == "20" and int(written[4:6]) <= 12:
            return self._written(int(written[6:]), int(written[4:6]), int(written[:4]), "", ())
        parts = [int(written[:2]), int(written[2:4])]
        month, day = parts if self.month_first else reversed(parts)
        year = int(written[4:]) if written[4:] else None
        return self._written(day, month, year + 2000 if year is not None and year < 100 else year, "", ())

    def _written(
        self, number: int, month: int, year: int | None, tags: str, tokens: Sequence[Token]
    ) -> Found:
        """Give the day that was written out, if there is one and its weekday fits."""
        if not (1 <= month <= 12 and 1 <= number <= 31):
            return Unclear("unclear.date")
        day = calendar.exact(year or calendar.year_to_come(self.today, month, number), month, number)
        if day is None:
            month_name = text(words.month(month, self.language))
            return Unclear("unclear.date.missing", {"day": Value("number", number), "month": month_name})
        if year is None and day > self.last:
            day = self._just_past(month, number) or day
        weekday = next((token.value for token in tokens if token.tag == "W"), day.weekday())
        if weekday == day.weekday():
            return day
        later = None if year else calendar.exact(day.year + 1, month, number)
        if later and later.weekday() == weekday and later <= self.last:
            return later
        return Unclear("unclear.date.mismatch", {"date": _value(day)})

    def _just_past(self, month: int, number: int) -> date | None:
        for year in (self.today.year, self.today.year - 1):
            day = calendar.exact(year, month, number)
            if day and timedelta(0) < self.today - day <= timedelta(days=JUST_PAST):
                return day
        return None


_SHAPES: Mapping[str, Callable[[_Reading, str, Sequence[Token]], Found]] = {
    "iso": _Reading.iso,
    "numeric": _Reading.numeric,
    "named": _Reading.named,
    "offset": _Reading.offset,
    "later": _Reading.later,
    "week": _Reading.week,
    "this": _Reading.this,
    "of_month": _Reading.of_month,
    "ordinal": _Reading.ordinal,
    "day": _Reading.single,
    "weekday": _Reading.single,
    "vague": _Reading.vague,
}


def _tokens(folded: str, language: Lexicon) -> list[Token]:
    """Read the tokens that matter: no idle words, no punctuation but between numbers."""
    tokens = [t for t in scanner(language.language, "date", TAGS).scan(folded) if t.tag != "i"]
    if len(tokens) > 1:
        tokens = [_year(token) for token in tokens]
    numbers = {NUMBER, YEAR}
    return [
        token
        for at, token in enumerate(tokens)
        if token.written.isalnum()
        or " " in token.written
        or (0 < at < len(tokens) - 1 and tokens[at - 1].tag in numbers and tokens[at + 1].tag in numbers)
    ]


def _year(token: Token) -> Token:
    if token.tag == NUMBER and len(token.written) == 4 and 1900 <= token.value < 2200:
        return Token(YEAR, token.value, token.written)
    return token


def _numbers(tokens: Sequence[Token]) -> list[int]:
    return [token.value for token in tokens if token.tag in {NUMBER, YEAR}]


def _distinct(found: Sequence[Found]) -> list[date | Unclear]:
    kept: list[date | Unclear] = []
    for one in found:
        if one is not None and one not in kept:
            kept.append(one)
    return kept


def _value(day: date) -> Value:
    return Value("date", day.isoformat())
