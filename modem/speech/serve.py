"""What every speech process does: take messages from the gateway, and end when the gateway is gone."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import select
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modem.errors import SpeechDown
from modem.speech import wire

_TICK_SECONDS = 1.0
_NICENESS = 5
_FIRST_TO_GO = "800"
_PAGE = resource.getpagesize()


class Gateway:
    """The gateway as a speech process sees it; any thread may `say` something to it."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._saying = threading.Lock()

    def say(self, message: wire.Message) -> None:
        """Send `message`; nothing happens when the gateway is gone, because this process ends then."""
        with self._saying, contextlib.suppress(OSError):
            self._socket.send(wire.encode(message))

    def serve(self, take: Callable[[Any], None], tick: Callable[[], None]) -> None:
        """Give each message to `take`, and call `tick` about every second, until the gateway is gone."""
        next_tick = 0.0
        while True:
            readable, _, _ = select.select([self._socket], [], [], _TICK_SECONDS)
            if readable:
                datagram = self._socket.recv(wire.LONGEST)
                if not datagram:
                    return
                take(wire.decode(datagram))
            if time.monotonic() >= next_tick:
                tick()
                next_tick = time.monotonic() + _TICK_SECONDS


def run(main: Callable[[Gateway], None]) -> None:
    """Run `main` with the gateway on the descriptor of `--fd`, then end this process at once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    gateway = Gateway(parser.parse_args().fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _step_back()
    try:
        main(gateway)
    except SpeechDown as error:
        gateway.say(wire.Dying(str(error)))
    except Exception as error:
        # Where it happened is told, its words are not: they may quote what a resident said.
        traceback.print_tb(error.__traceback__)
        gateway.say(wire.Dying(f"The speech process failed ({type(error).__name__})."))
    # Threads amid a computation in C are not waited for.
    os._exit(0)


def resident_octets() -> int:
    """Give the memory this process holds, in octets."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def _step_back() -> None:
    """Let texts go first: for the processor, and where memory runs out."""
    os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
