"""A prompt in a terminal that arriving texts do not tear apart."""

from __future__ import annotations

import asyncio
import os
import readline
import sys
import termios
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

PROMPT = "> "
_CLEAR_LINE = "\r\x1b[2K"
_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"


class Prompt:
    """Reads lines on a thread of its own, and shows what arrives above the line that is being typed."""

    def __init__(self) -> None:
        self._typing = False
        self._dim = "" if os.environ.get("NO_COLOR") else _DIM
        self._plain = _PLAIN if self._dim else ""

    async def lines(self) -> AsyncIterator[str]:
        """Give each line that is typed, until Ctrl-D."""
        loop = asyncio.get_running_loop()
        typed: asyncio.Queue[str | None] = asyncio.Queue()

        def read() -> None:
            line: str | None = ""
            while line is not None:
                line = self._read()
                loop.call_soon_threadsafe(typed.put_nowait, line)

        # A daemon, because nothing wakes a thread that waits for a key when the gateway stops.
        threading.Thread(target=read, daemon=True).start()
        while (line := await typed.get()) is not None:
            yield line

    def show(self, heading: str, body: str) -> None:
        """Show a text with a small heading, then put back what was being typed."""
        again = PROMPT + readline.get_line_buffer() if self._typing else ""
        sys.stdout.write(f"{_CLEAR_LINE}{self._dim}{heading}{self._plain}\n{body}\n{again}")
        sys.stdout.flush()

    def _read(self) -> str | None:
        self._typing = True
        try:
            return input(PROMPT)
        except EOFError:
            return None
        finally:
            self._typing = False


@contextmanager
def terminal_kept() -> Iterator[None]:
    """Leave the terminal as it was found, also when a line was half typed."""
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        sys.stdout.write("\n")
