"""Global words, emergency words, keywords: recognised in every language, and only where they are meant."""

from __future__ import annotations

import pytest

from flows.library import Library, load_library
from flows.words import COMMON_PHRASES, GLOBAL_WORDS, spoken


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_every_language_has_every_word_and_phrase(library: Library) -> None:
    for common in library.common.values():
        assert set(GLOBAL_WORDS) <= set(common.words)
        assert set(COMMON_PHRASES) <= set(common.phrases)


def test_every_way_to_write_a_global_word_is_recognised(library: Library) -> None:
    for common in library.common.values():
        for name in GLOBAL_WORDS:
            for written in common.words[name]:
                for variant in (
                    written,
                    written.upper(),
                    f"  {written}!! ",
                    f"{written}\n-- \nSent from my phone",
                ):
                    word = library.vocabulary.word(spoken(variant))
                    assert word is not None, (variant, name)
                    assert word.name == name


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("STOP", "stop"),
        ("Stop, please.", "stop"),
        ("please stop", "stop"),
        ("PARA", "stop"),
        ("그만", "stop"),
        ("back please", "back"),
        ("Persona, por favor", "person"),
        ("¡Menú!", "menu"),
    ],
)
def test_polite_words_around_a_global_word_do_not_hide_it(library: Library, body: str, name: str) -> None:
    word = library.vocabulary.word(spoken(body))
    assert word is not None
    assert word.name == name


@pytest.mark.parametrize(
    "body",
    [
        "the bus stop",
        "stop at the shop",
        "I start work at nine",
        "back door",
        "more milk",
        "a person in a wheelchair",
    ],
)
def test_global_words_inside_an_answer_are_part_of_it(library: Library, body: str) -> None:
    assert library.vocabulary.word(spoken(body)) is None


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("999", "en"),
        ("112!", "en"),
        ("call 999 now", "en"),
        ("My husband has had a HEART ATTACK", "en"),
        ("ambulance, quick", "en"),
        ("I can’t breathe", "en"),
        ("i want to kill myself", "en"),
        ("No puedo respirar", "es"),
        ("necesito una AMBULANCIA ya", "es"),
        ("구급차를 불러주세요", "ko"),
        ("help, my mother is unconscious", "en"),
    ],
)
def test_a_cry_for_help_is_heard_anywhere_in_a_text(library: Library, body: str, language: str) -> None:
    assert library.vocabulary.emergency(spoken(body), language) == language


@pytest.mark.parametrize(
    "body",
    [
        "112 High Street",
        "my number is 0799 999 911",
        "07911 123456",
        "9 99",
        "stroke the cat",
        "she is breathing fine",
        "a lift to the fire station",
        "quiero 112 sillas",
        "",
    ],
)
def test_harmless_texts_are_no_cry_for_help(library: Library, body: str) -> None:
    assert library.vocabulary.emergency(spoken(body), "en") == ""


def test_a_keyword_takes_the_words_after_it_as_they_were_written(library: Library) -> None:
    found = library.vocabulary.keywords.first(
        "HELP, My Tap’s broken!", spoken("HELP, My Tap’s broken!"), "en"
    )
    assert found is not None
    assert (found.flow, found.argument) == ("help", "My Tap’s broken!")


def test_every_keyword_starts_its_own_flow_in_its_own_language(library: Library) -> None:
    for flow in library.flows.values():
        for language, texts in flow.texts.items():
            for keyword in texts.keywords:
                found = library.vocabulary.keywords.first(keyword, spoken(keyword), language)
                assert found is not None
                assert (found.flow, found.language, found.argument) == (flow.name, language, "")


@pytest.mark.parametrize("body", ["two lifts to help vote", "zzz", "a b c d e", "lf"])
def test_a_text_that_could_mean_several_flows_or_none_is_not_guessed_at(library: Library, body: str) -> None:
    assert library.vocabulary.keywords.mentioned(body, spoken(body), "en") is None
