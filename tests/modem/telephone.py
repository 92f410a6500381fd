"""What a telephone and its network do to sound, and people whose speech there is to try it on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from modem.audio.line import FRAME_BYTES, RATE
from modem.audio.wav import level, levelled, read, samples, sound, trimmed

_RECORDINGS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
_NOT_SPEECH = ("beep", "tone", "jingle", "monkeys", "weasels", "screech", "silence/", "-join.", "-leave.")
_RAW = "-t raw -r 8000 -e signed -b 16 -c 1 -"


def frames(data: bytes) -> Iterator[bytes]:
    """The sound in frames, the last one filled with silence."""
    for start in range(0, len(data), FRAME_BYTES):
        yield data[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")


def silence(seconds: float) -> bytes:
    """Digital silence."""
    return bytes(2 * round(seconds * RATE))


def gsm(data: bytes) -> bytes:
    """The sound after GSM 06.10 full rate coding; skips the test where sox is not here."""
    if shutil.which("sox") is None:
        pytest.skip("needs the Debian package sox (and libsox-fmt-all)")
    coded = _run(f"sox {_RAW} -t gsm -", data)
    return _run(f"sox -t gsm -r 8000 -c 1 - {_RAW}", coded)


def noisy(data: bytes, snr_db: float, seed: int = 1) -> bytes:
    """The sound with white noise `snr_db` below its own level."""
    heard = samples(data)
    noise = np.random.default_rng(seed).standard_normal(len(heard)) * 10 ** ((level(data) - snr_db) / 20)
    return sound(heard + noise)


def hiss(seconds: float, dbfs: float, seed: int = 1) -> bytes:
    """White noise."""
    return sound(np.random.default_rng(seed).standard_normal(round(seconds * RATE)) * 10 ** (dbfs / 20))


def recorded() -> list[tuple[str, bytes]]:
    """Prompts a woman has spoken for Asterisk, by name; skips the test where they are not here."""
    files = sorted(_RECORDINGS.rglob("*.wav"))
    if not files:
        pytest.skip("needs the Debian package asterisk-core-sounds-en-wav")
    speech = [file for file in files if not any(word in str(file) for word in _NOT_SPEECH)]
    return [(file.name, read(file)) for file in speech if file.stat().st_size > 4_000]


def spoken(words: str, voice: str = "en-gb", dbfs: float = -20.0) -> bytes:
    """A sentence by espeak-ng; skips the test where it is not here."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs the Debian package espeak-ng")
    clip = read(BytesIO(_run(f"espeak-ng -v {voice} --stdout --stdin", words.encode())))
    return levelled(trimmed(clip), dbfs)


def _run(command: str, given: bytes) -> bytes:
    return subprocess.run(command.split(), input=given, capture_output=True, check=True).stdout
