"""The gateway's hold on one speech process: start it, talk to it, notice its end, kill it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from modem.errors import SpeechDown
from modem.speech import wire

_BUFFER = 4 * wire.LONGEST
_GOODBYE_SECONDS = 1.0
_MOST_UNSENT = 16_000_000
"""Octets that may wait for a process that does not read; beyond, it counts as hung."""

# One thread computes one utterance: more would only quarrel over two cores. Fewer heaps keep memory down.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class SpeechProcess:
    """One running process of the Python module `module`; `heard` is given each of its messages."""

    def __init__(self, module: str, heard: Callable[[Any], None]) -> None:
        self._module = module
        self._heard = heard
        self._process: asyncio.subprocess.Process | None = None
        self._socket: socket.socket | None = None
        self._unsent: deque[bytes] = deque()
        self._unsent_octets = 0
        self._why = ""
        self._ended = asyncio.Event()

    async def start(self) -> None:
        """Start the process; what was posted before reaches it. Raises `SpeechDown`."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            ours.setblocking(False)
            self._socket = ours
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", self._module, "--fd", str(theirs.fileno())),
                    pass_fds=(theirs.fileno(),),
                    stdin=asyncio.subprocess.DEVNULL,
                    env=os.environ | _ENVIRONMENT,
                    # A Ctrl-C at the gateway's terminal is the gateway's to handle.
                    start_new_session=True,
                )
            except OSError as error:
                raise SpeechDown(f"The speech process cannot be started: {error.strerror}.") from error
        asyncio.get_running_loop().add_reader(ours, self._read)
        self._write()

    async def ended(self) -> str:
        """Wait until the process has ended, and say why."""
        await self._ended.wait()
        return self._why or "The speech process ended unexpectedly."

    def give_up(self, why: str) -> None:
        """Count the process as ended because of `why`; `kill` must follow."""
        self._why = self._why or why
        self._ended.set()

    def post(self, message: wire.Message) -> None:
        """Send `message` as soon as the process takes it; nothing happens when it has ended."""
        if self._ended.is_set():
            return
        datagram = wire.encode(message)
        self._unsent.append(datagram)
        self._unsent_octets += len(datagram)
        if self._unsent_octets > _MOST_UNSENT:
            self.give_up("The speech process stopped taking in sound.")
        elif self._process is not None:
            self._write()

    async def kill(self) -> None:
        """End the process: by closing its socket, or by force when it does not heed that."""
        self._ended.set()
        if self._socket is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            loop.remove_writer(self._socket)
            self._socket.close()
            self._socket = None
        self._unsent.clear()
        if self._process is None:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _GOODBYE_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    @property
    def is_ended(self) -> bool:
        """Whether the process has ended."""
        return self._ended.is_set()

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid if self._process else None

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
            message = wire.decode(datagram)
            if isinstance(message, wire.Dying):
                self._why = message.why
            else:
                self._heard(message)

    def _write(self) -> None:
        if self._socket is None:
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
                self._unsent_octets = 0
                break
            self._unsent_octets -= len(self._unsent.popleft())
        loop.remove_writer(self._socket)
