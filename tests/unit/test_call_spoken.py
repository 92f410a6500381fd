"""A turn's words become sentences: whole clips where nothing changes, parts where values stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.check import check
from flows.check_ear import check_speech
from flows.clips import recordable
from flows.conversation import Again, Effect, Happened, Page, Prompt
from flows.spoken import Clip, spoken
from flows.value import Value, text
from gateway.services import ACTIONS as SERVICES
from tests.unit.flow_making import LONDON, problems_of
from tests.village import LIBRARY

CONFIRM = {
    "day": Value("date", "2026-03-03"),
    "time": Value("time", "14:30"),
    "pickup": Value("place", ["station", "Ashby Station"]),
    "dropoff": Value("place", ["pond", "Duck pond"]),
    "needs": Value("choice", ["alone", "One person"]),
}


def test_a_prompt_without_values_can_be_one_recording() -> None:
    (sentence,) = spoken(LIBRARY, [Prompt("lift", "pickup", "question", version=1)], "en", LONDON)
    assert sentence.text == "Where shall we pick you up?"
    assert sentence.clip == Clip("lift", "pickup")
    assert sentence.pieces == ()


def test_a_prompt_with_values_can_be_joined_from_parts() -> None:
    (sentence,) = spoken(LIBRARY, [Prompt("lift", "confirm", "question", CONFIRM, version=1)], "en", LONDON)
    assert sentence.clip is None
    assert "Tuesday the third of March at half past two in the afternoon" in sentence.text
    clips = [clip for piece in sentence.pieces for clip in piece.clips]
    assert Clip("common", "weekday.1") in clips
    assert Clip("common", "place.station") in clips
    assert Clip("lift", "option.needs.alone") in clips
    assert all(piece.clips for piece in sentence.pieces)


def test_everything_that_parts_are_joined_from_can_be_recorded() -> None:
    known = {entry.clip for entry in recordable(LIBRARY, "en")}
    (sentence,) = spoken(LIBRARY, [Prompt("lift", "confirm", "question", CONFIRM, version=1)], "en", LONDON)
    wanted = {clip for piece in sentence.pieces for clip in piece.clips}
    assert {clip for clip in wanted - known if not clip.key.startswith("place.")} == set()


@pytest.mark.parametrize("language", ["en", "es", "ko"])
def test_each_recording_is_asked_for_once_and_says_something(language: str) -> None:
    entries = list(recordable(LIBRARY, language))
    assert len({entry.clip for entry in entries}) == len(entries)
    assert all(any(character.isalpha() for character in entry.text) for entry in entries)


def test_the_first_option_tells_how_to_choose_and_the_others_are_short() -> None:
    prompt = Prompt("menu", "wish", "question", options=("Help", "Book a lift"), version=1)
    sentences = spoken(LIBRARY, [prompt], "en", LONDON)
    assert [sentence.text for sentence in sentences[1:]] == [
        "For Help, say Help, or press one.",
        "For Book a lift, press two.",
    ]


def test_a_long_option_is_not_said_twice() -> None:
    prompt = Prompt("menu", "wish", "question", options=("Where shall the new bench go?",), version=1)
    assert spoken(LIBRARY, [prompt], "en", LONDON)[1].text == "For Where shall the new bench go, press one."


def test_what_is_private_stays_so_and_what_says_nothing_is_left_out() -> None:
    effects: list[Effect] = [
        Happened("call.goodbye"),
        Again(),
        Page("One. 2 Two"),
        Prompt("common", "call.echo", values={"answer": text("Duck pond")}, private=True),
    ]
    sentences = spoken(LIBRARY, effects, "en", LONDON)
    assert [(sentence.text, sentence.private) for sentence in sentences] == [
        ("One. two Two", False),
        ("Duck pond.", True),
    ]


def test_a_prompt_may_be_in_another_language_than_the_turn() -> None:
    prompt = Prompt("common", "call.language", values={"key": Value("number", 2)}, language="es")
    (sentence,) = spoken(LIBRARY, [prompt], "en", LONDON)
    assert (sentence.language, sentence.text) == ("es", "Para español, diga español o pulse dos.")


def test_the_spanish_say_one_o_clock_as_they_do() -> None:
    values = {**CONFIRM, "time": Value("time", "13:00")}
    (sentence,) = spoken(LIBRARY, [Prompt("lift", "confirm", "question", values, version=1)], "es", LONDON)
    assert "a la una de la tarde" in sentence.text


def test_the_delivered_flows_can_all_be_listened_to() -> None:
    specs = {name: action.spec for name, action in SERVICES.items()}
    assert check(LIBRARY, specs) == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("Type the day.", "says `Type`"),
        ("Which day? " + "Please think about it well. " * 14, "too long to listen to"),
    ],
)
def test_what_nobody_can_listen_to_is_found(tmp_path: Path, words: str, complaint: str) -> None:
    texts = f'''keywords = ["lift"]
[phrases]
day = {{ sms = "Which day?", voice = "{words}" }}
seats = "How many seats on {{day}}?"
sorry = "No seats are left."
confirm = "{{seats}} seats on {{day}}?"
again = "Booked, {{ref}}. Another one?"
booked = "Goodbye."
'''
    found = [problem.message for problem in problems_of(tmp_path, {"lift/texts/en.toml": texts})]
    assert any(complaint in message and "`day`" in message for message in found)


def test_words_a_speech_model_does_not_know_are_found_where_they_stand() -> None:
    def unknown(language: str, phrases: Sequence[str]) -> list[str]:
        words = {word for phrase in phrases for word in phrase.split()}
        return sorted(words & {"wheelchair", "minibus"}) if language == "en" else []

    problems = check_speech(LIBRARY, unknown)
    assert {
        (Path(problem.path).parent.parent.name, problem.message.split("`")[1]) for problem in problems
    } == {
        ("lift", "minibus"),
        ("lift", "wheelchair"),
    }
    assert check_speech(LIBRARY, lambda language, phrases: []) == []
