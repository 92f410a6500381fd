"""A time on the clock in the words people use, and the instant it means on days that lack it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.answers import TYPES
from flows.answers.moment import moment
from flows.value import Value
from tests.unit.asking import LONDON, question, said, unclear, understood

ENGLISH = {
    "half 2": "14:30",
    "half past two": "14:30",
    "half past two please": "14:30",
    "half ten": "10:30",
    "quarter to 3": "14:45",
    "a quarter past nine": "09:15",
    "quarter to 7": "18:45",
    "ten past 3": "15:10",
    "twenty five past six": "18:25",
    "twenty to four": "15:40",
    "2.30pm": "14:30",
    "2:30 p.m.": "14:30",
    "14h30": "14:30",
    "14:30": "14:30",
    "1430": "14:30",
    "1430hrs": "14:30",
    "930": "09:30",
    "2 30": "14:30",
    "two thirty": "14:30",
    "2": "14:00",
    "9": "09:00",
    "12": "12:00",
    "2pm": "14:00",
    "2am": "02:00",
    "02:30": "02:30",
    "2 o'clock": "14:00",
    "around 2ish": "14:00",
    "tuesday at 2": "14:00",
    "3 people at 2pm": "14:00",
    "afternoon about 3": "15:00",
    "9 in the morning": "09:00",
    "8 at night": "20:00",
    "12 at night": "00:00",
    "noon": "12:00",
    "midday": "12:00",
    "midnight": "00:00",
    "half past midnight": "00:30",
    "quarter to midnight": "23:45",
    "12am": "00:00",
    "12pm": "12:00",
    "24:00": "00:00",
    "morning": "09:00",
    "first thing": "07:00",
    "lunchtime": "12:30",
    "afternoon": "14:00",
    "evening": "18:00",
    "tonight": "20:00",
    "now": "12:07",
    "in half an hour": "12:37",
    "in an hour and a half": "13:37",
    "in 20 minutes": "12:27",
}
SPANISH = {
    "a las dos y media": "14:30",
    "dos y cuarto": "14:15",
    "las tres menos cuarto": "14:45",
    "cuarto para las tres": "14:45",
    "tres menos diez": "14:50",
    "las 14": "14:00",
    "14 horas": "14:00",
    "a las 2 de la tarde": "14:00",
    "las nueve de la mañana": "09:00",
    "mañana a las dos": "14:00",
    "mañana": "09:00",
    "por la tarde": "14:00",
    "mediodía": "12:00",
    "medianoche": "00:00",
    "las doce de la noche": "00:00",
    "a las dos y treinta y cinco": "14:35",
    "en media hora": "12:37",
}
KOREAN = {
    "오후 2시 반": "14:30",
    "오후 2시 30분": "14:30",
    "오후 두 시 삼십 분": "14:30",
    "두 시 반": "14:30",
    "열두시": "12:00",
    "14시 30분": "14:30",
    "오전 9시": "09:00",
    "저녁 7시": "19:00",
    "새벽 2시": "02:00",
    "정오": "12:00",
    "자정": "00:00",
    "아침": "09:00",
    "두 시에요": "14:00",
    "2시간 후": "14:07",
}
SPOKEN = [
    (lang, *item)
    for lang, table in (("en", ENGLISH), ("es", SPANISH), ("ko", KOREAN))
    for item in table.items()
]


@pytest.mark.parametrize(("language", "typed", "clock"), SPOKEN)
def test_times_as_people_type_them(language: str, typed: str, clock: str) -> None:
    assert understood("time", typed, question(language)) == clock


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("8", "08:00"),
        ("7", "19:00"),
        ("half 7", "19:30"),
        ("03:00", "15:00"),
        ("20:00", "20:00"),
        ("early", "08:00"),
        ("morning", "09:00"),
        ("night", "20:00"),
    ],
)
def test_an_hour_is_the_one_within_the_hours_of_service(typed: str, clock: str) -> None:
    assert understood("time", typed, question(between=["08:00", "20:00"])) == clock


def test_hours_that_yaml_read_as_a_number_of_minutes_are_hours() -> None:
    assert understood("time", "7", question(between=["08:00", 20 * 60])) == "19:00"


@pytest.mark.parametrize("typed", ["9pm", "midnight", "8.30 pm", "6 in the morning"])
def test_a_time_outside_the_hours_of_service_is_refused_with_them(typed: str) -> None:
    answer = unclear("time", typed, question(between=["08:00", "20:00"]))
    assert answer.reason == "unclear.time.hours"
    assert said(answer.values) == {"first": "08:00", "last": "20:00"}


def test_a_part_of_the_day_moves_into_the_hours_of_service() -> None:
    assert understood("time", "morning", question(between=["10:00", "16:00"])) == "10:00"
    assert unclear("time", "evening", question(between=["10:00", "16:00"])).reason == "unclear.time.hours"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "dunno",
        "👍",
        "25:00",
        "2:75",
        "14:30 am",
        "2.5",
        "99999",
        "2-3pm",
        "between 2 and 3",
        "not 2",
        "2 to 3",
    ],
)
def test_what_is_no_time_is_unclear(typed: str) -> None:
    assert unclear("time", typed, question()).reason == "unclear.time"


def test_two_times_are_named() -> None:
    answer = unclear("time", "2pm or 3pm", question())
    assert answer.reason == "unclear.time.two"
    assert said(answer.values) == {"first": "14:00", "second": "15:00"}


@pytest.mark.parametrize(
    ("now", "typed", "clock"),
    [
        ("2026-03-04 23:30", "in half an hour", "00:00"),
        ("2026-03-04 23:45", "in half an hour", "00:15"),
        ("2026-03-05 00:15", "now", "00:15"),
        # 29 March: 00:59 is followed by 02:00. 25 October: 01:59 BST is followed by 01:00 GMT.
        ("2026-03-29 00:45", "in half an hour", "02:15"),
        ("2026-10-25 01:45", "in half an hour", "01:15"),
    ],
)
def test_ahead_of_now_is_elapsed_time(now: str, typed: str, clock: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=LONDON)
    assert understood("time", typed, question(now=at)) == clock


@settings(max_examples=100)
@given(st.integers(0, 24 * 60 - 1), st.sampled_from(["en", "es", "ko"]))
def test_a_time_in_words_is_understood_as_itself(minutes: int, language: str) -> None:
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    words = TYPES["time"].words(Value("time", clock), language)
    assert understood("time", words, question(language)) == clock


def test_times_are_said_as_each_language_says_them() -> None:
    words = TYPES["time"].words
    spoken = [
        [words(Value("time", t), lang) for t in ("14:30", "09:00", "12:00")] for lang in ("en", "es", "ko")
    ]
    assert spoken == [
        ["2.30 pm", "9 am", "12 noon"],
        ["14:30", "09:00", "12:00"],
        ["오후 2시 30분", "오전 9시", "낮 12시"],
    ]


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant"),
    [
        # Ordinary, half an hour before and after midnight.
        ("Europe/London", "2026-03-04", "23:30", "2026-03-04T23:30:00+00:00"),
        ("Europe/London", "2026-07-01", "00:30", "2026-07-01T00:30:00+01:00"),
        # The clock skips 01:00 to 02:00.
        ("Europe/London", "2026-03-29", "00:30", "2026-03-29T00:30:00+00:00"),
        ("Europe/London", "2026-03-29", "01:00", "2026-03-29T02:00:00+01:00"),
        ("Europe/London", "2026-03-29", "01:30", "2026-03-29T02:00:00+01:00"),
        ("Europe/London", "2026-03-29", "02:00", "2026-03-29T02:00:00+01:00"),
        # The clock shows 01:00 to 02:00 twice: the first.
        ("Europe/London", "2026-10-25", "01:30", "2026-10-25T01:30:00+01:00"),
        ("Europe/London", "2026-10-25", "02:00", "2026-10-25T02:00:00+00:00"),
        # South of the equator: midnight itself is skipped in September and doubled in April.
        ("America/Santiago", "2026-09-06", "00:00", "2026-09-06T01:00:00-03:00"),
        ("America/Santiago", "2026-09-06", "00:30", "2026-09-06T01:00:00-03:00"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-04T23:30:00-03:00"),
        ("America/Santiago", "2026-04-05", "00:30", "2026-04-05T00:30:00-04:00"),
        # Half an hour's change, and a day that never was.
        ("Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-04T02:30:00+11:00"),
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-31T00:00:00+14:00"),
        ("Europe/London", "2028-02-29", "12:00", "2028-02-29T12:00:00+00:00"),
    ],
)
def test_the_instant_a_day_and_a_time_mean(zone: str, day: str, clock: str, instant: str) -> None:
    found = moment(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))
    assert found.isoformat() == instant


@settings(max_examples=100)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - wall time
    st.sampled_from(["Europe/London", "America/Santiago", "Australia/Lord_Howe", "Asia/Seoul"]),
)
def test_the_instant_shows_the_wall_time_or_the_first_after_a_gap(wall: datetime, zone: str) -> None:
    wall = wall.replace(second=0, microsecond=0, fold=0)
    found = moment(wall.date(), wall.time(), ZoneInfo(zone))
    shown = found.replace(tzinfo=None, fold=0)
    assert shown == wall or (wall < shown <= wall + timedelta(hours=1))
    assert found.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == found.replace(tzinfo=None)
