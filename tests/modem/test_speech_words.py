"""The small parts of speech: what is put together, cut, spelt and sent between processes."""

from __future__ import annotations

import pytest

from modem.speech import wire
from modem.speech.heard import MOST_ALTERNATIVES, join
from modem.speech.protocols import Heard
from modem.speech.spelling import words_of


def test_digits_cut_by_an_early_end_are_one_answer() -> None:
    pieces = [Heard(("zero seven seven",)), Heard(()), Heard(("nine hundred", "nine oh oh"))]
    assert join(pieces).alternatives == ("zero seven seven nine hundred", "zero seven seven nine oh oh")


def test_nothing_but_noise_stays_nothing() -> None:
    assert join([Heard(()), Heard(())]) == Heard(())
    assert join([]) == Heard(())


def test_the_likeliest_pieces_make_the_likeliest_answer() -> None:
    [first, *_] = join([Heard(("one", "nine")), Heard(("five", "nine"))]).alternatives
    assert first == "one five"


def test_an_answer_in_a_hundred_pieces_is_put_together_all_the_same() -> None:
    many = join([Heard(("five", "nine", "four", "one"))] * 100)
    assert len(many.alternatives) <= MOST_ALTERNATIVES
    assert many.alternatives[0] == " ".join(["five"] * 100)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("St. Mary's Church", ["st", "mary's", "church"]),
        ("half past two", ["half", "past", "two"]),
        ("drop-in centre / café", ["drop", "in", "centre", "café"]),
        ("  ", []),
        ("네!", ["네"]),
    ],
)
def test_phrases_are_spelt_as_models_spell_them(phrase: str, words: list[str]) -> None:
    assert words_of(phrase) == words


@pytest.mark.parametrize(
    "message",
    [
        wire.Load("ko", "/models/ko"),
        wire.Begin(7, "ko", ("네", "아니요"), more=True),
        wire.Sound(7, b"\n\x00{}\n" * 100),
        wire.Result(7, ("네", "아니요"), ""),
        wire.Say(1, "espeak", "en", "a\nb", slow=True),
        wire.Beat(3),
    ],
)
def test_what_is_sent_arrives(message: wire.Message) -> None:
    assert wire.decode(wire.encode(message)) == message


def test_many_phrases_and_long_sound_fit_into_datagrams() -> None:
    phrases = [f"어딘가 먼 곳 {number}" for number in range(20_000)]
    pieces = wire.phrase_pieces(phrases)
    assert [phrase for piece in pieces for phrase in piece] == phrases
    assert all(len(wire.encode(wire.Begin(1, "ko", piece))) < wire.LONGEST for piece in pieces)
    sound = bytes(range(256)) * 4000
    cut = list(wire.sound_pieces(sound))
    assert b"".join(cut) == sound
    assert all(len(wire.encode(wire.Sound(1, piece))) < wire.LONGEST for piece in cut)
    assert wire.phrase_pieces([]) == [()]
