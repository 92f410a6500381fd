"""The line of the modem made of software: its sound comes from the simulator over a unix socket."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

from modem.audio.line import FRAME_BYTES, SILENCE, Dropped
from modem.audio.pipe import FramePipe
from modem.errors import LineLost

REAL, LOCK_STEP = "real", "lock-step"
"""The paces of sound; the simulator says which one a call has (`--sound`, `Simulator.sound_pace`)."""

AHEAD_FRAMES = 3
"""At the real pace so much lies ready to be played, as in a sound card: 60 ms of latency and of grace."""


def sound_socket(control: Path) -> Path:
    """Give the socket for sound of the simulator that is controlled at `control`."""
    return control.with_name(control.name + ".sound")


class SoftwareLine:
    """The sound of a software modem's call; `simulator` is its control socket, `modem` its number or place.

    At the real pace a frame comes and one goes every 20 ms. In lock-step a frame goes whenever one was
    heard, so that frames are the only clock and none is lost.
    """

    def __init__(self, simulator: Path, modem: int | str) -> None:
        self.dropped = Dropped()
        self._path = sound_socket(simulator)
        self._modem = modem
        self._pipe: FramePipe | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._receiving: asyncio.Task[None] | None = None
        self._lock_step = False

    async def open(self) -> None:
        """Connect to the simulator and learn its pace. Raises LineLost."""
        if self._writer is not None:
            return
        try:
            reader, writer = await asyncio.open_unix_connection(self._path)
            writer.write(json.dumps({"modem": self._modem}).encode() + b"\n")
            told = await reader.readline()
        except OSError as error:
            raise self._gone() from error
        if not told:
            writer.close()
            raise self._gone()
        self._lock_step = json.loads(told)["pace"] == LOCK_STEP
        self._pipe = FramePipe()
        self._pipe.dropped = self.dropped
        self._writer = writer
        if not self._lock_step:
            writer.write(SILENCE * AHEAD_FRAMES)
        self._receiving = asyncio.create_task(self._receive(reader, self._pipe))

    async def hear(self) -> bytes:
        """Give the next frame the caller made."""
        frame = await self._opened().hear()
        if self._lock_step:
            self._play()
        return frame

    def say(self, sound: bytes) -> None:
        """Queue sound of any length for the caller."""
        self._opened().say(sound)

    async def said(self) -> None:
        """Wait until everything queued has been played."""
        await self._opened().said()

    def hush(self) -> None:
        """Forget what is queued and not yet played."""
        if self._pipe is not None:
            self._pipe.hush()

    async def close(self) -> None:
        """Let go of the connection."""
        pipe, self._pipe = self._pipe, None
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.gather(self._receiving, return_exceptions=True)
            self._receiving = None
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None
        if pipe is not None:
            pipe.fail(self._gone())

    async def _receive(self, reader: asyncio.StreamReader, pipe: FramePipe) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                pipe.put(await reader.readexactly(FRAME_BYTES))
                if not self._lock_step:
                    self._play()
        pipe.fail(self._gone())

    def _play(self) -> None:
        if self._writer is not None and self._pipe is not None:
            self._writer.write(self._pipe.take())

    def _opened(self) -> FramePipe:
        if self._pipe is None:
            raise self._gone()
        return self._pipe

    @staticmethod
    def _gone() -> LineLost:
        return LineLost("The software modem's sound is gone: the call ends, and goes on by text")
