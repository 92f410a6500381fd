"""What all calls of the gateway have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.mouth import Mouth
from gateway.recordings import Recordings
from gateway.store.database import Store
from gateway.terms import Terms
from gateway.turns import Turns
from modem.speech.protocols import Recogniser


@dataclass(frozen=True, slots=True)
class Exchange:
    """What every call needs of the gateway."""

    store: Store
    turns: Turns
    clock: Clock
    recogniser: Recogniser | None
    mouth: Mouth
    recordings: Recordings
    queued: Callable[[], None]
    terms: Terms
