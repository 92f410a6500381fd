"""What happens because time passes: deadlines, timed services, texts nobody needs any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway import policy
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.services import TIMED
from gateway.services.acting import Timing
from gateway.store import shift
from gateway.store.conversations import next_deadline, overdue
from gateway.store.database import Store, Tx
from gateway.store.events import write_event
from gateway.store.inbound import incomplete_before, join_incomplete
from gateway.store.outbound import end_attempt, overdue_queued
from gateway.turns import Turns, emitter

log = logging.getLogger(__name__)

LONGEST_SLEEP = timedelta(seconds=30)
GRACE = timedelta(hours=12)
LONGEST_DEADLINE = timedelta(days=60)


@dataclass(slots=True)
class Timers:
    """Runs what is due; `queued` is called when something may have been put into the sender's queue."""

    store: Store
    turns: Turns
    clock: Clock
    queued: Callable[[], None]
    _doubted: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Do what is due, for ever."""
        while True:
            try:
                wait = await self.tick()
            except StoreError as error:
                log.warning("deadlines wait while the database takes no changes: %s", error)
                wait = LONGEST_SLEEP
            try:
                async with asyncio.timeout(wait.total_seconds()):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    def wake(self) -> None:
        """Look again now: a deadline may have become earlier, or the clock trusted."""
        self._wake.set()

    async def tick(self) -> timedelta:
        """Do everything that is due now; give how long nothing will be."""
        step = self.clock.take_step()
        if step:
            await self.store.write(shift.shift_deadlines, step)
        if not self.clock.trusted:
            self._doubted = True
            return LONGEST_SLEEP
        if self._doubted:
            self._doubted = False
            await self.store.write(shift.grant_grace, self.clock.now(), GRACE, LONGEST_DEADLINE)
        return await self._run_due()

    async def _run_due(self) -> timedelta:
        now = self.clock.now()
        for resident_id in await self.store.read(overdue, now):
            await self.store.write(self.turns.expire, resident_id, now)
        await self.store.write(self._sweep, now)
        due = [await self.store.write(self._run_service, timed, now) for timed in TIMED]
        due.append(await self.store.read(next_deadline))
        self.queued()
        waits = [max(at - now, timedelta()) for at in due if at is not None]
        return min([LONGEST_SLEEP, *waits])

    def _run_service(
        self, tx: Tx, timed: Callable[[Timing], datetime | None], now: datetime
    ) -> datetime | None:
        turns = self.turns
        return timed(
            Timing(
                tx=tx,
                now=now,
                zone=turns.community.zone,
                random=turns.random,
                emit=emitter(tx, now),
                tell=turns.notices(tx, now).tell,
            )
        )

    def _sweep(self, tx: Tx, now: datetime) -> None:
        """End texts nobody needs any more; give a person what came of long texts that stayed incomplete."""
        for text_id in overdue_queued(tx, now):
            end_attempt(tx, text_id, "expired", now, "nobody could be reached in time")
            write_event(tx, "message.expired", f"message:{text_id}", {}, now)
        for link, sender, reference, total in incomplete_before(tx, now):
            inbound = join_incomplete(tx, link, sender, reference, total, now)
            number = policy.e164(sender, self.turns.community.region)
            if inbound is not None and number is not None:
                self.turns.hand_over(tx, inbound, number, now)
