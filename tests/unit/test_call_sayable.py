"""Numbers, times, dates, codes and telephone numbers are said as people say them."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.aloud import aloud
from flows.answers.numerals import in_digits
from flows.cardinal import cardinal
from flows.clock_aloud import date_aloud, time_aloud
from flows.sayable import said_not_written, sayable
from flows.value import Value, text

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("en", "Your code is 3R.", "Your code is three, R."),
        (
            "en",
            "2.30pm, 14:45 and 9.05 am",
            "half past two in the afternoon, quarter to three in the afternoon",
        ),
        ("en", "call 999 or 112", "call nine nine nine or one one two"),
        ("en", "07700 900123", "oh seven seven oh oh, nine oh oh one two three"),
        ("en", "+44 7700 900123", "plus four four, seven seven oh oh, nine oh oh one two three"),
        ("en", "LN34 XYZ", "L, N, three, four, X, Y, Z"),
        ("en", "YES or NO", "yes or no"),
        ("en", "on 5 May, the 3rd", "on the fifth of May, the third"),
        ("en", "12 of 340 members", "twelve of three hundred and forty members"),
        ("en", "1,500 & £5.50 or 2.5", "one thousand five hundred and five pounds fifty or two point five"),
        ("en", "1 Help\n2 Lift", "one Help. two Lift"),
        ("en", "GP 👍", "GP"),
        ("es", "el 5 de mayo a las 14:30", "el cinco de mayo a las dos y media de la tarde"),
        ("es", "Clave 3R", "Clave tres, R"),
        ("ko", "11월 24일 오후 2시 30분", "십일월 이십사일 오후 두 시 반"),
        ("ko", "번호 3R, 2명", "번호 삼, 알, 두 명"),
        ("ko", "6월 6일 14:00", "유월 육일 오후 두 시"),
    ],
)
def test_what_is_written_is_said(language: str, written: str, said: str) -> None:
    assert sayable(written, language).startswith(said)


@pytest.mark.parametrize(
    ("language", "clock", "said"),
    [
        ("en", time(12), "twelve noon"),
        ("en", time(0), "midnight"),
        ("en", time(9), "nine o'clock in the morning"),
        ("en", time(9, 15), "quarter past nine in the morning"),
        ("en", time(18, 40), "twenty to seven in the evening"),
        ("en", time(14, 7), "two oh seven in the afternoon"),
        ("es", time(13, 30), "una y media de la tarde"),
        ("es", time(8, 45), "nueve menos cuarto de la mañana"),
        ("es", time(22, 20), "diez y veinte de la noche"),
        ("ko", time(10), "오전 열 시"),
        ("ko", time(19, 20), "저녁 일곱 시 이십 분"),
    ],
)
def test_times(language: str, clock: time, said: str) -> None:
    assert time_aloud(clock, language) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Tuesday the twenty-fourth of November"),
        ("es", "martes veinticuatro de noviembre"),
        ("ko", "십일월 이십사일 화요일"),
    ],
)
def test_dates(language: str, said: str) -> None:
    assert date_aloud(date(2026, 11, 24), language) == said


@given(st.integers(0, 999_999))
def test_an_english_number_said_and_heard_is_the_same(number: int) -> None:
    assert in_digits(cardinal(number, "en"), "en").replace(",", "") == str(number)


@given(st.integers(0, 99_999))
def test_a_korean_number_said_and_heard_is_the_same(number: int) -> None:
    assert in_digits(cardinal(number, "ko"), "ko") == str(number)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (21_001, "veintiún mil uno"),
        (100, "cien"),
        (115, "ciento quince"),
        (2_030_405, "dos millones treinta mil cuatrocientos cinco"),
    ],
)
def test_spanish_numbers(number: int, said: str) -> None:
    assert cardinal(number, "es") == said


@given(st.text(max_size=80), st.sampled_from(["en", "es", "ko"]))
def test_anything_can_be_made_sayable(written: str, language: str) -> None:
    said = sayable(written, language)
    assert not any(character.isascii() and character.isdigit() for character in said)
    assert not set(said) & set('<>{}[]"\n')


def test_a_pin_is_never_said() -> None:
    assert "4711" not in aloud(Value("pin", "4711"), "en", LONDON).text
    assert aloud(Value("pin", "4711"), "en", LONDON).clips == ()


def test_a_value_names_the_clips_that_say_it() -> None:
    assert aloud(Value("date", "2026-11-24"), "en", LONDON).clips == ("weekday.1", "day.24", "month.11")
    assert aloud(Value("date", "2026-11-24"), "ko", LONDON).clips == ("month.11", "day.24", "weekday.1")
    assert aloud(Value("time", "14:30"), "en", LONDON).clips == ("hour.2", "minute.30", "part.12")
    assert aloud(Value("place", ["pond", "Duck pond"]), "en", LONDON).clips == ("place.pond",)
    assert aloud(text("anything"), "en", LONDON).clips == ()


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("en", "Text LIFT to begin again.", "Say LIFT to begin again."),
        ("en", "we book it and text you", "we book it and text you"),
        ("en", "Text the PIN you were given", "Press the PIN you were given"),
        ("es", "Mande SI o NO", "Diga SI o NO"),
        ("ko", "번호를 보내 주세요", "번호를 말씀해 주세요"),
    ],
)
def test_what_is_to_be_texted_is_to_be_said(language: str, written: str, said: str) -> None:
    assert said_not_written(written, language) == said
