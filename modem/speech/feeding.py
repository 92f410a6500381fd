"""A telephone's sound as speech models want it: loud enough, never dead silent, at their rate.

Measured with the Korean model on 189 answers through GSM (words heard right): as it comes 56, with each
sample twice 63; 20 dB too quiet 3, made loud 44. `tests/benchmarks/speech` measures it again.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modem.speech.protocols import RATE

_BLOCK = 160
_FIRST_BLOCKS = 20
_LOUD = 4000.0
"""The root mean square that the loudest part of an utterance is brought to; louder ones are left alone."""

_MOST_GAIN = 20.0
_SINKING = 0.998
"""What a block (20 ms) leaves of the level that is gone by: a decibel a second."""

_HISS = 30.0
"""The noise that is added: models know no line without any, and take dead silence for speech."""

_HIGHEST = 32767
_USUAL_RATE = 16000
_OWN_RATE = re.compile(r"^--sample-frequency=(\d+)", re.MULTILINE)


class Feeder:
    """Prepares the sound of one utterance for a model of `rate` (8000 or 16000).

    A model of 16 kHz is given each sample twice: the small English one aborts on any other rate, and the
    mirrored upper band is more like what it knows than an empty one.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._held = bytearray()
        self._level = 0.0
        self._random = np.random.default_rng(0)

    def feed(self, sound: bytes) -> bytes:
        """Give what is ready of the sound so far; the first 0.4 s are held until their level is known."""
        self._held += sound
        if not self._level and len(self._held) < 2 * _BLOCK * _FIRST_BLOCKS:
            return b""
        whole = len(self._held) // (2 * _BLOCK) * (2 * _BLOCK)
        ready = bytes(self._held[:whole])
        del self._held[:whole]
        return self._prepared(ready)

    def rest(self) -> bytes:
        """Give what is left of an utterance that is over."""
        left = bytes(self._held)
        self._held.clear()
        return self._prepared(left.ljust(-(-len(left) // (2 * _BLOCK)) * (2 * _BLOCK), b"\0"))

    def _prepared(self, sound: bytes) -> bytes:
        if not sound:
            return b""
        blocks = np.frombuffer(sound, "<i2").astype(np.float32).reshape(-1, _BLOCK)
        loudness = np.sqrt(np.mean(blocks**2, axis=1))
        if not self._level:
            self._level = max(1.0, float(loudness.max()))
        made = blocks * self._gains(loudness)[:, np.newaxis]
        made += self._random.normal(0.0, _HISS, made.shape).astype(np.float32)
        samples = np.clip(made, -_HIGHEST, _HIGHEST).astype("<i2").ravel()
        return np.repeat(samples, self.rate // RATE).tobytes()

    def _gains(self, loudness: NDArray[np.float32]) -> NDArray[np.float32]:
        gains = np.empty(len(loudness), np.float32)
        for at, each in enumerate(loudness):
            self._level = max(float(each), self._level * _SINKING)
            gains[at] = min(max(_LOUD / self._level, 1.0), _MOST_GAIN)
        return gains


def rate_of(model: Path) -> int:
    """Give the rate (Hz) the model in this folder was made for, as its settings say."""
    for settings in (model / "conf" / "mfcc.conf", model / "mfcc.conf"):
        if settings.is_file() and (own := _OWN_RATE.search(settings.read_text())):
            return RATE if int(own[1]) == RATE else _USUAL_RATE
    return _USUAL_RATE
