"""Changing the rate of sound, piece by piece, with a windowed-sinc filter in phases."""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.typing import NDArray

_ZERO_CROSSINGS = 16  # on each side, of the slower rate: -60 dB outside 90 % of the band
_BETA = 7.0

Floats = NDArray[np.float32]


class Resampler:
    """A stream of samples at rate `source`, given on at rate `target`, both in samples a second."""

    def __init__(self, source: int, target: int) -> None:
        common = gcd(source, target)
        self._up, self._down = target // common, source // common
        slower = max(self._up, self._down)
        # A whole number of outputs, so that `whole` can take the lag away to the sample.
        half = -(-_ZERO_CROSSINGS * slower // self._down) * self._down
        taps = 2 * half + 1
        # 0.92 leaves the filter room to fall before the slower rate's band ends.
        cutoff = 0.92 / slower
        kernel = np.sinc(np.arange(-half, half + 1) * cutoff) * np.kaiser(taps, _BETA) * cutoff * self._up
        self._reach = -(-taps // self._up)
        padded = np.zeros(self._reach * self._up)
        padded[:taps] = kernel
        # phases[p] meets the samples newest first.
        self._phases = padded.reshape(self._reach, self._up).T.astype(np.float32)
        self._delay = half
        self._past = np.zeros(self._reach - 1, np.float32)
        self._position = 0  # of the next output, in steps of 1 / (source * up) s after the first new sample

    def feed(self, samples: Floats) -> Floats:
        """Give what follows from `samples`; it lags by half the filter."""
        stretch = np.concatenate([self._past, samples])
        end = len(samples) * self._up
        at = np.arange(self._position, end, self._down)
        self._position = (int(at[-1]) + self._down if len(at) else self._position) - end
        self._past = stretch[len(stretch) - self._reach + 1 :]
        if not len(at):
            return np.zeros(0, np.float32)
        first = at // self._up + self._reach - 1
        windows = np.lib.stride_tricks.sliding_window_view(stretch, self._reach)[first - self._reach + 1]
        sound: Floats = np.einsum("ij,ij->i", windows[:, ::-1], self._phases[at % self._up])
        return sound

    def whole(self, samples: Floats) -> Floats:
        """Give a complete recording at the new rate, without the lag."""
        tail = np.zeros(self._reach, np.float32)
        wanted = -(-len(samples) * self._up // self._down)
        lag = self._delay // self._down
        sound = self.feed(np.concatenate([samples, tail, tail]))
        return sound[lag : lag + wanted]
