"""Keys of one call from two sources, the sound and the modem's own reports, each press counted once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

_SAME_PRESS_SECONDS = 1.0  # modems report a key when it is released, or half a second after that


class Keypad:
    """Says of every key whether it is a new press. `clock` counts in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._heard: deque[tuple[str, float]] = deque()
        self._reported: deque[tuple[str, float]] = deque()

    def heard(self, key: str) -> bool:
        """Whether a key found in the sound is a new press."""
        return self._new(key, mine=self._heard, others=self._reported)

    def reported(self, key: str) -> bool:
        """Whether a key the modem reported (`+DTMF:`, `+RXDTMF:`) is a new press."""
        return self._new(key, mine=self._reported, others=self._heard)

    def _new(self, key: str, mine: deque[tuple[str, float]], others: deque[tuple[str, float]]) -> bool:
        now = self._clock()
        while others and others[0][1] < now - _SAME_PRESS_SECONDS:
            others.popleft()
        for press in others:
            if press[0] == key:
                others.remove(press)
                return False
        while mine and mine[0][1] < now - _SAME_PRESS_SECONDS:
            mine.popleft()
        mine.append((key, now))
        return True
