"""Whether a caller has begun to speak while we do, so that we stop and listen."""

from __future__ import annotations

from collections import deque

import numpy as np

from modem.audio.line import FRAME_SECONDS
from modem.audio.voice_activity import WINDOW, VoiceActivity
from modem.audio.wav import level, samples

_SPEECH = 0.6  # likelihood, above what begins an answer: whoever is silent must not stop us
_QUIETEST_DBFS = -45.0  # somebody in the caller's room, or the line itself
_WINDOWS, _OF = 9, 12  # 300 ms of speech within 400
_BEGINS_AFTER = 3  # windows in a row: somebody may just have begun
_KEPT_SECONDS = 0.9  # what was said until it was certain, and half a second before


class BargeIn:
    """Listens to one line on which we speak. Raises `modem.errors.SpeechDown` where speech cannot be told."""

    def __init__(self) -> None:
        self._activity = VoiceActivity()
        self._recent: deque[bytes] = deque(maxlen=round(_KEPT_SECONDS / FRAME_SECONDS))
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when we begin to say something else."""
        self._activity.forget()
        self._recent.clear()
        self._pieces = np.zeros(0, np.float32)
        self._masked = False
        self._windows: deque[bool] = deque(maxlen=_OF)

    @property
    def heard(self) -> tuple[bytes, ...]:
        """The last frames: what was said from its beginning, and a little before."""
        return tuple(self._recent)

    @property
    def may_have_begun(self) -> bool:
        """Whether the caller seems to be speaking just now, certain or not."""
        return len(self._windows) >= _BEGINS_AFTER and all(list(self._windows)[-_BEGINS_AFTER:])

    def feed(self, frame: bytes, echo_dbfs: float) -> bool:
        """Whether the caller has been speaking over us for a while now.

        In `frame` our own voice may still be as loud as `echo_dbfs`: whatever is not louder says nothing.
        """
        self._recent.append(frame)
        self._masked = self._masked or level(frame) < max(_QUIETEST_DBFS, echo_dbfs)
        self._pieces = np.concatenate([self._pieces, samples(frame)])
        while len(self._pieces) >= WINDOW:
            window, self._pieces = self._pieces[:WINDOW], self._pieces[WINDOW:]
            likely = self._activity.likelihood(window) >= _SPEECH
            self._windows.append(likely and not self._masked)
            self._masked = False
        return sum(self._windows) >= _WINDOWS
