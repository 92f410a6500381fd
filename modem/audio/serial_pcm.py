"""The sound of a call over a second serial port of the modem: Huawei, Quectel, SIM7600."""

from __future__ import annotations

import asyncio
import contextlib
import os
import termios
import tty
from collections.abc import Awaitable, Callable
from pathlib import Path

from modem.audio.line import FRAME_BYTES, FRAME_SECONDS, Dropped
from modem.audio.pcm_commands import PcmCommands
from modem.audio.pipe import FramePipe
from modem.errors import LineLost, ModemError

_AT_ONCE = 64 * 1024  # bytes read at a time
_CATCH_UP_SECONDS = 0.1  # a loop held up for longer leaves a gap instead of a burst the modem has no room for
_UNTAKEN_BYTES = 5 * FRAME_BYTES  # written, and not taken by the port


class SerialPcmLine:
    """Raw 8 kHz, 16 bit samples over a tty: a frame is written every 20 ms, silence when idle.

    `command` gives the modem an AT command over its other port. The modem takes the pace from what is written
    to it, so frames follow a fixed schedule of the monotonic clock.
    """

    dropped: Dropped

    def __init__(
        self, device: Path, commands: PcmCommands, command: Callable[[str], Awaitable[object]]
    ) -> None:
        self._device = device
        self._commands = commands
        self._command = command
        self._port = -1
        self._untaken = b""
        self._pace: asyncio.Task[None] | None = None
        self.dropped = Dropped()

    async def open(self) -> None:
        """Open the port and tell the modem to send sound. Raises LineLost, or what `command` raises."""
        self._pipe = FramePipe()
        self.dropped = self._pipe.dropped
        try:
            self._port = os.open(self._device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._port)
            termios.tcflush(self._port, termios.TCIOFLUSH)
        except (OSError, termios.error) as error:
            self._let_go()
            raise self._gone(error) from error
        asyncio.get_running_loop().add_reader(self._port, self._read)
        self._pace = asyncio.create_task(self._play(), name="serial pcm")
        try:
            for command in self._commands.start:
                await self._command(command)
        except BaseException:
            self._let_go()
            raise

    async def hear(self) -> bytes:
        """Give the next frame of the caller. Raises LineLost."""
        return await self._pipe.hear()

    def say(self, sound: bytes) -> None:
        """Queue sound for the caller. Raises LineLost."""
        self._pipe.say(sound)

    async def said(self) -> None:
        """Wait until everything queued has been written. Raises LineLost."""
        await self._pipe.said()

    def hush(self) -> None:
        """Forget what is queued."""
        self._pipe.hush()

    async def close(self) -> None:
        """Tell the modem to stop and let go of the port; no error when either is gone."""
        was_open = self._port >= 0
        self._let_go()
        if was_open:
            with contextlib.suppress(ModemError):
                for command in self._commands.stop:
                    await self._command(command)

    def _read(self) -> None:
        try:
            sound = os.read(self._port, _AT_ONCE)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error)
            return
        if sound:
            self._pipe.put(sound)
        else:
            self._lose(None)

    async def _play(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            self._write(self._pipe.take())
            due += FRAME_SECONDS
            now = clock()
            if now - due > _CATCH_UP_SECONDS:
                due = now
            await asyncio.sleep(due - now)

    def _write(self, frame: bytes) -> None:
        if len(self._untaken) > _UNTAKEN_BYTES:
            self.dropped.said += 1
        else:
            self._untaken += frame
        try:
            self._untaken = self._untaken[os.write(self._port, self._untaken) :]
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError | None) -> None:
        self._pipe.fail(self._gone(error))
        self._let_go()

    def _let_go(self) -> None:
        if self._pace is not None:
            self._pace.cancel()
            self._pace = None
        if self._port >= 0:
            asyncio.get_running_loop().remove_reader(self._port)
            os.close(self._port)
            self._port = -1

    def _gone(self, error: Exception | None) -> LineLost:
        cause = f" ({error.args[-1]})" if error else ""
        return LineLost(
            f"The modem's sound port {self._device} is not there{cause}: the call ends, "
            "the conversation goes on by text; see that the modem is plugged in"
        )
