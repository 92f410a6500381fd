"""A phrase with its values filled in reads like a sentence."""

from __future__ import annotations

import pytest

from flows.phrases import fill


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("mend my gate", "Help with: mend my gate. Text HELP."),
        ("the chemist in ...", "Help with: the chemist in ... Text HELP."),
        ("Please come.", "Help with: Please come. Text HELP."),
        ("can somebody come?", "Help with: can somebody come? Text HELP."),
        ("", "Help with: . Text HELP."),
    ],
)
def test_a_value_that_ends_a_sentence_gets_no_second_full_stop(value: str, sentence: str) -> None:
    assert fill("Help with: {what}. Text HELP.", {"what": value}) == sentence


def test_a_full_stop_that_is_no_sentence_end_stays() -> None:
    assert fill("{a}{b}. {c}", {"a": "1.", "b": "5", "c": "x."}) == "1.5. x."
