"""A clock that stands still until a test moves it."""

from __future__ import annotations

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
