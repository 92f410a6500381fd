"""What a model is given to hear: as loud as it needs, at its own rate, and not late."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modem.speech.feeding import Feeder, rate_of
from tests.modem.callers import Condition, frames, level, on_the_line, say, silence


def fed(sound: bytes, rate: int = 8000) -> bytes:
    feeder = Feeder(rate)
    return b"".join(feeder.feed(frame) for frame in frames(sound)) + feeder.rest()


def test_nothing_of_an_utterance_is_lost_or_added() -> None:
    sound = say("안녕하세요", "ko")
    whole = len(frames(sound)) * 320
    assert len(fed(sound)) == whole
    assert len(fed(sound, 16000)) == 2 * whole
    assert fed(b"") == b""


def test_a_word_shorter_than_what_is_held_is_given_at_the_end() -> None:
    sound = say("네", "ko")[:3200]
    assert level(fed(sound)) > 0.02


def test_a_quiet_caller_is_made_loud() -> None:
    quiet = on_the_line(say("안녕하세요", "ko"), Condition("quiet", level_db=-20))
    assert level(quiet) < 0.012
    assert 0.06 < level(fed(quiet)) < 0.2


def test_a_loud_caller_is_left_alone() -> None:
    loud = on_the_line(say("안녕하세요", "ko"), Condition("loud", level_db=6))
    assert level(fed(loud)) == pytest.approx(level(loud), rel=0.05)


def test_dead_silence_gets_a_hiss_that_is_not_speech() -> None:
    assert 0.0005 < level(fed(silence(1.0))) < 0.005


def test_a_model_of_16_khz_is_given_each_sample_twice() -> None:
    samples = np.frombuffer(fed(say("네", "ko"), 16000), "<i2")
    assert np.array_equal(samples[::2], samples[1::2])


def test_sound_is_held_for_less_than_half_a_second() -> None:
    feeder = Feeder(8000)
    ready = [len(feeder.feed(frame)) for frame in frames(say("안녕하세요", "ko"))]
    assert ready[:19] == [0] * 19
    assert ready[19] == 20 * 320
    assert set(ready[20:]) == {320}


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        ("--use-energy=false\n--sample-frequency=8000\n", 8000),
        ("--sample-frequency=16000\n", 16000),
        ("--num-mel-bins=40\n", 16000),
    ],
)
def test_a_models_rate_is_read_from_its_settings(tmp_path: Path, settings: str, rate: int) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "mfcc.conf").write_text(settings)
    assert rate_of(tmp_path) == rate
