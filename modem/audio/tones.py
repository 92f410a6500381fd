"""Keypad tones as a telephone makes them (ITU-T Q.23)."""

from __future__ import annotations

import numpy as np

from modem.audio.line import RATE
from modem.audio.wav import sound

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
PAD = ("123A", "456B", "789C", "*0#D")
KEYS = "".join(PAD)


def tone(
    key: str, seconds: float = 0.1, dbfs: float = -12.0, twist_db: float = 0.0, drift: float = 0.0
) -> bytes:
    """The sound of a key: `dbfs` is the level of both tones together.

    `twist_db` makes the high tone louder than the low one, `drift` (a fraction) shifts both frequencies.
    """
    row, column = divmod(KEYS.index(key), 4)
    time = np.arange(round(seconds * RATE)) / RATE
    ratio = 10 ** (twist_db / 20)
    low = 10 ** (dbfs / 20) * np.sqrt(2 / (1 + ratio * ratio))
    both = low * np.sin(2 * np.pi * ROWS[row] * (1 + drift) * time)
    both += low * ratio * np.sin(2 * np.pi * COLUMNS[column] * (1 + drift) * time)
    return sound(both)


def beep(hertz: float = 440.0, seconds: float = 0.4, dbfs: float = -16.0) -> bytes:
    """The tone after which a caller may speak."""
    time = np.arange(round(seconds * RATE)) / RATE
    return sound(10 ** (dbfs / 20) * np.sqrt(2) * np.sin(2 * np.pi * hertz * time))


def pressed(keys: str, seconds: float = 0.1, gap_seconds: float = 0.1, dbfs: float = -12.0) -> bytes:
    """The sound of several keys, each followed by a gap."""
    gap = bytes(2 * round(gap_seconds * RATE))
    return b"".join(tone(key, seconds, dbfs) + gap for key in keys)
