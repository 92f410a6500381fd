"""A time on the clock: "half 2", "2.30pm", "14h30", "quarter to 3", "morning". The value is "HH:MM".

An hour without am or pm is the one within the hours of service (`between`), and of two that
fit the one of the day, 07:00 to 18:59. A part of the day is an hour of its own (`PARTS`), moved
into the hours of service. The time is wall time: `flows.answers.moment` joins it with a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, time, timedelta

from flows.answers import options, words
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.answers.fold import fold
from flows.answers.lexicon import lexicon
from flows.answers.numerals import in_digits
from flows.answers.scan import NUMBER, Token, scanner, tags_of
from flows.value import Value

TAGS = (
    ("am", "a"),
    ("pm", "b"),
    ("part", "P"),
    ("maybe_part", "Z"),
    ("named", "S"),
    ("past", "p"),
    ("to", "t"),
    ("and", "y"),
    ("less", "l"),
    ("half", "H"),
    ("quarter", "Q"),
    ("hour", "h"),
    ("minute", "u"),
    ("now", "w"),
    ("in", "I"),
    ("ahead", "L"),
    ("at", "@"),
    ("not", "!"),
    ("ignore", "i"),
)
RUN = "D"
"""Tag of three or four digits: 930, 1430."""

SHAPES = re.compile(
    r"(?P<ahead>I[nH]?[hu]H?|[nH][hu]L)"
    r"|(?P<at>[@t])?(?P<left>[abP])?@?"
    r"(?:(?P<minutes_first>[HQ]u?[pt][nS]|nu?[pt][nS]|Hn)"
    r"|(?P<hour_first>nh?[yl](?:H|Qu?|nu?))"
    r"|(?P<digital>n[:.,]n|nhn|nhH|nn)u?"
    r"|(?P<run>D)"
    r"|(?P<named>S)"
    r"|(?P<hour>n))"
    r"(?P<clock>h)?(?P<right>[abP])?"
    r"|(?P<part>[PZ])"
    r"|(?P<now>w)"
)
"""What a time looks like in tags, the longest first."""

PARTS: Mapping[int, tuple[time, time, time]] = {
    1: (time(5), time(7), time(9)),
    2: (time(6), time(9), time(12)),
    3: (time(12), time(12, 30), time(14)),
    4: (time(12), time(14), time(18)),
    5: (time(17), time(18), time(22)),
    6: (time(18), time(20), time(23, 59)),
}
"""Early, morning, lunchtime, afternoon, evening, night: first, meant and last time."""

DAY_HOURS = range(7, 19)
"""Hours that an hour without am or pm is taken for."""

NOON = 12
HOUR = 60
DAY = 24 * HOUR
QUARTER = 15
SPOKEN_STEP = 5
"""Minutes before and after the hour that are said without "minutes": 5, 10, 20, 25."""

_RANGE = re.compile(r"n[abh]?-n")


class TimeType:
    """The answer type `time`."""

    name = "time"

    def parse(self, text: str, question: Question) -> Answer:
        """Understand a time within the hours of service, if the question has such."""
        folded = fold(text)
        for word, instead in lexicon(question.language).tables["time"]["rewrite"].items():
            folded = folded.replace(word, instead)
        tokens = _tokens(in_digits(folded, question.language), question.language)
        tags = tags_of(tokens)
        if "!" in tags or _RANGE.search(tags):
            return Unclear("unclear.time")
        reading = _Reading(question)
        found = reading.clocks(tags, tokens)
        if not found and not reading.outside:
            found = reading.parts(tokens)
        if len(found) > 1:
            return Unclear("unclear.time.two", {"first": _value(found[0]), "second": _value(found[1])})
        if not found:
            return reading.outside or Unclear("unclear.time")
        return Understood(_value(found[0]))

    def grammar(self, question: Question) -> Sequence[str]:
        """Give numbers and the words around them."""
        said = lexicon(question.language).tables["grammar"]
        return [*said["time"], *said["numbers"]]

    def keys(self, question: Question) -> Mapping[str, str]:
        """Take digits as they are: 930, 1430."""
        return {}

    def words(self, value: Value, language: str) -> str:
        """Say "2.30 pm"."""
        return words.time(time.fromisoformat(str(value.data)), language)

    def typical(self, question: Question) -> Value:
        """Give a time that is long in words."""
        return Value("time", "10:30")


class _Reading:
    """One text read as times, against the hours of service."""

    def __init__(self, question: Question) -> None:
        self.question = question
        hours = options.hours(question.options)
        self.first, self.last = (_minutes(hours[0]), _minutes(hours[1])) if hours else (0, DAY - 1)
        self.outside: Unclear | None = None

    def clocks(self, tags: str, tokens: Sequence[Token]) -> list[int]:
        """Read every time of the clock, in minutes after midnight; a bare number only if it is all."""
        found: list[int] = []
        for match in SHAPES.finditer(tags):
            weak = match["hour"] or match["digital"] == "nn"
            strong = match["at"] or match["left"] or match["right"] or match["clock"]
            if match["part"] or (weak and not strong and match[0] != tags):
                continue
            clock = self._clock(match, tokens)
            if clock is not None and clock not in found:
                found.append(clock)
        return found

    def parts(self, tokens: Sequence[Token]) -> list[int]:
        """Read every part of the day as its hour, moved into the hours of service."""
        found: list[int] = []
        for token in tokens:
            if token.tag in "PZ":
                begin, meant, end = map(_minutes, PARTS[token.value])
                low, high = max(begin, self.first), min(end, self.last)
                if low > high:
                    self._refuse()
                elif (clock := min(max(meant, low), high)) not in found:
                    found.append(clock)
        return found

    def _clock(self, match: re.Match[str], tokens: Sequence[Token]) -> int | None:
        if match["now"]:
            now = self.question.now
            return self._choose([now.hour * HOUR + now.minute])
        if match["ahead"]:
            return self._ahead(tokens[match.start() : match.end()])
        if match["named"]:
            return self._choose([tokens[match.start("named")].value])
        side = "right" if match["right"] else "left"
        half = tokens[match.start(side)] if match[side] else None
        for shape, read in (
            ("minutes_first", _minutes_first),
            ("hour_first", _hour_first),
            ("digital", _digital),
            ("run", _run),
            ("hour", _hour),
        ):
            if match[shape]:
                parts = read(match[shape], tokens[match.start(shape) : match.end(shape)])
                return self._joined(parts, half) if parts else None
        return None

    def _joined(self, parts: tuple[Token, int], half: Token | None) -> int | None:
        """Join an hour and minutes from it, and choose between morning and afternoon."""
        hour, minutes = parts
        if hour.tag == "S":
            return self._choose([(hour.value + minutes) % DAY])
        clocks = [(h * HOUR + minutes) % DAY for h in _hours(hour, half)]
        if not hour.written.startswith("0"):
            clocks.sort(key=lambda clock: clock // HOUR not in DAY_HOURS)
        return self._choose(clocks)

    def _choose(self, clocks: Sequence[int]) -> int | None:
        """Take the first that lies within the hours of service."""
        for clock in clocks:
            if self.first <= clock <= self.last:
                return clock
        if clocks:
            self._refuse()
        return None

    def _ahead(self, tokens: Sequence[Token]) -> int | None:
        """Read "in half an hour" as the wall time then, across midnight and clock changes."""
        unit = next(token for token in tokens if token.tag in "hu")
        count = next((token.value for token in tokens if token.tag == NUMBER), 1)
        minutes = min(count, DAY) * (HOUR if unit.tag == "h" else 1)
        if any(token.tag == "H" for token in tokens):
            minutes = HOUR // 2 if tokens[0].tag == "H" or tokens[1].tag == "H" else minutes + HOUR // 2
        now = self.question.now
        then = (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)
        return self._choose([then.hour * HOUR + then.minute])

    def _refuse(self) -> None:
        self.outside = Unclear("unclear.time.hours", {"first": _value(self.first), "last": _value(self.last)})


def _hours(hour: Token, half: Token | None) -> list[int]:
    """Give the hours of the day that a spoken hour can mean, the morning's first; [] for none."""
    said = hour.value
    if said == 24:
        return [0]
    if said > 24 or (half and half.tag == "a" and said > NOON):
        return []
    if said > NOON or said == 0:
        return [said]
    if half is None:
        return [said % NOON, said % NOON + NOON]
    if half.tag in "ab":
        return [said % NOON + (NOON if half.tag == "b" else 0)]
    return [_hour_in_part(said, half.value)]


