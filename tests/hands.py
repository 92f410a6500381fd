"""Clocks for tests: one that stands still until it is moved, one that runs from a chosen moment."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from gateway.clock import Sources


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.steady = 0.0
        self.synchronised = True

    def sources(self) -> Sources:
        """Give what `Clock` looks at."""
        return Sources(lambda: self.now, lambda: self.steady, lambda: self.synchronised)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass, on the wall and in fact."""
        self.now += span
        self.steady += span.total_seconds()


class LiveHands:
    """A clock that runs, from a moment a test chooses, and that can be pushed ahead or set wrong."""

    def __init__(self, start: datetime) -> None:
        self._began = time.monotonic()
        self._start = start
        self._passed = timedelta()
        self.wrong_by = timedelta()
        self.synchronised = True

    @property
    def true(self) -> datetime:
        """The moment the network knows."""
        return self._start + timedelta(seconds=self._steady())

    def sources(self) -> Sources:
        """Give what `Clock` looks at."""
        return Sources(lambda: self.true + self.wrong_by, self._steady, lambda: self.synchronised)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass, on the wall and in fact."""
        self._passed += span

    def _steady(self) -> float:
        return time.monotonic() - self._began + self._passed.total_seconds()
