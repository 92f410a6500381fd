"""Taking our own voice out of what a line hears, so that a caller can be heard while we speak."""

from __future__ import annotations

from array import array
from collections import deque
from math import inf
from typing import Any

from modem.audio.line import FRAME_BYTES, FRAME_SECONDS, RATE, SILENCE, Dropped, Line
from modem.audio.wav import level
from modem.errors import SpeechDown

TAIL_SECONDS = 0.12
"""How long after its delay an echo may go on; also how far the delay may be off."""

_LEARNT_SECONDS = 1.5
_LEARNT_DB, _LEARNING_DB = 10.0, -3.0  # what the filter takes away at least, by then and until then
_LOUD_DBFS = -40.0


class EchoCancelled:
    """A line whose echo comes back about `delay_s` after `say`, `echo_db` quieter: what `measure` gives.

    Needs the extra `echo` (pyaec). Raises `modem.errors.SpeechDown` where that is not installed.
    """

    def __init__(self, line: Line, delay_s: float, echo_db: float) -> None:
        self._line = line
        self._canceller = _canceller()
        # The filter reaches TAIL_SECONDS back from here: half of that is room for a delay that was less.
        early = max(0.0, delay_s - TAIL_SECONDS / 2)
        self._on_its_way = bytearray(SILENCE * round(early / FRAME_SECONDS))
        self._said = bytearray()
        self._echo_db = echo_db
        self._said_dbfs: deque[float] = deque(maxlen=round(TAIL_SECONDS / FRAME_SECONDS))
        self._learnt = 0.0

    @property
    def echo_dbfs(self) -> float:
        """How loud our own voice may still be in the frame that was heard last, -inf where there is none."""
        gone = _LEARNT_DB if self._learnt >= _LEARNT_SECONDS else _LEARNING_DB
        return max(self._said_dbfs, default=-inf) - self._echo_db - gone

    @property
    def dropped(self) -> Dropped:
        """What the line dropped."""
        return self._line.dropped

    async def open(self) -> None:
        """Start to hear and to be heard. Raises LineLost."""
        await self._line.open()

    async def hear(self) -> bytes:
        """Give the next frame of the caller, without the echo. Raises LineLost."""
        frame = await self._line.hear()
        self._on_its_way += bytes(self._said[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0")
        del self._said[:FRAME_BYTES]
        echoed = bytes(self._on_its_way[:FRAME_BYTES])
        del self._on_its_way[:FRAME_BYTES]
        said_dbfs = level(echoed)
        self._said_dbfs.append(said_dbfs)
        if said_dbfs > _LOUD_DBFS:
            self._learnt += FRAME_SECONDS
        clean = self._canceller.cancel_echo(_numbers(frame), _numbers(echoed))
        return array("h", clean).tobytes()

    def say(self, sound: bytes) -> None:
        """Queue sound for the caller. Raises LineLost."""
        self._line.say(sound)
        self._said += sound

    async def said(self) -> None:
        """Wait until everything queued has been played. Raises LineLost."""
        await self._line.said()

    def hush(self) -> None:
        """Forget what is queued."""
        self._line.hush()
        self._said.clear()

    async def close(self) -> None:
        """Let go of the device."""
        await self._line.close()


def _numbers(frame: bytes) -> list[int]:
    return list(array("h", frame))


def _canceller() -> Any:
    try:
        from pyaec import Aec
    # Where its library does not load, it fails with an AttributeError.
    except (ImportError, OSError, AttributeError) as error:
        raise SpeechDown(
            f"Echo cannot be cancelled on this machine ({error}): callers interrupt by keys; "
            "install plainline[echo]"
        ) from error
    return Aec(FRAME_BYTES // 2, round(TAIL_SECONDS * RATE), RATE, True)
