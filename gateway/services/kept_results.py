"""Results of flows are kept for a year, and then no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.services.acting import Timed, Timing
from gateway.store.flow_results import forget_results

KEPT_FOR = timedelta(days=365)


def keep_times(timing: Timing) -> datetime | None:
    """Erase what has been kept for long enough."""
    if forget_results(timing.tx, timing.now - KEPT_FOR):
        timing.tx.forget_log()
    return None


TIMED: Timed = keep_times
