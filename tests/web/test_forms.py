"""A field is taken for what it is asked to be, whatever a browser sends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from multidict import MultiDict, MultiDictProxy

from gateway.web.agents import name_of_agent
from gateway.web.forms import Form, FormMistake


def form(**fields: str) -> Form:
    """Give a form with these fields."""
    return Form(MultiDictProxy(MultiDict(fields)))


def test_a_line_of_text_is_one_line_without_what_cannot_be_seen() -> None:
    assert form(name="  Ada\r\n\x00 Ashby\x1b[2J ").text("name") == "Ada Ashby[2J"
    assert form(name="Ada\u202eybhsA").text("name") == "AdaybhsA"
    assert form(words=" one \r\n\r\ntwo\x07 ").text("words", lines=True) == "one \n\ntwo"


def test_a_password_stays_as_it_was_typed() -> None:
    assert form(password="  two  spaces ").secret("password") == "  two  spaces "


@pytest.mark.parametrize("typed", ["", " ", "-1", "1.5", "1e3", "٣", "9" * 30, "11", "abc"])
def test_what_is_no_whole_number_in_bounds_is_refused(typed: str) -> None:
    with pytest.raises(FormMistake):
        form(n=typed).whole("n", most=10)


def test_a_whole_number_is_given_as_one() -> None:
    assert form(n=" 7 ").whole("n", most=10) == 7


def test_what_is_missing_too_long_or_not_offered_is_refused_and_never_repeated() -> None:
    asks: tuple[Callable[[], object], ...] = (
        lambda: form().text("secret"),
        lambda: form(secret="x" * 201).text("secret"),
        lambda: form(secret="my words").choice("secret", ["a", "b"]),
        lambda: form(secret="x" * 201).secret("secret"),
    )
    for ask in asks:
        with pytest.raises(FormMistake) as told:
            ask()
        assert "my words" not in str(told.value)
        assert "xxx" not in str(told.value)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
            "Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("<script>", ""),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent: str, name: str) -> None:
    assert name_of_agent(agent) == name
