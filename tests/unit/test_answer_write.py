"""Numbers, names, telephone numbers, PINs and free text as residents write them."""

import pytest

from flows.answers import TYPES
from flows.value import Value
from tests.unit.asking import question, said, unclear, understood


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("en", "2", 2),
        ("en", "two please", 2),
        ("en", "a couple", 2),
        ("en", "3 people", 3),
        ("en", "there are three of us", 3),
        ("en", "one hundred and five", 105),
        ("en", "half a dozen", 6),
        ("en", "1,000", 1000),
        ("en", "none", 0),
        ("en", "nobody", 0),
        ("en", "just me", 1),
        ("en", "x2", 2),
        ("es", "dos", 2),
        ("es", "somos tres", 3),
        ("es", "doscientos cinco", 205),
        ("es", "veintidos", 22),
        ("es", "1.000", 1000),
        ("es", "ninguno", 0),
        ("es", "solo yo", 1),
        ("ko", "둘", 2),
        ("ko", "두 명", 2),
        ("ko", "열두 명이요", 12),
        ("ko", "백이십", 120),
        ("ko", "저 혼자요", 1),
        ("ko", "없어요", 0),
    ],
)
def test_a_number(language: str, typed: str, number: int) -> None:
    assert understood("number", typed, question(language, alone=1)) == number


@pytest.mark.parametrize("typed", ["", "5/5", "5:30", "2pm", "2-3", "2 or 3", "2nd", "👍", "dunno", "1 2"])
def test_what_is_no_number_is_unclear(typed: str) -> None:
    assert unclear("number", typed, question()).reason == "unclear.number"


@pytest.mark.parametrize("typed", ["2.5", "two and a half", "2½", "2,5"])
def test_a_number_has_to_be_whole(typed: str) -> None:
    assert unclear("number", typed, question()).reason == "unclear.number.whole"


def test_a_number_has_to_lie_within_its_limits() -> None:
    low = unclear("number", "0", question(min=1, max=8))
    assert (low.reason, said(low.values)) == ("unclear.number.low", {"min": 1})
    high = unclear("number", "99999999999999", question(min=1, max=8))
    assert (high.reason, said(high.values)) == ("unclear.number.high", {"max": 8})
    assert unclear("number", "-2", question()).reason == "unclear.number.low"


def test_none_is_a_number_only_where_nought_is_on_offer_and_just_me_where_the_question_says() -> None:
    assert unclear("number", "none", question(min=1)).reason == "unclear.number"
    assert unclear("number", "just me", question()).reason == "unclear.number"


@pytest.mark.parametrize(
    ("language", "typed", "name"),
    [
        ("en", "Mary", "Mary"),
        ("en", "mary smith", "Mary Smith"),
        ("en", "MARY SMITH", "Mary Smith"),
        ("en", "my name is Mary", "Mary"),
        ("en", "Hi I\u2019m Bob, thanks", "Bob"),
        ("en", "it's mary here", "Mary"),
        ("en", "Mary 👵", "Mary"),
        ("en", "Regards,\nMary", "Mary"),
        ("en", "Mary Smith\nSent from my iPhone", "Mary Smith"),
        ("en", "O'Neil", "O'Neil"),
        ("en", "mary o'neil-jones", "Mary O'Neil-Jones"),
        ("en", "AJ", "AJ"),
        ("es", "me llamo María del Carmen", "María del Carmen"),
        ("es", "soy juan pérez de la cruz", "Juan Pérez de la Cruz"),
        ("ko", "김영희", "김영희"),
        ("ko", "제 이름은 김영희입니다", "김영희"),
        ("en", "محمد", "محمد"),
    ],
)
def test_a_name_is_tidied(language: str, typed: str, name: str) -> None:
    assert understood("name", typed, question(language)) == name


