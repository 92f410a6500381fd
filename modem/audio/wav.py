"""Sound as files and as clips: 8 kHz, 16 bit, mono, in and out of WAV, measured, trimmed and joined."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from modem.audio.line import RATE
from modem.audio.resample import Resampler
from modem.errors import ModemError

FULL_SCALE = 32_768.0
QUIET_DBFS = -50.0
"""Below this a clip counts as silent."""

_FADE = RATE // 200  # 5 ms
_STEP = RATE // 100  # 10 ms, in which gaps are looked for


class NotSound(ModemError):
    """This is not a WAV file of 16 bit samples: record or convert it again."""


def samples(sound: bytes) -> NDArray[np.float32]:
    """Sound as samples between -1 and 1."""
    return np.frombuffer(sound, "<i2").astype(np.float32) / FULL_SCALE


def sound(samples: NDArray[np.floating]) -> bytes:
    """Samples between -1 and 1 as sound; louder ones are clipped."""
    return bytes(np.clip(np.rint(samples * FULL_SCALE), -32_768, 32_767).astype("<i2").tobytes())


def read(file: Path | BinaryIO) -> bytes:
    """Give a WAV file of any rate and number of channels as 8 kHz mono. Raises NotSound."""
    try:
        with wave.open(file if not isinstance(file, Path) else str(file), "rb") as recording:
            width, channels, rate = (
                recording.getsampwidth(),
                recording.getnchannels(),
                recording.getframerate(),
            )
            data = recording.readframes(recording.getnframes())
    except (wave.Error, EOFError) as error:
        raise NotSound(f"This is not a WAV file ({error}): record or convert it again") from error
    if width != 2 or not rate:
        raise NotSound(f"This WAV file has {8 * width} bits a sample: convert it to 16")
    data = data[: len(data) // (2 * channels) * 2 * channels]
    if channels > 1:
        data = sound(samples(data).reshape(-1, channels).mean(axis=1))
    return resampled(data, rate, RATE)


def write(file: Path | BinaryIO, data: bytes) -> None:
    """Write 8 kHz sound as a WAV file."""
    with wave.open(file if not isinstance(file, Path) else str(file), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(RATE)
        recording.writeframes(data)


def packed(data: bytes) -> bytes:
    """8 kHz sound as the bytes of a WAV file."""
    file = BytesIO()
    write(file, data)
    return file.getvalue()


def resampled(data: bytes, source: int, target: int) -> bytes:
    """Sound at rate `source` as sound at rate `target`, in samples a second."""
    if source == target:
        return data
    return sound(Resampler(source, target).whole(samples(data)))


def level(data: bytes) -> float:
    """How loud it is: root mean square in dBFS, -inf for digital silence."""
    heard = samples(data).astype(np.float64)
    power = float(np.mean(heard * heard)) if len(heard) else 0.0
    return 10 * float(np.log10(power)) if power else -np.inf


def levelled(data: bytes, dbfs: float) -> bytes:
    """The same sound at level `dbfs`, but never so loud that it clips."""
    heard = samples(data)
    peak = float(np.abs(heard).max(initial=0.0))
    if not peak:
        return data
    gain = min(10 ** ((dbfs - level(data)) / 20), 0.99 / peak)
    return sound(heard * np.float32(gain))


def trimmed(data: bytes, keep_seconds: float = 0.03, quiet_dbfs: float = QUIET_DBFS) -> bytes:
    """The clip without the silence at its ends, `keep_seconds` of it left."""
    loud = np.flatnonzero(_loud(data, quiet_dbfs))
    if not len(loud):
        return b""
    keep = round(keep_seconds * RATE)
    start = max(0, int(loud[0]) * _STEP - keep)
    return data[2 * start : 2 * ((int(loud[-1]) + 1) * _STEP + keep)]


def without_gaps(data: bytes, longest_seconds: float, quiet_dbfs: float = QUIET_DBFS) -> bytes:
    """The recording with every pause longer than `longest_seconds` cut down to that length."""
    longest = round(longest_seconds * RATE / _STEP)
    pieces, start, quiet = [], 0, 0
    loud = _loud(data, quiet_dbfs)
    for index, is_loud in enumerate([*loud, True]):
        if not is_loud:
            quiet += 1
            continue
        if quiet > longest:
            cut = index - quiet + longest // 2
            pieces.append(data[2 * _STEP * start : 2 * _STEP * cut])
            start = index - (longest - longest // 2)
        quiet = 0
    pieces.append(data[2 * _STEP * start :])
    return join(pieces)


def join(clips: Iterable[bytes], pause_seconds: float = 0.0) -> bytes:
    """Clips one after another with a pause between them; each fades in and out in 5 ms, so nothing clicks."""
    pause = bytes(2 * round(pause_seconds * RATE))
    return pause.join(_faded(clip) for clip in clips if clip)


def _faded(clip: bytes) -> bytes:
    heard = samples(clip).copy()
    ramp = np.linspace(0, 1, min(_FADE, len(heard) // 2) + 1, dtype=np.float32)[:-1]
    heard[: len(ramp)] *= ramp
    heard[len(heard) - len(ramp) :] *= ramp[::-1]
    return sound(heard)


def _loud(data: bytes, quiet_dbfs: float) -> NDArray[np.bool_]:
    heard = samples(data)
    steps = -(-len(heard) // _STEP)
    padded = np.zeros(steps * _STEP, np.float64)
    padded[: len(heard)] = heard
    loud: NDArray[np.bool_] = np.mean(padded.reshape(steps, _STEP) ** 2, axis=1) > 10 ** (quiet_dbfs / 10)
    return loud
