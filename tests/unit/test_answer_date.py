"""A day in the words people use, on the days when reckoning goes wrong."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.answers import TYPES
from flows.clock_aloud import date_aloud
from flows.value import Value
from tests.unit.asking import LONDON, question, said, unclear, understood

ENGLISH = {
    "today": "2026-03-04",
    "tonight": "2026-03-04",
    "tomorrow": "2026-03-05",
    "tomorow": "2026-03-05",
    "Tommorrow please": "2026-03-05",
    "2moro": "2026-03-05",
    "tmrw x": "2026-03-05",
    "tomorrow at 2pm": "2026-03-05",
    "day after tomorrow": "2026-03-06",
    "Tues": "2026-03-10",
    "wensday": "2026-03-11",
    "wednesday": "2026-03-11",
    "this wednesday": "2026-03-04",
    "next wednesday": "2026-03-11",
    "next tuesday": "2026-03-10",
    "friday": "2026-03-06",
    "next friday": "2026-03-13",
    "tuesday the 10th": "2026-03-10",
    "Tuesday 2.30": "2026-03-10",
    "a week today": "2026-03-11",
    "a week on Friday": "2026-03-13",
    "friday week": "2026-03-13",
    "two weeks on friday": "2026-03-20",
    "in a fortnight": "2026-03-18",
    "in 3 days": "2026-03-07",
    "in a week's time": "2026-03-11",
    "tuesday the week after next": "2026-03-17",
    "5/5": "2026-05-05",
    "05/05": "2026-05-05",
    "5.5.2026": "2026-05-05",
    "5-5-26": "2026-05-05",
    "2026-05-05": "2026-05-05",
    "5/13": "2026-05-13",
    "0505": "2026-05-05",
    "5 May": "2026-05-05",
    "May 5th": "2026-05-05",
    "the fifth of may": "2026-05-05",
    "5": "2026-03-05",
    "the 5th": "2026-03-05",
    "the 4th": "2026-03-04",
    "the 3rd": "2026-04-03",
    "the 31st": "2026-03-31",
    "5th of next month": "2026-04-05",
    "Tuesday 24 November": "2026-11-24",
    "twenty fourth of november": "2026-11-24",
    "I have to go on Tuesday, please": "2026-03-10",
    "next friday 13th": "2026-03-13",
}
SPANISH = {
    "hoy": "2026-03-04",
    "mañana": "2026-03-05",
    "manana por la tarde": "2026-03-05",
    "mañana a las dos": "2026-03-05",
    "pasado mañana": "2026-03-06",
    "el martes que viene": "2026-03-10",
    "el próximo viernes": "2026-03-06",
    "viernes de la semana que viene": "2026-03-13",
    "miercoles": "2026-03-11",
    "este miércoles": "2026-03-04",
    "5 de mayo": "2026-05-05",
    "cinco de mayo": "2026-05-05",
    "primero de mayo": "2026-05-01",
    "veintidos de mayo": "2026-05-22",
    "el 5": "2026-03-05",
    "el día 5": "2026-03-05",
    "5/6": "2026-06-05",
    "dentro de 3 días": "2026-03-07",
    "en una semana": "2026-03-11",
    "de hoy en ocho": "2026-03-11",
    "martes 24 de noviembre": "2026-11-24",
}
KOREAN = {
    "오늘이요": "2026-03-04",
    "내일": "2026-03-05",
    "내일 오후 2시": "2026-03-05",
    "모레": "2026-03-06",
    "화요일": "2026-03-10",
    "화": "2026-03-10",
    "이번 주 금요일": "2026-03-06",
    "다음 주 화요일": "2026-03-10",
    "다음주화요일": "2026-03-10",
    "5월 5일": "2026-05-05",
    "오월 오일": "2026-05-05",
    "시월 십일일": "2026-10-11",
    "5/6": "2026-05-06",
    "5일": "2026-03-05",
    "3일 후": "2026-03-07",
    "일주일 후": "2026-03-11",
    "2주 뒤": "2026-03-18",
    "다음 달 5일": "2026-04-05",
    "2026년 5월 5일": "2026-05-05",
    "11월 24일 화요일": "2026-11-24",
    "금요일에 갈게요": "2026-03-06",
}
SPOKEN = [
    (lang, *item)
    for lang, table in (("en", ENGLISH), ("es", SPANISH), ("ko", KOREAN))
    for item in table.items()
]


@pytest.mark.parametrize(("language", "typed", "day"), SPOKEN)
def test_on_wednesday_4_march_2026(language: str, typed: str, day: str) -> None:
    assert understood("date", typed, question(language)) == day


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "unclear.date"),
        ("dunno", "unclear.date"),
        ("👍", "unclear.date"),
        ("13/13", "unclear.date"),
        ("12345", "unclear.date"),
        ("not tuesday", "unclear.date"),
        ("next week", "unclear.date.day"),
        ("at the weekend", "unclear.date.day"),
        ("next month", "unclear.date.day"),
        ("yesterday", "unclear.date.past"),
        ("5 may 2025", "unclear.date.past"),
        ("tuesday or wednesday", "unclear.date.two"),
        ("5th 6th", "unclear.date.two"),
        ("in 2 months", "unclear.date.far"),
        ("in 9999 weeks", "unclear.date.far"),
        ("29 Feb", "unclear.date.missing"),
        ("29/2/2027", "unclear.date.missing"),
        ("31 april", "unclear.date.missing"),
        ("Monday 24 March", "unclear.date.mismatch"),
        ("999999999 days", "unclear.date"),
    ],
)
def test_what_is_no_day_on_offer_says_why(typed: str, reason: str) -> None:
    assert unclear("date", typed, question(within="28d")).reason == reason


def test_the_days_on_offer_and_the_two_meanings_are_said() -> None:
    far = unclear("date", "5 may", question(within="28d"))
    assert said(far.values) == {"first": "2026-03-04", "last": "2026-04-01"}
    two = unclear("date", "tuesday or wednesday", question())
    assert said(two.values) == {"first": "2026-03-10", "second": "2026-03-11"}
    wrong = unclear("date", "monday 24 march", question(within="4w"))
    assert said(wrong.values) == {"date": "2026-03-24"}
    missing = unclear("date", "31 de abril", question("es"))
    assert said(missing.values) == {"day": 31, "month": "abril"}


def test_the_last_day_on_offer_is_still_on_offer() -> None:
    assert understood("date", "1 april", question(within="28d")) == "2026-04-01"
    assert unclear("date", "2 april", question(within="28d")).reason == "unclear.date.far"


def test_a_day_just_gone_is_past_where_next_years_is_not_on_offer() -> None:
    assert unclear("date", "1 march", question(within="28d")).reason == "unclear.date.past"
    assert understood("date", "1 march", question()) == "2027-03-01"


@pytest.mark.parametrize(
    ("now", "typed", "day"),
    [
        # Half an hour before and after midnight.
        ("2026-03-04 23:30", "today", "2026-03-04"),
        ("2026-03-04 23:30", "tomorrow", "2026-03-05"),
        ("2026-03-05 00:30", "today", "2026-03-05"),
        ("2026-03-05 00:30", "tomorrow", "2026-03-06"),
        # Month and year ends.
        ("2026-01-31 10:00", "tomorrow", "2026-02-01"),
        ("2026-12-31 23:30", "tomorrow", "2027-01-01"),
        ("2026-12-31 10:00", "1 january", "2027-01-01"),
        ("2026-12-31 10:00", "the 1st", "2027-01-01"),
        ("2026-01-31 10:00", "in a month", "2026-02-28"),
        ("2026-02-10 10:00", "the 30th", "2026-03-30"),
        # 29 February.
        ("2028-02-28 10:00", "tomorrow", "2028-02-29"),
        ("2028-02-28 10:00", "29 feb", "2028-02-29"),
        ("2027-06-01 10:00", "29 february", "2028-02-29"),
        ("2028-02-29 10:00", "29/2", "2028-02-29"),
        ("2028-02-29 10:00", "a week today", "2028-03-07"),
        ("2027-02-28 10:00", "tomorrow", "2027-03-01"),
        # Sundays: weeks begin on Monday.
        ("2026-03-08 10:00", "next tuesday", "2026-03-10"),
        ("2026-03-09 10:00", "next tuesday", "2026-03-17"),
        ("2026-03-09 10:00", "tuesday", "2026-03-10"),
        # The days the clocks change, half an hour either side of the change.
        ("2026-03-29 00:30", "tomorrow", "2026-03-30"),
        ("2026-03-29 02:30", "today", "2026-03-29"),
        ("2026-10-25 00:30", "tomorrow", "2026-10-26"),
        ("2026-10-25 01:30", "in 7 days", "2026-11-01"),
    ],
)
def test_at_the_edges_of_the_calendar(now: str, typed: str, day: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=LONDON)
    assert understood("date", typed, question(now=at)) == day


def test_today_is_the_communitys_today() -> None:
    santiago = datetime(2026, 9, 6, 0, 30, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("America/Santiago"))
    assert understood("date", "mañana", question("es", now=santiago)) == "2026-09-06"


def test_29_february_is_refused_where_the_next_one_does_not_exist() -> None:
    after = datetime(2028, 3, 1, 10, tzinfo=LONDON)
    assert unclear("date", "29 feb", question(now=after)).reason == "unclear.date.missing"


def test_regions_that_write_the_month_first_are_read_so() -> None:
    assert understood("date", "5/6", question(region="US")) == "2026-05-06"
    assert understood("date", "5/6", question(region="GB")) == "2026-06-05"


@settings(max_examples=150)
@given(st.integers(0, 365), st.sampled_from(["en", "es", "ko"]))
def test_a_date_in_words_is_understood_as_itself(ahead: int, language: str) -> None:
    asked = question(language)
    day = asked.now.date() + timedelta(days=ahead)
    words = TYPES["date"].words(Value("date", day.isoformat()), language)
    assert understood("date", words, asked) == day.isoformat()


@settings(max_examples=150)
@given(st.integers(0, 365), st.sampled_from(["en", "es", "ko"]))
def test_a_date_read_out_and_said_again_is_understood_as_itself(ahead: int, language: str) -> None:
    """As a caller repeats it: 팔일 일요일 is Sunday the eighth, not the eighty-first."""
    asked = question(language)
    day = asked.now.date() + timedelta(days=ahead)
    assert understood("date", date_aloud(day, language), asked) == day.isoformat()


def test_dates_are_said_as_each_language_says_them() -> None:
    value = Value("date", date(2026, 11, 24).isoformat())
    words = TYPES["date"].words
    assert [words(value, lang) for lang in ("en", "es", "ko")] == [
        "Tuesday 24 November",
        "martes 24 de noviembre",
        "11월 24일 화요일",
    ]
