"""When a webhook that was not taken is tried again: the schedule of Standard Webhooks 1.0.0."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

# The waits after the first attempt, the second, and so on: three days in all.
GAPS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# An attempt that fails this long after the first one was the last.
GIVE_UP_AFTER = timedelta(days=3)
# Receivers that failed together are not all tried again at the same moment.
JITTER = 0.2
# However long a receiver asks us to wait, it is tried at least once a day.
LONGEST_RETRY_AFTER = timedelta(hours=24)
SHORTEST_RETRY_AFTER = timedelta(seconds=1)
# From this many failures in a row on a receiver counts as failing: it gets one call at a time, and rests
# between them, longer each time.
FAILING = 3
LONGEST_REST = timedelta(minutes=5)


def next_attempt(attempts: int, now: datetime, random: Random, retry_after: timedelta | None) -> datetime:
    """Give when to try again after `attempts` attempts; the receiver's own wish goes before the schedule."""
    gap = GAPS[min(attempts, len(GAPS)) - 1] if retry_after is None else retry_after
    return now + gap * random.uniform(1.0, 1.0 + JITTER)


def gives_up(attempts: int, began: datetime, now: datetime) -> bool:
    """Whether the last of `attempts` attempts that failed, the first of them at `began`, was the last of all.

    Neither a clock that jumped nor a receiver that comes and goes makes it give up early.
    """
    return attempts > len(GAPS) and now - began >= GIVE_UP_AFTER


def rest(failures: int, random: Random) -> timedelta:
    """Give how long a receiver that failed so often in a row is left alone."""
    if failures < FAILING:
        return timedelta()
    seconds = min(2.0 ** min(failures - FAILING, 30), LONGEST_REST.total_seconds())
    return timedelta(seconds=seconds) * random.uniform(1.0, 1.0 + JITTER)


def read_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read `Retry-After`, seconds or a date (RFC 9110), bounded; None where it says nothing usable."""
    if not header:
        return None
    words = header.strip()
    if words.isascii() and words.isdigit():
        wait = timedelta(seconds=min(int(words[:12]), LONGEST_RETRY_AFTER.total_seconds()))
    else:
        try:
            moment = parsedate_to_datetime(words)
        except (ValueError, OverflowError):
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, SHORTEST_RETRY_AFTER), LONGEST_RETRY_AFTER)
