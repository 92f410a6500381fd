"""Where an utterance begins and ends, by a small neural network that tells speech from other sound."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

import numpy as np

from modem.audio.line import FRAME_SECONDS, RATE
from modem.audio.voice_activity import WINDOW, VoiceActivity
from modem.audio.wav import samples

_WINDOW_SECONDS = WINDOW / RATE
_SPEECH, _STILL_SPEECH = 0.5, 0.35  # likelihoods that begin speech and that keep it going
_BEGINS_AFTER = 2  # windows in a row
_PREROLL_SECONDS = 0.5


class Event(Enum):
    """What a frame changed."""

    NOTHING = auto()
    BEGAN = auto()
    ENDED = auto()
    TOO_LONG = auto()
    NOBODY_SPOKE = auto()


class Endpointer:
    """One utterance of one caller.

    It ends after `silence_ms` without speech, is too long after `longest_s` from its begin, and nobody spoke
    when it has not begun within `patience_s`. Raises `modem.errors.SpeechDown` when the network is not there.
    """

    def __init__(self, silence_ms: int, *, longest_s: float = 20.0, patience_s: float = 6.0) -> None:
        self._silence = silence_ms / 1000
        self._longest = longest_s
        self._patience = patience_s
        self._activity = VoiceActivity()
        self._pieces = np.zeros(0, np.float32)
        self._recent: deque[bytes] = deque(maxlen=round(_PREROLL_SECONDS / FRAME_SECONDS))
        self._seconds = 0.0
        self._speaking = False
        self._run = 0
        self._quiet = 0.0

    @property
    def speaking(self) -> bool:
        """Whether the utterance has begun."""
        return self._speaking

    @property
    def preroll(self) -> bytes:
        """The last 500 ms: at BEGAN, what the recogniser is fed first, the newest frame included."""
        return b"".join(self._recent)

    def feed(self, frame: bytes) -> Event:
        """Take the next frame; after ENDED, TOO_LONG or NOBODY_SPOKE it listens for a new utterance."""
        self._recent.append(frame)
        self._seconds += len(frame) / 2 / RATE
        self._pieces = np.concatenate([self._pieces, samples(frame)])
        while len(self._pieces) >= WINDOW:
            window, self._pieces = self._pieces[:WINDOW], self._pieces[WINDOW:]
            event = self._judge(self._activity.likelihood(window))
            if event is not Event.NOTHING:
                return event
        return self._overdue()

    def _judge(self, likelihood: float) -> Event:
        if not self._speaking:
            self._run = self._run + 1 if likelihood >= _SPEECH else 0
            if self._run < _BEGINS_AFTER:
                return Event.NOTHING
            self._speaking, self._seconds, self._quiet = True, 0.0, 0.0
            return Event.BEGAN
        self._quiet = 0.0 if likelihood >= _STILL_SPEECH else self._quiet + _WINDOW_SECONDS
        return self._end(Event.ENDED) if self._quiet >= self._silence else Event.NOTHING

    def _overdue(self) -> Event:
        if self._speaking and self._seconds >= self._longest:
            return self._end(Event.TOO_LONG)
        if not self._speaking and self._seconds >= self._patience:
            return self._end(Event.NOBODY_SPOKE)
        return Event.NOTHING

    def _end(self, event: Event) -> Event:
        self._speaking, self._seconds, self._run, self._quiet = False, 0.0, 0, 0.0
        return event
