"""Help, whole: what flows may ask of it, whose commands count, and what time does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gateway.services import help_asking, help_foodbank, help_own, help_time, help_volunteers, urgent
from gateway.services.acting import Action, Heeded, Timed, Timing


def keep_times(timing: Timing) -> datetime | None:
    """Do what is due with requests and referrals, and give when the next is."""
    dues = (help_time.keep_times(timing), help_foodbank.keep_times(timing))
    return min((due for due in dues if due is not None), default=None)


ACTIONS: Mapping[str, Action] = {
    **help_asking.ACTIONS,
    **help_own.ACTIONS,
    **help_volunteers.ACTIONS,
    **help_foodbank.ACTIONS,
    **urgent.ACTIONS,
}
HEEDED: Mapping[str, Heeded] = {**help_volunteers.HEEDED, **urgent.HEEDED}
TIMED: Timed = keep_times
