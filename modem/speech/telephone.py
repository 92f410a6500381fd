"""Speech as a telephone carries it: 8 kHz, its band, one level, no silence around it."""

from __future__ import annotations

import numpy as np

from modem.speech.engine import Samples, Spoken
from modem.speech.protocols import RATE

_LOWEST, _LOW = 150.0, 300.0
_HIGH, _HIGHEST = 3400.0, 3800.0
"""Between lowest and low, and between high and highest (Hz), sound fades in and out of the band."""

_LEVEL = 0.1
"""Of what is spoken, the root mean square: 20 dB below the loudest there can be, as networks expect it."""

_LOUDEST = 0.9
_BLOCK = 160
_QUIET = 0.02
_MARGIN_BLOCKS = 2
_PADDING_SECONDS = 0.05


def for_telephone(spoken: Spoken) -> bytes:
    """Give `spoken` as 8 kHz, 16 bit, mono, of even level, beginning and ending with its words."""
    samples = _trimmed(_banded(spoken))
    if not len(samples):
        return b""
    return np.round(_levelled(samples) * 32767).astype("<i2").tobytes()


def _banded(spoken: Spoken) -> Samples:
    """Filter to the telephone's band and bring to its rate, in one go and without shifting anything."""
    padding = np.zeros(round(_PADDING_SECONDS * spoken.rate), np.float32)
    samples = np.concatenate([padding, spoken.samples, padding])
    # Even, so that the spectrum of the shorter one is a plain cut of the longer one's.
    length = 2 * max(1, round(len(samples) * RATE / spoken.rate / 2))
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(length // 2 + 1, complex)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    frequencies = np.arange(len(kept)) * RATE / length
    rising = np.interp(frequencies, [_LOWEST, _LOW], [0, np.pi / 2])
    falling = np.interp(frequencies, [_HIGH, _HIGHEST], [np.pi / 2, 0])
    kept *= np.sin(rising) ** 2 * np.sin(falling) ** 2
    banded: Samples = (np.fft.irfft(kept, length) * (length / len(samples))).astype(np.float32)
    return banded


def _trimmed(samples: Samples) -> Samples:
    """Cut the silence before and after, but for a little."""
    loud = np.flatnonzero(_block_levels(samples) > _QUIET * np.abs(samples).max(initial=1e-9))
    if not len(loud):
        return samples[:0]
    return samples[max(0, loud[0] - _MARGIN_BLOCKS) * _BLOCK : (loud[-1] + 1 + _MARGIN_BLOCKS) * _BLOCK]


def _levelled(samples: Samples) -> Samples:
    """Bring what is spoken to one level; the pauses in it do not count, and its peaks are not cut off."""
    levels = _block_levels(samples)
    speaking = levels[levels > 0.1 * levels.max()]
    level = float(np.sqrt(np.mean(speaking**2)))
    gain = min(_LEVEL / level, _LOUDEST / float(np.abs(samples).max()))
    return (samples * gain).astype(np.float32)


def _block_levels(samples: Samples) -> Samples:
    """The root mean square of each 20 ms; of what is left over at the end, too."""
    padded = np.pad(samples, (0, -len(samples) % _BLOCK))
    levels: Samples = np.sqrt(np.mean(padded.reshape(-1, _BLOCK) ** 2, axis=1)).astype(np.float32)
    return levels
