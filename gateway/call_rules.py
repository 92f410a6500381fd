"""Which calls are made, and when: what the operator allows and what a household can bear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway import policy
from gateway.policy import Verdict
from gateway.store import calls
from gateway.store.database import Tx
from gateway.store.people import Resident

MOST_RING_BACKS_A_DAY = 4
RING_BACK_PAUSE = timedelta(minutes=3)
MOST_TRIES = 3
TRY_AGAIN_AFTER = timedelta(minutes=45)
READING = "reading"
"""The purpose of a call in which a neighbour reads the prompts: the operator asked for it this minute."""


@dataclass(frozen=True, slots=True)
class CallRules:
    """What the operator decided about calls.

    `rings` are waited before answering; with `put_through` a caller who wants a person is joined with
    somebody on duty; calls that nobody asked for this minute (reminders,
    announcements) are made between `civil_from` and `civil_until`, ring-backs outside `quiet_from`
    to `quiet_until`, all local. `countries` and `own` are as in `policy.judge`.
    """

    rings: int
    ring_back: bool
    closed: bool
    minutes_per_day: int
    region: str
    countries: tuple[str, ...]
    own: tuple[str, ...]
    zone: ZoneInfo
    put_through: bool = False
    civil_from: time = time(9)
    civil_until: time = time(20)
    quiet_from: time = time(22)
    quiet_until: time = time(7)

    def may_be_rung(self, number: str) -> bool:
        """Tell whether calling a number costs no more than a call to a neighbour."""
        return policy.judge(number, self.region, self.countries, self.own) is Verdict.ORDINARY

    def purposes_now(self, now: datetime) -> tuple[str, ...]:
        """Give the purposes that calls may be made for at this hour."""
        local = now.astimezone(self.zone).time()
        found = [READING]
        if not (local >= self.quiet_from or local < self.quiet_until):
            found.append("ring_back")
        if self.civil_from <= local < self.civil_until:
            found += ["reminder", "announcement"]
        return tuple(found)

    def minutes_left(self, tx: Tx, now: datetime) -> float:
        """Give the minutes we may still call today."""
        local = now.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.minutes_per_day - calls.seconds_called_since(tx, midnight) / 60

    def ring_back_refusal(self, tx: Tx, resident: Resident, now: datetime) -> str:
        """Say why somebody who hung up while it rang is not rung back, '' when they are."""
        if not self.ring_back:
            return "ring-back is off"
        if resident.stopped:
            return "they said STOP"
        if not self.may_be_rung(resident.number):
            return "calling that number may cost extra"
        if "ring_back" not in self.purposes_now(now):
            return "it is too late or too early"
        if self.minutes_left(tx, now) <= 0:
            return "today's minutes are used up"
        count = calls.calls_queued_since
        if count(tx, resident.id, "ring_back", now - RING_BACK_PAUSE):
            return "they were rung back a moment ago"
        if count(tx, resident.id, "ring_back", now - timedelta(days=1)) >= MOST_RING_BACKS_A_DAY:
            return "they were rung back often enough today"
        return ""
