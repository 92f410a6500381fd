"""What every speech engine does: words in, samples out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono sound between -1 and 1."""

SLOW = 0.7
"""How fast slow speech is, against the ordinary."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an engine made: samples, and how many of them a second has."""

    samples: Samples
    rate: int


class Engine(Protocol):
    """One way to make speech, loaded and ready."""

    def speak(self, words: str, language: str, *, slow: bool) -> Spoken:
        """Speak `words` in `language` (BCP 47). Raises `modem.errors.SpeechDown` when it cannot."""
        ...
