"""Keys heard in the sound of a call: a Goertzel detector for keypad tones."""

from __future__ import annotations

import numpy as np

from modem.audio.line import RATE
from modem.audio.tones import COLUMNS, PAD, ROWS
from modem.audio.wav import samples

_BLOCK = 205  # samples: the length at which the eight tones fall nearest to whole cycles
_HOP = 80  # 10 ms
_HITS = 2  # blocks in a row that begin a key
_MISSES = 3  # blocks in a row that end it
_DEBOUNCE = 4  # blocks (40 ms) after its end in which the same tone is the same press, cut by the codec

_DRIFTS = (0.989, 1.0, 1.011)  # a telephone's tones may be off by 1.5 %, half a block's resolution

_QUIETEST = 10 ** (-42 / 10)  # both tones together, of full scale
_SHARE = 0.7  # of the block's energy that the two tones must hold
_HIGH_TWIST = 10 ** (9 / 10)  # the high tone may be that much stronger
_LOW_TWIST = 10 ** (12 / 10)  # or the low one: GSM coding alone adds 4 dB
_CLEAR = 10 ** (5 / 10)  # the strongest of a group over the next


def _waves() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    tones = np.outer(_DRIFTS, ROWS + COLUMNS).ravel()
    turns = np.outer(np.arange(_BLOCK), tones) / RATE
    both = np.concatenate([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)], axis=1)
    return both.astype(np.float32)


class KeyDetector:
    """The keys pressed on one call, each given once, as soon as it is certain (about 40 ms into its tone)."""

    _WAVES = _waves()

    def __init__(self) -> None:
        self._past = np.zeros(_BLOCK - _HOP, np.float32)
        self._candidate = ""
        self._hits = 0
        self._down = ""
        self._misses = 0

    def feed(self, frame: bytes) -> list[str]:
        """Give the keys that `frame` (a whole number of 10 ms) makes certain."""
        heard = np.concatenate([self._past, samples(frame)])
        self._past = heard[len(heard) - _BLOCK + _HOP :]
        blocks = np.lib.stride_tricks.sliding_window_view(heard, _BLOCK)[::_HOP]
        found = []
        for key in self._tones(blocks):
            pressed = self._step(key)
            if pressed:
                found.append(pressed)
        return found

    def _tones(self, blocks: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> list[str]:
        """Which key each block sounds like, "" for none."""
        energy = np.einsum("ij,ij->i", blocks, blocks) * (_BLOCK / 2)
        if energy.max() < _QUIETEST * _BLOCK * _BLOCK / 2:
            return [""] * len(blocks)
        waves = blocks @ self._WAVES
        half = waves.shape[1] // 2
        power = (waves[:, :half] ** 2 + waves[:, half:] ** 2).reshape(-1, len(_DRIFTS), 8).max(axis=1)
        return [
            self._key(one.tolist(), float(all_of_it)) for one, all_of_it in zip(power, energy, strict=True)
        ]

    @staticmethod
    def _key(power: list[float], energy: float) -> str:
        lows, highs = power[:4], power[4:]
        low, high = max(lows), max(highs)
        both = low + high
        if both < _SHARE * energy or both < _QUIETEST * _BLOCK * _BLOCK / 2:
            return ""
        if high > low * _HIGH_TWIST or low > high * _LOW_TWIST:
            return ""
        if sorted(lows)[2] * _CLEAR > low or sorted(highs)[2] * _CLEAR > high:
            return ""
        return PAD[lows.index(low)][highs.index(high)]

    def _step(self, key: str) -> str:
        """Take one block's key; give it when it has just become a press."""
        if key and key == self._down:
            self._misses = 0
            return ""
        if self._down:
            self._misses += 1
            if self._misses >= _MISSES + _DEBOUNCE:
                self._down = ""
        self._hits = self._hits + 1 if key and key == self._candidate else min(1, len(key))
        self._candidate = key
        if self._hits < _HITS:
            return ""
        self._down, self._misses, self._hits, self._candidate = key, 0, 0, ""
        return key