def _hour_in_part(said: int, part: int) -> int:
    """Give the hour of the day for one said with a part of the day: "9 in the morning"."""
    if part in {1, 2}:
        return said
    if part == 3:
        return said if said in {11, 12} else said + NOON
    if part == 6 and (said == NOON or said < 5):
        return said % NOON
    return said % NOON + NOON


def _minutes_first(shape: str, tokens: Sequence[Token]) -> tuple[Token, int] | None:
    """Read "half past 2", "half 2", "quarter to 3", "10 past midnight"."""
    spoken = _spoken(tokens[0])
    plain = tokens[0].tag == NUMBER and shape[1] != "u"
    if spoken is None or (plain and spoken % SPOKEN_STEP):
        return None
    return tokens[-1], -spoken if "t" in shape else spoken


def _hour_first(shape: str, tokens: Sequence[Token]) -> tuple[Token, int] | None:
    """Read "2 y media", "3 menos cuarto"."""
    spoken = _spoken(tokens[-2] if shape[-1] == "u" else tokens[-1])
    if spoken is None:
        return None
    return tokens[0], -spoken if "l" in shape else spoken


def _digital(shape: str, tokens: Sequence[Token]) -> tuple[Token, int] | None:
    """Read "14:30", "14h30", "2 30", "2시 반"; minutes have two digits."""
    minutes = tokens[-1]
    if minutes.tag == "H":
        return tokens[0], HOUR // 2
    if minutes.value >= HOUR or (len(minutes.written) != 2 and shape != "nhn"):
        return None
    return tokens[0], minutes.value


def _run(_: str, tokens: Sequence[Token]) -> tuple[Token, int] | None:
    """Read "1430" and "930"."""
    written = tokens[0].written
    if int(written[-2:]) >= HOUR:
        return None
    return Token(NUMBER, int(written[:-2]), written[:-2]), int(written[-2:])


def _hour(_: str, tokens: Sequence[Token]) -> tuple[Token, int] | None:
    return tokens[0], 0


def _spoken(token: Token) -> int | None:
    if token.tag in "HQ":
        return HOUR // 2 if token.tag == "H" else QUARTER
    return token.value if token.value < HOUR else None


def _tokens(folded: str, language: str) -> list[Token]:
    tokens = [
        Token(RUN, token.value, token.written)
        if token.tag == NUMBER and len(token.written) in {3, 4}
        else token
        for token in scanner(lexicon(language).language, "time", TAGS).scan(folded)
        if token.tag != "i"
    ]
    if tokens and tokens[-1].tag == ".":
        tokens.pop()
    return tokens


def _minutes(clock: time) -> int:
    return clock.hour * HOUR + clock.minute


def _value(clock: int) -> Value:
    return Value("time", f"{clock // HOUR:02d}:{clock % HOUR:02d}")
