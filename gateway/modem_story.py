"""What a modem has been through since the gateway started: signal, networks, restarts, balance."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modem.driver import Status
from modem.link import LinkState

SIGNAL_EVERY = timedelta(minutes=2)
SIGNAL_KEPT = 24 * 30  # samples: a day
CHANGES_KEPT = 50


@dataclass(frozen=True, slots=True)
class Signal:
    """How strong the network was: percent, None where there was none."""

    at: datetime
    percent: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """The link came to a state; `why` is a sentence, "" when it went as it should."""

    at: datetime
    state: LinkState
    why: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What the network answered to a USSD code."""

    at: datetime
    words: str


@dataclass(slots=True)
class ModemStory:
    """The story of one modem; `restarts` counts how often its process was started again."""

    signals: deque[Signal] = field(default_factory=lambda: deque(maxlen=SIGNAL_KEPT))
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=CHANGES_KEPT))
    restarts: int = 0
    balance: Balance | None = None

    def saw(self, status: Status, now: datetime) -> None:
        """Take a status; the signal of every other minute is kept."""
        if not self.signals or now - self.signals[-1].at >= SIGNAL_EVERY or now < self.signals[-1].at:
            self.signals.append(Signal(now, status.signal))

    def became(self, state: LinkState, why: str, now: datetime) -> None:
        """Take a change of the link's state."""
        self.changes.append(Change(now, state, why))
        if state is LinkState.LOST:
            self.restarts += 1

    def answered(self, words: str, now: datetime) -> None:
        """Take the network's answer to a code."""
        self.balance = Balance(now, words)
