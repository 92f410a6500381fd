"""What people type is compared in one spelling, whatever their phone made of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.answers.fold import READ_AT_MOST, clean, fold, without_emoji, without_signature


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("YES PLEASE!!", "yes please"),
        ("Sí,\u00a0por favor.", "si, por favor"),
        ("\u201cI\u2019d like tea\u201d\u2026", "i'd like tea"),
        ("  stop .  ", "stop"),
        ("¿Qué?", "que"),
        ("2️⃣", "2"),
        ("２０", "20"),
        ("٢٠", "20"),
        ("👍🏽", "👍"),
        ("👍️", "👍"),
        ("다음 주 화요일!", "다음 주 화요일"),
        ("ST\u200bOP\x00", "stop"),
        ("\u202eyes\u202c", "yes"),
        ("ﬁne", "fine"),
        ("?!", ""),
        ("-5", "-5"),
        ("\ud800ok", "ok"),
    ],
)
def test_equal_answers_fold_to_equal_texts(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    "typed",
    [
        "Yes\nRegards,\nMary",
        "Yes\nKind regards\nMary Smith\nAshby",
        "Yes\n-- \nMary Smith\n01530 412345",
        "Yes\nSent from my iPhone",
        "Yes Sent from my iPhone",
        "Yes\n\nSent from Outlook for Android",
        "Yes\r\nThanks\r\nMary",
        "Yes\nEnviado desde mi iPhone",
        "Yes\nSaludos,\nMaría",
        "Yes\n나의 iPhone에서 보냄",
    ],
)
def test_a_signature_is_no_part_of_the_answer(typed: str) -> None:
    assert fold(typed) == "yes"


@pytest.mark.parametrize("typed", ["Regards,\nMary", "-- ", "Thanks", "Yes\nbut not on Tuesday, I am away"])
def test_what_stands_alone_or_goes_on_is_no_signature(typed: str) -> None:
    assert without_signature(typed) == typed


def test_pictures_can_be_left_out() -> None:
    assert without_emoji(fold("ok 😀👍🏿 thanks ❤️")) == "ok thanks"


def test_cleaning_keeps_what_can_be_seen_and_stored() -> None:
    assert clean("a\x00b\r\nc\ud800 👨‍👩‍👧 é") == "ab\nc 👨‍👩‍👧 é"


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_folding_twice_changes_nothing_more_and_all_can_be_stored(text: str) -> None:
    folded = fold(text)
    assert len(folded) <= READ_AT_MOST
    folded.encode("utf-8")
    assert fold(folded) == folded
