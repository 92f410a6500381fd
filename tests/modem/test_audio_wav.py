"""Sound in files and clips stays what it was: its length, its level, and no click where clips meet."""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from modem.audio import wav
from modem.audio.resample import Resampler

RATES = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000)


def hum(hertz: float, seconds: float = 1.0, rate: int = 8_000, amplitude: float = 0.5) -> bytes:
    return wav.sound(amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate))


def recording(data: bytes, rate: int, channels: int = 1, width: int = 2) -> BytesIO:
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(data)
    file.seek(0)
    return file


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    wav.write(tmp_path / "a.wav", hum(440))
    assert wav.read(tmp_path / "a.wav") == hum(440)
    assert wav.read(BytesIO(wav.packed(hum(440)))) == hum(440)


@pytest.mark.parametrize("rate", RATES)
def test_a_recording_of_any_rate_is_read_at_8_khz(rate: int) -> None:
    heard, wanted = wav.samples(wav.read(recording(hum(1_000, rate=rate), rate))), wav.samples(hum(1_000))
    assert len(heard) == len(wanted)
    assert np.abs(heard - wanted)[200:-200].max() < 0.002


def test_stereo_is_mixed() -> None:
    both = np.frombuffer(hum(440), "<i2").repeat(2).tobytes()
    assert (
        np.abs(wav.samples(wav.read(recording(both, 8_000, channels=2))) - wav.samples(hum(440))).max() < 1e-3
    )


@pytest.mark.parametrize(
    "broken", [b"", b"RIFF", b"not sound at all" * 9, recording(bytes(80), 8_000, width=1).read()]
)
def test_what_is_no_recording_is_refused_in_words(broken: bytes) -> None:
    with pytest.raises(wav.NotSound, match="convert it"):
        wav.read(BytesIO(broken))


@pytest.mark.parametrize("hertz", [4_400, 5_000, 8_000, 11_000])
def test_what_8_khz_cannot_hold_is_not_folded_back(hertz: float) -> None:
    assert wav.level(wav.resampled(hum(hertz, rate=44_100), 44_100, 8_000)[400:-400]) < -60


@pytest.mark.parametrize("rate", RATES)
def test_piece_by_piece_is_the_same_as_all_at_once(rate: int) -> None:
    whole = wav.samples(hum(700, rate=rate))
    rng = np.random.default_rng(rate)
    ends = np.sort(rng.integers(0, len(whole), 40))
    streamed = Resampler(rate, 8_000)
    pieces = np.concatenate([streamed.feed(piece) for piece in np.split(whole, ends)])
    np.testing.assert_allclose(pieces, Resampler(rate, 8_000).feed(whole), atol=1e-6)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_twenty_milliseconds_in_are_twenty_milliseconds_out(rate: int) -> None:
    """A sound card's block fills exactly one frame, and the other way round."""
    down, up = Resampler(rate, 8_000), Resampler(8_000, rate)
    for _ in range(500):
        assert len(down.feed(np.zeros(rate // 50, np.float32))) == 160
        assert len(up.feed(np.zeros(160, np.float32))) == rate // 50


def test_level_is_that_of_a_meter() -> None:
    assert wav.level(hum(1_000, amplitude=0.5)) == pytest.approx(-9.03, abs=0.05)
    assert wav.level(bytes(320)) == -np.inf
    assert wav.level(b"") == -np.inf


def test_levelling_reaches_the_level_and_never_clips() -> None:
    assert wav.level(wav.levelled(hum(440, amplitude=0.01), -20)) == pytest.approx(-20, abs=0.1)
    click = bytearray(hum(440, amplitude=0.01))
    click[800:802] = (20_000).to_bytes(2, "little")
    assert np.abs(wav.samples(wav.levelled(bytes(click), -6))).max() < 1.0
    assert wav.levelled(bytes(320), -20) == bytes(320)


def test_silence_at_the_ends_is_trimmed() -> None:
    clip = wav.trimmed(bytes(16_000) + hum(440, 0.5) + bytes(24_000))
    assert len(clip) / 16_000 == pytest.approx(0.56, abs=0.02)
    assert wav.trimmed(bytes(16_000)) == b""


def test_long_pauses_are_cut_and_short_ones_kept() -> None:
    said = hum(440, 0.5) + bytes(2 * 16_000) + hum(440, 0.5) + bytes(3_200) + hum(440, 0.5)
    shorter = wav.without_gaps(said, 0.3)
    assert len(shorter) / 16_000 == pytest.approx(1.5 + 0.3 + 0.2, abs=0.03)
    assert wav.without_gaps(said, 5.0)[160:-160] == said[160:-160]


def test_joined_clips_do_not_click() -> None:
    """Each clip ends and begins at full swing: put end to end, they would jump by twice that."""
    peak = np.sin(2 * np.pi * 440 * np.arange(4_000) / 8_000 + np.pi / 2)
    joined = wav.samples(wav.join([wav.sound(0.9 * peak), wav.sound(-0.9 * peak)], pause_seconds=0.0))
    smooth = np.abs(np.diff(wav.samples(wav.sound(0.9 * peak)))).max()
    assert np.abs(np.diff(joined)).max() <= smooth * 1.05
    assert joined[0] == 0


def test_a_pause_lies_between_clips_and_not_after_them() -> None:
    assert len(wav.join([hum(440), hum(440)], 0.25)) == 2 * len(hum(440)) + 4_000
    assert len(wav.join([hum(440), b""], 0.25)) == len(hum(440))
    assert wav.join([]) == b""
    assert len(wav.join([hum(440, 2 / 8_000)])) == 4
