"""The gateway's hold on one modem process: start it, talk to it, notice that it hangs, kill it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from modem import driver, wire

_BUFFER = 4 * wire.LONGEST
_GOODBYE_SECONDS = 1.0
_WATCH_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds after which the process counts as hung: without a heartbeat, opening, in any other call.

    `unnoticed` is how often the inbox is read although no notice came.
    """

    silent: float = 15.0
    opening: float = 60.0
    call: float = 120.0
    unnoticed: float = wire.INBOX_SECONDS


class ModemProcess:
    """One running modem process; `heard` is given each of its messages, heartbeats excepted."""

    def __init__(
        self, heard: Callable[[driver.Event | wire.Done | wire.Begun], None], patience: Patience
    ) -> None:
        self._heard = heard
        self._patience = patience
        self._process: asyncio.subprocess.Process | None = None
        self._socket: socket.socket | None = None
        self._unsent: deque[bytes] = deque()
        self._last_words = ""
        self._beat = wire.Beat("open", time.monotonic())
        self._last_heard = time.monotonic()
        self._ended = asyncio.Event()

    async def start(self, configure: wire.Configure) -> None:
        """Start the process and tell it its device."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            ours.setblocking(False)
            self._socket = ours
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "modem.worker", str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                # A Ctrl-C at the gateway's terminal is the gateway's to handle.
                start_new_session=True,
            )
        self._beat = wire.Beat("open", time.monotonic())
        self._last_heard = time.monotonic()
        asyncio.get_running_loop().add_reader(ours, self._read)
        self.post(configure)

    async def ended(self) -> str:
        """Wait until the process ends or hangs, and say why."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _WATCH_SECONDS)
            if self._ended.is_set():
                return self._last_words or "The modem's process ended unexpectedly."
            if overdue := self._overdue():
                return overdue

    def post(self, message: wire.ToModem) -> None:
        """Send `message` as soon as the process takes it; nothing happens when it has ended."""
        self._unsent.append(wire.encode(message))
        self._write()

    async def kill(self) -> None:
        """End the process: by closing its socket, or by force when it does not heed that or hangs."""
        if self._socket is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            loop.remove_writer(self._socket)
            self._socket.close()
            self._socket = None
        if self._process is None:
            return
        if not self._overdue():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _GOODBYE_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid if self._process else None

    def _overdue(self) -> str:
        now, beat = time.monotonic(), self._beat
        if now - self._last_heard > self._patience.silent:
            return "The modem's process stopped answering."
        most = self._patience.opening if beat.call == "open" else self._patience.call
        if beat.call and now - beat.since > most:
            return f"The modem has been busy for {now - beat.since:.0f} seconds with one thing ({beat.call})."
        return ""

    def _read(self) -> None:
        while self._socket is not None:
            try:
                datagram = self._socket.recv(wire.LONGEST)
            except BlockingIOError:
                return
            except ConnectionError:
                datagram = b""
            if not datagram:
                asyncio.get_running_loop().remove_reader(self._socket)
                self._ended.set()
                return
            self._take(wire.decode(datagram))

    def _take(self, message: wire.FromModem) -> None:
        self._last_heard = time.monotonic()
        if isinstance(message, wire.Beat):
            self._beat = message
        elif isinstance(message, wire.Dying):
            self._last_words = message.why
        else:
            self._heard(message)

    def _write(self) -> None:
        if self._socket is None:
            self._unsent.clear()
            return
        loop = asyncio.get_running_loop()
        while self._unsent:
            try:
                self._socket.send(self._unsent[0])
            except BlockingIOError:
                loop.add_writer(self._socket, self._write)
                return
            except ConnectionError:
                # Its end is noticed by reading.
                self._unsent.clear()
                break
            self._unsent.popleft()
        loop.remove_writer(self._socket)
