"""The nightly job: what the community no longer needs is erased from the file, a little at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from gateway.clock import Clock
from gateway.forgetting import Forgetting
from gateway.services.help_erasure import erase_help_words
from gateway.store import retention
from gateway.store.database import Store, Tx
from gateway.store.facts import fact, keep_fact
from gateway.terms import Terms
from gateway.turns import Turns

log = logging.getLogger(__name__)

NIGHT = time(3, 30)
DONE_ON = "retention_done_on"
LOOK_SECONDS = 600.0
# Between two batches residents' turns go first.
PAUSE_SECONDS = 0.05


class Retention:
    """Erases what is older than its term, once a night, or as soon as the box is on after it."""

    def __init__(
        self,
        store: Store,
        turns: Turns,
        clock: Clock,
        terms: Terms,
        on_call: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._turns = turns
        self._clock = clock
        self._terms = terms
        self._on_call = on_call

    async def run(self) -> None:
        """Look for the night, for ever, and for what had to be erased at once: the words of a vote, a PIN."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Do what is due; nothing is written anew while somebody is on the phone, who would hear silence."""
        if self._clock.trusted and await self.is_due():
            await self.night()
        elif self._store.erased and not self._on_call():
            await self._store.rewrite()

    async def is_due(self) -> bool:
        """Whether the last night's work is still to be done."""
        return await self._store.read(fact, DONE_ON) != self._last_night().date().isoformat()

    async def night(self) -> int:
        """Erase everything whose term is over; give how many rows went."""
        now, night = self._clock.now(), self._last_night().date().isoformat()
        erased = await Forgetting(self._store, self._turns).finish(now)
        erased += await self._store.write(erase_help_words, now)
        work: list[tuple[Callable[[Tx, datetime], int], int]] = [
            (retention.erase_texts, self._terms.texts),
            (retention.erase_conversations, self._terms.conversations),
            (retention.erase_events, self._terms.events),
            (retention.erase_calls, self._terms.calls),
            (retention.erase_ideas, self._terms.board),
            (retention.erase_announcements, self._terms.announcements),
            (retention.erase_shifts, self._terms.shifts),
            (retention.erase_referrals, self._terms.foodbank),
        ]
        for kind, kept in self._terms.of_recordings().items():
            await self._all(partial(retention.end_recordings, kind=kind), now - kept)
        for erase, days in work:
            erased += await self._all(erase, now - timedelta(days=days))
        await self._store.rewrite()
        await self._store.write(keep_fact, DONE_ON, night)
        if erased:
            log.info("erased what was too old", extra={"rows": erased})
        return erased

    async def _all(self, erase: Callable[[Tx, datetime], int], before: datetime) -> int:
        erased = 0
        while count := await self._store.write(erase, before):
            erased += count
            await asyncio.sleep(PAUSE_SECONDS)
        return erased

    def _last_night(self) -> datetime:
        """Give the local moment of the night that was last due."""
        local = self._clock.now().astimezone(self._turns.community.zone)
        tonight = local.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
        return tonight if tonight <= local else tonight - timedelta(days=1)
