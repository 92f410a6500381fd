"""Keys are heard through what a telephone network does to them, each once, and never in speech."""

from __future__ import annotations

import random
from itertools import cycle

import numpy as np
import pytest

from modem.audio.keypad import Keypad
from modem.audio.keys import KeyDetector
from modem.audio.line import FRAME_SECONDS
from modem.audio.tones import KEYS, pressed, tone
from modem.audio.wav import levelled, samples, sound
from tests.modem.telephone import frames, gsm, hiss, noisy, recorded, silence

DIGITS = "".join(random.Random(3).choice("0123456789*#") for _ in range(120))


def heard(data: bytes) -> str:
    detector = KeyDetector()
    return "".join(key for frame in frames(data + silence(0.1)) for key in detector.feed(frame))


def right(got: str, wanted: str) -> int:
    """How many of the wanted keys came, in their order."""
    ways = iter(got)
    return sum(key in ways for key in wanted)


def test_all_sixteen_keys_are_heard() -> None:
    assert heard(pressed(KEYS)) == KEYS


@pytest.mark.parametrize("snr_db", [20, 10])
def test_keys_of_80_ms_are_heard_through_gsm_coding_and_noise(snr_db: float) -> None:
    got = heard(gsm(noisy(pressed(DIGITS, 0.08, 0.08), snr_db)))
    assert right(got, DIGITS) >= 116
    assert len(got) <= 120


@pytest.mark.parametrize("dbfs", [-3, -20, -35])
def test_loud_and_faint_keys_are_heard(dbfs: float) -> None:
    assert heard(gsm(noisy(pressed(DIGITS[:40], 0.08, 0.08, dbfs), 20))) == DIGITS[:40]


@pytest.mark.parametrize("twist_db", [-6, -4, 0, 4])
def test_a_telephone_may_make_one_tone_louder_than_the_other(twist_db: float) -> None:
    keys = b"".join(tone(key, 0.08, twist_db=twist_db) + silence(0.08) for key in DIGITS)
    assert right(heard(gsm(noisy(keys, 20))), DIGITS) >= 116


@pytest.mark.parametrize("drift", [-0.015, 0.015])
def test_a_telephone_may_be_off_by_one_and_a_half_percent(drift: float) -> None:
    keys = b"".join(tone(key, 0.08, drift=drift) + silence(0.08) for key in DIGITS)
    assert right(heard(gsm(noisy(keys, 20))), DIGITS) >= 116


def test_a_key_held_down_is_one_press() -> None:
    assert heard(gsm(tone("5", 3.0))) == "5"


def test_a_tone_cut_by_the_network_is_one_press() -> None:
    assert heard(tone("5", 0.1) + silence(0.03) + tone("5", 0.1)) == "5"


def test_the_same_key_twice_is_two_presses() -> None:
    assert heard(gsm(pressed("55", 0.08, 0.08))) == "55"


def test_a_key_over_our_own_voice_is_heard() -> None:
    """Barge-in: the echo of a prompt, 12 dB below the key, goes on while the key is pressed."""
    keys = pressed("123456", 0.15, 0.15)
    _, prompt = max(recorded(), key=lambda one: len(one[1]))
    echo = levelled(prompt[: len(keys)], -24)
    assert heard(sound(samples(keys) + samples(echo))) == "123456"


def test_a_key_is_certain_within_60_ms_of_its_begin() -> None:
    detector = KeyDetector()
    for count, frame in enumerate(frames(tone("7", 0.2)), start=1):
        if detector.feed(frame):
            assert count * FRAME_SECONDS <= 0.06
            return
    pytest.fail("not heard")


def test_one_tone_alone_is_no_key() -> None:
    time = np.arange(8_000) / 8_000
    for hertz in (697, 941, 1209, 1477, 350, 425, 440, 480):
        assert heard(sound(0.3 * np.sin(2 * np.pi * hertz * time))) == ""


def test_noise_is_no_key() -> None:
    assert heard(hiss(60, -20)) == ""


def test_speech_is_no_key() -> None:
    talk = b"".join(clip for _, clip in recorded()[::3])
    assert len(talk) > 2 * 8_000 * 300, "five minutes at least"
    assert heard(talk) == ""


@pytest.mark.soak
def test_an_hour_of_speech_is_no_key() -> None:
    talk = b"".join(clip for _, clip in recorded())
    once = heard(talk) + heard(gsm(talk)) + heard(noisy(talk, 20))
    assert once == ""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_key_heard_and_reported_is_one_press() -> None:
    clock = Clock()
    keypad = Keypad(clock)
    assert keypad.heard("5")
    clock.now = 0.4
    assert not keypad.reported("5")


def test_a_key_reported_before_it_is_heard_is_one_press() -> None:
    keypad = Keypad(Clock())
    assert keypad.reported("5")
    assert not keypad.heard("5")


def test_the_same_key_twice_in_a_hurry_is_two_presses_from_two_sources() -> None:
    clock = Clock()
    keypad = Keypad(clock)
    counted = []
    for source in (keypad.heard, keypad.heard, keypad.reported, keypad.reported):
        counted.append(source("5"))
        clock.now += 0.15
    assert counted == [True, True, False, False]


def test_a_source_that_misses_keys_does_not_hide_later_ones() -> None:
    clock = Clock()
    keypad = Keypad(clock)
    counted = 0
    for _, source in zip(range(20), cycle([keypad.heard, keypad.reported])):
        counted += source("1")
        clock.now += 1.5
    assert counted == 20


def test_only_one_source_is_enough() -> None:
    keypad = Keypad(Clock())
    assert all(keypad.reported(key) for key in "1122")
