"""Measuring a line: play a sweep, listen, and say how loud, how late and how clear it comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modem.audio.line import FRAME_SECONDS, RATE, Line
from modem.audio.wav import level, samples, sound

_SWEEP_SECONDS = 0.5
_SWEEP_DBFS = -15.0
_LOW, _HIGH = 300.0, 2_000.0  # Hz: where speech is loud; coding takes away from higher tones
_SETTLE_SECONDS = 0.4
_LISTEN_SECONDS = 2.0  # after the sweep began; a satellite hop and two codecs take less
_CERTAIN = 8.0  # how far the sweep must stand out of everything else, in standard deviations


@dataclass(frozen=True, slots=True)
class Measured:
    """What a line gives back of what it is given.

    `noise_dbfs` is the level with nobody speaking; `echo_db` how much quieter than said the echo is
    (0 is as loud) and `delay_s` how long after `say` it comes, both None where there is none; `dropped`
    counts frames lost meanwhile.
    """

    noise_dbfs: float
    echo_db: float | None
    delay_s: float | None
    dropped: int


async def measure(line: Line) -> Measured:
    """Measure an open line on which nobody speaks, in about three seconds of it. Raises LineLost."""
    dropped = line.dropped.heard + line.dropped.said
    before = await _heard(line, _SETTLE_SECONDS)
    sweep = _sweep()
    line.say(sound(sweep))
    heard = samples(await _heard(line, _LISTEN_SECONDS))
    after = await _heard(line, _SETTLE_SECONDS)
    delay, gain = _find(sweep, heard)
    return Measured(
        # A codec that comes to life only with sound makes the line before the sweep too quiet.
        noise_dbfs=max(level(before), level(after)),
        echo_db=None if gain is None else -20 * float(np.log10(gain)),
        delay_s=None if gain is None else delay / RATE,
        dropped=line.dropped.heard + line.dropped.said - dropped,
    )


async def _heard(line: Line, seconds: float) -> bytes:
    return b"".join([await line.hear() for _ in range(round(seconds / FRAME_SECONDS))])


def _sweep() -> NDArray[np.float32]:
    time = np.arange(round(_SWEEP_SECONDS * RATE)) / RATE
    turns = _LOW * time + (_HIGH - _LOW) / (2 * _SWEEP_SECONDS) * time**2
    fade = np.minimum(1, np.minimum(time, _SWEEP_SECONDS - time) / 0.02)
    peak = 10 ** (_SWEEP_DBFS / 20) * np.sqrt(2)
    return np.asarray(peak * fade * np.sin(2 * np.pi * turns), np.float32)


def _find(sweep: NDArray[np.float32], heard: NDArray[np.float32]) -> tuple[int, float | None]:
    """Where in `heard` the sweep begins, in samples, and its gain there; None where it is not to be found."""
    size = len(heard) + len(sweep)
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sweep, size))
    match = np.abs(np.fft.irfft(spectrum, size)[: len(heard)])
    delay = int(np.argmax(match))
    if match[delay] <= _CERTAIN * float(np.std(match)) or not match[delay]:
        return 0, None
    # Reverberation smears the sweep, so the energy around the peak counts, not the peak alone.
    alike = np.sum(match[max(0, delay - 40) : delay + 400] ** 2) / np.sum(_autocorrelation(sweep) ** 2)
    # A codec gives back something that is as loud, and less alike.
    coming, rest = heard[delay : delay + len(sweep)], np.delete(heard, np.s_[delay : delay + len(sweep)])
    loud = (np.sum(coming**2) - np.mean(rest**2) * len(coming)) / np.sum(sweep**2)
    return delay, float(np.sqrt(max(alike, loud)))


def _autocorrelation(sweep: NDArray[np.float32]) -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(sweep, 2 * len(sweep))) ** 2
    whole = np.fft.irfft(power)
    return np.concatenate([whole[-40:], whole[:400]])