@pytest.mark.parametrize("typed", ["", "no", "07700 900123", "😀", "...", "mary@example.org", "why"])
def test_what_is_no_name_is_unclear(typed: str) -> None:
    assert unclear("name", typed, question()).reason == "unclear.name"


def test_a_sentence_is_no_name() -> None:
    answer = unclear("name", "I would rather not say what I am called today", question())
    assert (answer.reason, said(answer.values)) == ("unclear.name.long", {"max": 60})


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("en", "07700 900123", "+447700900123"),
        ("en", "+44 7700 900123", "+447700900123"),
        ("en", "0044 7700 900123", "+447700900123"),
        ("en", "(01530) 412345", "+441530412345"),
        ("en", "my number is 07700-900-123", "+447700900123"),
        ("en", "oh seven seven double oh nine double oh one two three", "+447700900123"),
        ("en", "oh seven seven oh oh nine hundred", ""),
        ("en", "+1 202 555 0123", "+12025550123"),
        ("es", "612 345 678", "+34612345678"),
        ("es", "seis uno dos tres cuatro cinco seis siete ocho", "+34612345678"),
        ("ko", "010-1234-5678", "+821012345678"),
        ("ko", "공일공 일이삼사 오육칠팔", "+821012345678"),
    ],
)
def test_a_telephone_number(language: str, typed: str, number: str) -> None:
    if number:
        assert understood("phone", typed, question(language)) == number
    else:
        assert unclear("phone", typed, question(language)).reason == "unclear.phone"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "unclear.phone"),
        ("no", "unclear.phone"),
        ("12345", "unclear.phone"),
        ("077009001234567", "unclear.phone"),
        ("07700 900123 or 01530 412345", "unclear.phone.two"),
    ],
)
def test_what_is_no_telephone_number_says_why(typed: str, reason: str) -> None:
    assert unclear("phone", typed, question()).reason == reason


@pytest.mark.parametrize(
    ("language", "typed", "pin"),
    [
        ("en", "0112", "0112"),
        ("en", "01 12", "0112"),
        ("en", "0-1-1-2", "0112"),
        ("en", "my pin is 0112", "0112"),
        ("en", "oh double one two", "0112"),
        ("es", "cero uno uno dos", "0112"),
        ("ko", "공일일이", "0112"),
    ],
)
def test_a_pin(language: str, typed: str, pin: str) -> None:
    assert understood("pin", typed, question(language)) == pin


def test_a_pin_is_never_said_nor_given_away_when_unclear() -> None:
    assert TYPES["pin"].words(Value("pin", "0112"), "en") == "****"
    wrong = unclear("pin", "01123", question())
    assert (wrong.reason, said(wrong.values)) == ("unclear.pin.length", {"digits": "4"})
    assert unclear("pin", "0112 then 3445", question()).reason == "unclear.pin"
    assert unclear("pin", "no", question()).reason == "unclear.pin"
    assert understood("pin", "112233", question(digits=[4, 8])) == "112233"


def test_free_text_is_kept_in_the_residents_own_words() -> None:
    typed = "My café  bag \x00 broke 😢\r\nCan\u2019t carry it\nRegards,\nMary"
    assert understood("free_text", typed, question()) == "My café bag broke 😢\nCan’t carry it"
    assert understood("free_text", "🆘", question()) == "🆘"
    assert understood("free_text", "مرحبا", question()) == "مرحبا"


def test_a_long_text_is_cut_at_a_word_with_an_ellipsis() -> None:
    kept = understood("free_text", "word " * 400, question())
    assert isinstance(kept, str)
    assert len(kept) <= 1000
    assert kept.endswith("word…")
    assert understood("free_text", "a" * 3000, question(max=20)) == "a" * 19 + "…"


@pytest.mark.parametrize("typed", ["", "   ", "...", "?!", "\x00", "\ud800", "\u202e"])
def test_nothing_said_is_unclear(typed: str) -> None:
    assert unclear("free_text", typed, question()).reason == "unclear.free_text"
