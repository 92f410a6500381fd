"""What time it is, and whether that can be trusted: a Raspberry Pi has no clock of its own."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A text's network time and our clock agree when they are this close.
AGREEMENT = timedelta(minutes=15)
# A step larger than this is somebody or something setting the clock.
STEP = timedelta(minutes=2)

_CLOCK_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
_TIMEX_BYTES = 512  # more than struct timex on any Linux; zeroed it only asks


def synchronised() -> bool:
    """Ask the kernel whether something (NTP, GPS) keeps its clock right."""
    request = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state = int(ctypes.CDLL(None, use_errno=True).adjtimex(request))
    except (OSError, AttributeError):
        return False
    return 0 <= state < _CLOCK_UNSYNCHRONISED


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a clock looks: the wall clock, a clock that never jumps (seconds), and the kernel's word."""

    wall: Callable[[], datetime]
    steady: Callable[[], float]
    synchronised: Callable[[], bool]


SYSTEM = Sources(lambda: datetime.now(UTC), time.monotonic, synchronised)


class Clock:
    """The gateway's clock. Until it is trusted nothing expires and no poll opens or closes.

    Trust comes from the kernel's synchronisation or from the network's time of a fresh text;
    a jump takes it away until one of them agrees again.
    """

    def __init__(self, sources: Sources = SYSTEM) -> None:
        self._sources = sources
        self._wall = sources.wall()
        self._steady = sources.steady()
        self._confirmed = False
        self._stepped = timedelta()

    def now(self) -> datetime:
        """Give the moment, aware, in UTC; check `trusted` before ending anything by it."""
        wall, steady = self._sources.wall(), self._sources.steady()
        step = (wall - self._wall) - timedelta(seconds=steady - self._steady)
        if abs(step) > STEP:
            self._confirmed = False
            self._stepped += step
        self._wall, self._steady = wall, steady
        return wall

    @property
    def trusted(self) -> bool:
        """Whether deadlines may be kept by this clock."""
        self.now()
        return self._confirmed or self._sources.synchronised()

    @property
    def step(self) -> timedelta:
        """By how much the clock was set, as far as nobody has accounted for it."""
        self.now()
        return self._stepped

    def account_for(self, step: timedelta) -> None:
        """Say that deadlines were moved by `step`."""
        self._stepped -= step

    def learn(self, network_time: datetime) -> None:
        """Compare with what the network says is now."""
        if abs(self.now() - network_time) <= AGREEMENT:
            self._confirmed = True

    def moment_of(self, smsc_at: datetime | None) -> datetime:
        """Give the moment to answer a text by, learning from the network's time of it.

        While the clock is not trusted, the network's time is the better guess for "tomorrow".
        """
        now = self.now()
        if smsc_at is None:
            return now
        self.learn(smsc_at)
        if smsc_at - now > AGREEMENT:
            self._confirmed = False  # a text never comes from the future: our clock stood still
        return now if self._confirmed or self._sources.synchronised() else smsc_at.astimezone(UTC)
