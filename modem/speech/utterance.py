"""One utterance of a caller, on the gateway's side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from modem.errors import SpeechDown
from modem.speech import wire
from modem.speech.protocols import RATE, Heard

LONGEST_SECONDS = 30
LONGEST_OPEN_SECONDS = 180
"""What is fed of one utterance beyond so much sound is not listened to; of what is recorded, more is."""

_OCTETS_A_SECOND = 2 * RATE


class Utterance:
    """One utterance being recognised; see `modem.speech.protocols.Listening`.

    `asked` is when its result was asked for (CLOCK_MONOTONIC), 0 before.
    """

    def __init__(self, post: Callable[[wire.Message], None], number: int, *, is_open: bool) -> None:
        self.is_open = is_open
        self.asked = 0.0
        self._post = post
        self._number = number
        self._left = (LONGEST_OPEN_SECONDS if is_open else LONGEST_SECONDS) * _OCTETS_A_SECOND
        self._settled = asyncio.Event()
        self._heard = Heard(())
        self._why = ""

    def feed(self, sound: bytes) -> None:
        """Take more sound; what comes after the end or beyond the longest is not listened to."""
        sound = sound[: self._left]
        self._left -= len(sound)
        if sound and not self.asked and not self._settled.is_set():
            for piece in wire.sound_pieces(sound):
                self._post(wire.Sound(self._number, piece))

    async def result(self) -> Heard:
        """End the utterance and give what was heard. Raises `SpeechDown` when the recogniser died."""
        if not self.asked:
            self.asked = time.monotonic()
            self._post(wire.End(self._number))
        try:
            await self._settled.wait()
        except asyncio.CancelledError:
            self.cancel()
            raise
        if self._why:
            raise SpeechDown(self._why)
        return self._heard

    def cancel(self) -> None:
        """Let go of the utterance unheard."""
        if not self._settled.is_set():
            self._post(wire.Cancel(self._number))
            self.settle(Heard(()), "")

    def settle(self, heard: Heard, why: str) -> None:
        """Take the result, or `why` there is none."""
        self._heard, self._why = heard, why
        self._settled.set()
