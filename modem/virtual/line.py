"""The modem's serial line: a pseudo-terminal behind a stable symbolic link."""

from __future__ import annotations

import asyncio
import os
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_OPEN_CHECK = 0.02  # seconds between looks for somebody opening the line
_MOST_UNREAD = 1 << 20  # bytes kept for a client that does not read


class Line:
    """One end of a pseudo-terminal; what is written while nobody has it open is lost, as on a USB stick."""

    def __init__(self, link: Path, received: Callable[[bytes], None], opened: Callable[[], None]) -> None:
        self.link = link
        self.path = ""
        self._received = received
        self._opened = opened
        self._master = -1
        self._unsent = bytearray()
        self._writing = False
        self._open_check: asyncio.TimerHandle | None = None

    @property
    def plugged(self) -> bool:
        """Whether the device is there."""
        return self._master >= 0

    def plug(self) -> None:
        """Make the pseudo-terminal and point the link at it."""
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        beside = self.link.with_name(self.link.name + ".new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(self.path)
        beside.replace(self.link)
        self._await_opening()

    def unplug(self) -> None:
        """Hang up: the client reads end of file and the device is gone."""
        if not self.plugged:
            return
        self._stop_watching()
        # First, because the next pseudo-terminal anybody makes may get the freed number.
        self.link.unlink(missing_ok=True)
        os.close(self._master)
        self._master = -1
        self._unsent.clear()

    def write(self, data: bytes) -> None:
        """Write at once when nothing waits, else after what waits."""
        if not self.plugged or self._open_check is not None:
            return
        if not self._unsent:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                pass
            except OSError:
                return
        if data and len(self._unsent) + len(data) <= _MOST_UNREAD:
            self._unsent += data
            if not self._writing:
                self._writing = True
                asyncio.get_running_loop().add_writer(self._master, self._write_on)

    def _write_on(self) -> None:
        with suppress(BlockingIOError, OSError):
            del self._unsent[: os.write(self._master, self._unsent)]
        if not self._unsent:
            self._stop_writing()

    def _read(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
        else:
            self._stop_watching()
            self._unsent.clear()
            termios.tcflush(self._master, termios.TCIOFLUSH)
            self._await_opening()

    def _await_opening(self) -> None:
        # A pseudo-terminal without a client reads as an error for ever; asking it again beats spinning.
        self._open_check = None
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            data = b""
        except OSError:
            loop = asyncio.get_running_loop()
            self._open_check = loop.call_later(_OPEN_CHECK, self._await_opening)
            return
        asyncio.get_running_loop().add_reader(self._master, self._read)
        self._opened()
        if data:
            self._received(data)

    def _stop_writing(self) -> None:
        if self._writing:
            asyncio.get_running_loop().remove_writer(self._master)
            self._writing = False

    def _stop_watching(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        self._stop_writing()
        if self._open_check is not None:
            self._open_check.cancel()
            self._open_check = None
