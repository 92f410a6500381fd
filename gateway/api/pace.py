"""How often another system may ask: so many requests a minute, refilled steadily."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

# Those who asked longest ago are forgotten first: by then their bucket is full again.
MOST_KNOWN = 2048


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to somebody: `remaining` requests now, all of them again after `reset` seconds."""

    policy: str
    quota: int
    window: int
    remaining: int
    reset: int
    granted: bool
    wait: int = 0

    def headers(self) -> dict[str, str]:
        """Give the fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After when it is used up."""
        fields = {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={self.window}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset}',
        }
        return fields if self.granted else {**fields, "Retry-After": str(self.wait)}


@dataclass(slots=True)
class Pace:
    """A bucket of `quota` requests for everybody, refilled within `window` seconds."""

    policy: str
    quota: int
    window: int
    steady: Callable[[], float]
    _left: OrderedDict[Hashable, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, who: Hashable) -> Allowance:
        """Take one request of somebody's, if there is one left."""
        now = self.steady()
        left, at = self._left.pop(who, (float(self.quota), now))
        left = min(float(self.quota), left + (now - at) * self.quota / self.window)
        granted = left >= 1
        left -= granted
        self._left[who] = (left, now)
        while len(self._left) > MOST_KNOWN:
            self._left.popitem(last=False)
        refill = self.window / self.quota
        reset = math.ceil((self.quota - left) * refill)
        wait = 0 if granted else max(1, math.ceil((1 - left) * refill))
        return Allowance(self.policy, self.quota, self.window, int(left), reset, granted, wait)
