"""The bounded two-way buffer between a sound device, on whatever thread, and the call, on the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from modem.audio.line import FRAME_BYTES, SILENCE, Dropped
from modem.errors import LineLost

HEARD_FRAMES = 50
"""One second may wait unread: older sound is worth nothing to a call."""

SAID_BYTES = 6_000 * FRAME_BYTES
"""Two minutes may wait to be played: longer than any prompt."""


class FramePipe:
    """What a line is made of: the device's side is for any thread, the call's side for the loop's alone."""

    def __init__(self) -> None:
        self.dropped = Dropped()
        self._lock = threading.Lock()
        self._pieces = bytearray()
        self._heard: deque[bytes] = deque()
        self._said = bytearray()
        self._lost: LineLost | None = None
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._silent = asyncio.Event()
        self._silent.set()

    def put(self, sound: bytes) -> None:
        """Take what the device heard, in pieces of any length, odd ones too; the oldest gives way."""
        with self._lock:
            self._pieces += sound
            whole = len(self._pieces) // FRAME_BYTES * FRAME_BYTES
            for start in range(0, whole, FRAME_BYTES):
                if len(self._heard) >= HEARD_FRAMES:
                    self._heard.popleft()
                    self.dropped.heard += 1
                self._heard.append(bytes(self._pieces[start : start + FRAME_BYTES]))
            del self._pieces[:whole]
        if whole:
            self._wake(self._news)

    def take(self, count: int = FRAME_BYTES) -> bytes:
        """Give the next `count` bytes to play, silence where nothing is queued."""
        with self._lock:
            if not self._said:
                return SILENCE if count == FRAME_BYTES else bytes(count)
            sound = bytes(self._said[:count])
            del self._said[:count]
            ended = not self._said
        if ended:
            self._wake(self._silent)
        return sound + bytes(count - len(sound))

    def fail(self, why: LineLost) -> None:
        """The device is gone: what was heard can still be read, then every call raises `why`."""
        with self._lock:
            self._lost = self._lost or why
        self._wake(self._news)
        self._wake(self._silent)

    async def hear(self) -> bytes:
        """Give the next frame heard. Raises the LineLost the device failed with."""
        while True:
            with self._lock:
                if self._heard:
                    return self._heard.popleft()
                if self._lost:
                    raise self._lost
                self._news.clear()
            await self._news.wait()

    def say(self, sound: bytes) -> None:
        """Queue sound of any length; what finds no room is dropped and counted. Raises LineLost."""
        if self._lost:
            raise self._lost
        sound = sound[: len(sound) // 2 * 2]
        with self._lock:
            room = SAID_BYTES - len(self._said)
            self._said += sound[:room]
            self.dropped.said += -(-max(0, len(sound) - room) // FRAME_BYTES)
            if self._said:
                self._silent.clear()

    async def said(self) -> None:
        """Wait until the device has taken everything queued. Raises LineLost."""
        while self._queued():
            await self._silent.wait()
        if self._lost:
            raise self._lost

    def hush(self) -> None:
        """Forget what is queued."""
        with self._lock:
            self._said.clear()
        self._silent.set()

    def _queued(self) -> bool:
        with self._lock:
            if self._lost or not self._said:
                return False
            # A wake-up still under way may be older than what was queued since.
            self._silent.clear()
            return True

    def _wake(self, event: asyncio.Event) -> None:
        # The device's thread may outlive the loop by a frame.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(event.set)
