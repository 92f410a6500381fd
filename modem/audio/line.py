"""The line: the sound of one call, in and out, whatever carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

RATE = 8_000
"""Samples a second."""

FRAME_SECONDS = 0.02
FRAME_BYTES = 320
"""A frame is 160 samples of 16 bits, little endian, one channel."""

SILENCE = bytes(FRAME_BYTES)


@dataclass(slots=True)
class Dropped:
    """Frames that found no room: `heard` came faster than read, `said` faster than played."""

    heard: int = 0
    said: int = 0


class Line(Protocol):
    """The sound of one call. Every method may raise `modem.errors.LineLost` once the device is gone."""

    @property
    def dropped(self) -> Dropped:
        """What found no room so far."""
        ...

    async def open(self) -> None:
        """Start to hear and to be heard."""
        ...

    async def hear(self) -> bytes:
        """Give the next frame the caller made, FRAME_BYTES long."""
        ...

    def say(self, sound: bytes) -> None:
        """Queue sound of any length for the caller, played at the line's own pace; bounded, never blocks."""
        ...

    async def said(self) -> None:
        """Wait until everything queued has been played."""
        ...

    def hush(self) -> None:
        """Forget what is queued and not yet played: the caller barged in."""
        ...

    async def close(self) -> None:
        """Let go of the device; no error when it is gone."""
        ...
