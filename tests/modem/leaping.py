"""Time that leaps: for the running loop it passes only when there is nothing left to do, and then at once.

A busy machine makes nothing late by it. Only what waits in this loop alone may be tested so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_LISTEN_SECONDS = 0.002
"""Of life's time, for what the kernel still carries from one end of a pseudo-terminal to the other."""


class Leaping:
    """The time of a loop, in seconds; `hold_up` lets it pass as if something had kept the loop busy."""

    def __init__(self, selector: Any) -> None:
        self._select = selector.select
        self._now = 0.0

    def time(self) -> float:
        """Give the time."""
        return self._now

    def hold_up(self, seconds: float) -> None:
        """Let time pass in which the loop does nothing."""
        self._now += seconds

    def select(self, timeout: float | None = None) -> Any:
        """Wait for descriptors; when nothing comes, the time of the next thing to do is now."""
        if timeout is None or timeout <= 0:
            return self._select(timeout)
        if not (ready := self._select(min(timeout, _LISTEN_SECONDS))):
            self._now += timeout
        return ready


@contextmanager
def leaping_time() -> Iterator[Leaping]:
    """Let time leap in the running loop for as long as the context lasts."""
    loop: Any = asyncio.get_running_loop()
    leaping = Leaping(loop._selector)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "time", leaping.time)
        patch.setattr(loop._selector, "select", leaping.select)
        yield leaping
