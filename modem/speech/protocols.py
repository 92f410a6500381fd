"""What a call asks of a recogniser and of a voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

RATE = 8000
"""Samples a second of all sound on a line."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an utterance may have been: `alternatives` in words, the likeliest first, empty for noise."""

    alternatives: tuple[str, ...]


class Listening(Protocol):
    """One utterance being recognised. Sound is 8 kHz, 16 bit, mono, in pieces of any length."""

    def feed(self, sound: bytes) -> None:
        """Take more sound; never blocks."""
        ...

    async def result(self) -> Heard:
        """End the utterance and give what was heard.

        Raises `modem.errors.SpeechDown` when the recogniser died.
        """
        ...

    def cancel(self) -> None:
        """Let go of the utterance unheard."""
        ...


class Recogniser(Protocol):
    """Words from sound, in a process of its own that may die and come back."""

    def languages(self) -> Sequence[str]:
        """Give the languages (BCP 47) whose model is here and usable."""
        ...

    def explain(self) -> str:
        """Say in plain words whether speech is understood, and why not."""
        ...

    def troubles(self) -> Sequence[str]:
        """Give what is wrong beyond what is not installed, a sentence each."""
        ...

    async def load(self, language: str) -> None:
        """Load the model of `language` now, so that no caller waits for it. Raises `SpeechDown`."""
        ...

    def listen(self, language: str, grammar: Sequence[str]) -> Listening:
        """Begin an utterance; `grammar` are the phrases to expect, empty for open vocabulary.

        Raises `modem.errors.SpeechDown` when there is no model for the language or the process is down.
        """
        ...


class Voice(Protocol):
    """Sound from words."""

    async def speak(self, words: str, language: str, *, slow: bool = False, keep: bool = True) -> bytes:
        """Give `words` as 8 kHz, 16 bit, mono sound; with `keep` off nothing is left of it on the disk.

        Raises `modem.errors.SpeechDown` when no voice can.
        """
        ...

    async def warm(self, language: str) -> None:
        """Have the voice of `language` loaded, as while a caller rings. Raises `SpeechDown`."""
        ...
