"""What the ears are told to expect, question by question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.clock_aloud import month_aloud
from flows.conversation import Conversation
from flows.listening import Expectation, expects
from tests.unit.flow_making import setting
from tests.village import LIBRARY


def at(step: str, *, language: str = "en", hears: bool = True) -> Expectation:
    flow, name = step.split(".")
    conversation = Conversation(flow, 1, name, language)
    return expects(LIBRARY, conversation, replace(setting(), medium="call", hears=hears))


@pytest.mark.parametrize(
    ("step", "kind", "silence_ms", "longest"),
    [
        ("lift.confirm", "yes_no", 300, 0),
        ("menu.wish", "choice", 400, 0),
        ("lift.pickup", "place", 500, 12),
        ("lift.day", "date", 500, 4),
        ("lift.time", "time", 500, 4),
        ("vote.pin", "pin", 0, 4),
    ],
)
def test_each_type_has_its_silence_and_its_digits(
    step: str, kind: str, silence_ms: int, longest: int
) -> None:
    expected = at(step)
    assert (expected.type, expected.silence_ms) == (kind, silence_ms)
    assert expected.keypad.longest in (longest, 8 if kind == "pin" else longest)


def test_a_grammar_holds_the_answers_and_what_may_be_said_at_any_moment() -> None:
    phrases = at("lift.pickup").phrases
    assert {"station", "health centre", "person", "go back", "slower", "stop", "ambulance"} <= set(phrases)
    assert "keywords" not in phrases
    assert "lift" not in phrases
    assert "lift" in at("menu.wish").phrases


@pytest.mark.parametrize("language", ["en", "es", "ko"])
def test_a_grammar_is_written_as_a_recogniser_writes(language: str) -> None:
    for step in ("menu.wish", "lift.needs", "lift.day", "lift.time", "help.category"):
        for phrase in at(step, language=language).phrases:
            assert phrase == phrase.lower()
            assert all(character.isalpha() or character in " '" for character in phrase), phrase


@pytest.mark.parametrize("language", ["en", "es", "ko"])
def test_months_are_listened_for_by_the_names_they_are_said_by(language: str) -> None:
    phrases = at("lift.day", language=language).phrases
    assert {month_aloud(month, language).lower() for month in range(1, 13)} <= set(phrases)
    assert language == "en" or "january" not in phrases


def test_the_cries_that_are_listened_for_are_short() -> None:
    phrases = at("lift.confirm").phrases
    assert "heart attack" in phrases
    assert "don't want to be here any more" not in phrases


def test_ones_own_words_are_recorded_and_not_held_to_a_grammar() -> None:
    for step in ("help.what", "help.name"):
        expected = at(step)
        assert expected.open
        assert expected.record
        assert not expected.phrases


def test_a_secret_vote_leaves_nothing() -> None:
    for step in ("vote.pin", "vote.confirm_secret"):
        assert at(step).secret
        assert not at(step).record
    assert at("vote.pin").keys_only


def test_where_nobody_understands_speech_only_recordings_are_listened_to() -> None:
    assert at("lift.pickup", hears=False).keys_only
    assert not at("help.what", hears=False).keys_only


def test_single_keys_act_at_once_where_they_can_begin_nothing_longer() -> None:
    assert set("019*") <= set(at("lift.confirm").keypad.at_once)
    assert at("lift.time").keypad.at_once == "*"


def test_a_person_is_left_a_message() -> None:
    waiting = Conversation("menu", 1, "wish", "en", status="person")
    expected = expects(LIBRARY, waiting, replace(setting(), medium="call"))
    assert expected.open
    assert expected.record


def test_before_and_after_everything_something_is_still_expected() -> None:
    for conversation in (None, Conversation("menu", 1, "wish", "en", status="left")):
        assert "start" in expects(LIBRARY, conversation, replace(setting(), medium="call")).phrases
