"""What happens because time passes: deadlines, timed services, texts nobody needs any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from flows.value import Json
from gateway import policy
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.services import TIMED, urgent
from gateway.services.acting import Timing
from gateway.services.threads import tell_unanswered
from gateway.store import shift
from gateway.store.community import install_polls
from gateway.store.conversations import drop_deadline, is_overdue, next_deadline, overdue
from gateway.store.database import Store, Tx
from gateway.store.events import write_event
from gateway.store.inbound import incomplete_before, join_incomplete
from gateway.store.outbound import end_attempt, overdue_queued
from gateway.turns import Turns

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
    _doubted: bool | None = None
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
        if self._doubted is None:
            self._doubted = await self.store.read(shift.doubted)
        step, trusted = self.clock.step, self.clock.trusted
        if step or not (trusted or self._doubted):
            await self.store.write(self._take_step, step, trusted)
            self.clock.account_for(step)
            self._doubted = self._doubted or not trusted
            self.queued()
        if not trusted:
            return LONGEST_SLEEP
        if self._doubted:
            await self.store.write(self._trust_again, self.clock.now())
            self._doubted = False
        return await self._run_due()

    def _take_step(self, tx: Tx, step: timedelta, trusted: bool) -> None:
        shift.shift_deadlines(tx, step)
        if not trusted:
            shift.note_doubt(tx)

    def _trust_again(self, tx: Tx, now: datetime) -> None:
        shift.grant_grace(tx, now, GRACE, LONGEST_DEADLINE)
        install_polls(tx, self.turns.community, now, trusted=True)

    async def _run_due(self) -> timedelta:
        """Do one thing after the other; what fails is told at the end, when the rest is done."""
        now = self.clock.now()
        due: list[datetime | None] = []
        faults: list[Exception] = []
        work: list[Callable[[], Awaitable[datetime | None]]] = [
            partial(self.store.write, self._expire, who, now) for who in await self.store.read(overdue, now)
        ]
        work.append(partial(self.store.write, self._sweep, now))
        work += [partial(self.store.write, self._run_service, timed, now) for timed in TIMED]
        work.append(partial(self.store.write, self._repeat_alarms, now))
        work.append(partial(self.store.read, next_deadline))
        for one in work:
            try:
                due.append(await one())
            except StoreError:
                raise
            except Exception as fault:
                log.exception("a timed piece of work failed; the others go on")
                faults.append(fault)
        self.queued()
        if faults:
            raise faults[0]
        waits = [max(at - now, timedelta()) for at in due if at is not None]
        return min([LONGEST_SLEEP, *waits])

    def _expire(self, tx: Tx, resident_id: int, now: datetime) -> None:
        """End a conversation, unless its resident went on; after a fault it stays open without an end."""
        if not is_overdue(tx, resident_id, now):
            return
        try:
            with tx.savepoint():
                self.turns.expire(tx, resident_id, now)
        except StoreError:
            raise
        except Exception as error:
            log.exception("a conversation could not be ended", extra={"resident": resident_id})
            drop_deadline(tx, resident_id)
            data: dict[str, Json] = {"error": type(error).__name__}
            write_event(tx, "turn.failed", f"resident:{resident_id}", data, now)

    def _run_service(
        self, tx: Tx, timed: Callable[[Timing], datetime | None], now: datetime
    ) -> datetime | None:
        return timed(self.turns.timing(tx, now))

    def _repeat_alarms(self, tx: Tx, now: datetime) -> datetime | None:
        return urgent.repeat(self.turns.notices(tx, now))

    def _sweep(self, tx: Tx, now: datetime) -> None:
        """End texts nobody needs any more; tell of long texts that stayed incomplete, and of who waits."""
        for text_id in overdue_queued(tx, now):
            end_attempt(tx, text_id, "expired", now, "nobody could be reached in time")
            write_event(tx, "message.expired", f"message:{text_id}", {}, now)
        for link, sender, reference, total in incomplete_before(tx, now):
            inbound = join_incomplete(tx, link, sender, reference, total, now)
            number = policy.e164(sender, self.turns.community.region)
            if inbound is not None and number is not None:
                self.turns.hand_over(tx, inbound, number, now)
        tell_unanswered(tx, self.turns, now)
        self.turns.fared.write(tx, now.astimezone(self.turns.community.zone).date())
