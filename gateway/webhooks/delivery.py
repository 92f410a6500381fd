"""All webhooks on their way out: a lane for each endpoint that is on."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random
from textwrap import shorten

from flows.conversation import Prompt
from flows.library import COMMON
from flows.value import text
from gateway.api.secrets import Secrets
from gateway.clock import Clock
from gateway.insist import insist
from gateway.store import people
from gateway.store import webhook_history as history
from gateway.store import webhooks as store
from gateway.store.api_answers import installation_key
from gateway.store.database import Store, Tx
from gateway.store.webhook_deliveries import pull_in
from gateway.store.webhooks import Endpoint
from gateway.turns import Turns
from gateway.webhooks.addresses import Allowed
from gateway.webhooks.catalogue import TEST
from gateway.webhooks.connector import Lookup, look_up
from gateway.webhooks.lane import Lane, Ways

log = logging.getLogger(__name__)

KEPT = timedelta(days=14)
UPKEEP_SECONDS = 3600.0
# Deliveries erased or given up in one transaction.
AT_ONCE = 200
# What a wrong clock put further ahead than any schedule would.
TOO_FAR_AHEAD = timedelta(hours=30)
AGAIN_SECONDS = 5.0
# How the types of events about endpoints begin.
ENDPOINTS = "webhook."
# What a coordinator does with an endpoint who has seen to it. Which one it was is not worth a look.
SEEN_TO = frozenset({"webhook.changed", "webhook.secret_changed", "webhook.replayed", TEST})
# Letters of an endpoint's name in a text.
MOST_NAME = 40


class Webhooks:
    """Everything webhooks need to go out; `queued` is called after texts to people on duty were queued."""

    def __init__(
        self,
        store: Store,
        turns: Turns,
        clock: Clock,
        random: Random,
        queued: Callable[[], None],
        *,
        allowed: Allowed,
        tls: ssl.SSLContext | None = None,
        lookup: Lookup = look_up,
    ) -> None:
        self._store = store
        self._turns = turns
        self._make_ways = partial(
            Ways, store, clock, random, tell=self._tell, told=queued, allowed=allowed, tls=tls, lookup=lookup
        )
        self._clock = clock
        self._lanes: dict[int, tuple[Lane, asyncio.Task[None]]] = {}
        self._wake = asyncio.Event()

    def troubles(self) -> list[str]:
        """Say of every endpoint that takes nothing why, for a coordinator."""
        return [
            f"{lane.endpoint.wanted.name} does not take webhooks: {lane.trouble} "
            "What it was not told is tried again for three days."
            for lane, _ in self._lanes.values()
            if lane.trouble
        ]

    def hear(self, types: frozenset[str]) -> None:
        """Wake up whoever has to do something about what was just committed (see `Store.listen`)."""
        if any(told.startswith(ENDPOINTS) for told in types):
            self._wake.set()
        seen_to = not SEEN_TO.isdisjoint(types)
        for lane, _ in self._lanes.values():
            if seen_to:
                lane.forgive()
            lane.hears(types)

    def wake(self) -> None:
        """Look again now at everything: time may have passed."""
        self._wake.set()
        for lane, _ in self._lanes.values():
            lane.wake()

    async def run(self) -> None:
        """Deliver until cancelled; without an endpoint this waits and costs nothing."""
        try:
            while True:
                self._wake.clear()
                await self._arrange()
                seconds = UPKEEP_SECONDS if await self.keep_up() else None
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
        finally:
            await self._end(list(self._lanes))

    async def _arrange(self) -> None:
        """Start, change and end lanes until they are those of the endpoints that are on."""
        found = await insist(lambda: self._store.read(store.endpoints))
        wanted = {endpoint.id: endpoint for endpoint in found if endpoint.state == "on"}
        await self._end(
            [id_ for id_, (lane, task) in self._lanes.items() if task.done() or _moved(lane, wanted.get(id_))]
        )
        for lane, _ in self._lanes.values():
            lane.wake()
        if new := [endpoint for id_, endpoint in wanted.items() if id_ not in self._lanes]:
            ways = self._make_ways(secrets=Secrets(await insist(lambda: self._store.write(installation_key))))
            for endpoint in new:
                lane = Lane(endpoint, ways)
                task = asyncio.create_task(self._keep_running(lane))
                task.add_done_callback(lambda _: self._wake.set())
                self._lanes[endpoint.id] = (lane, task)

    async def _keep_running(self, lane: Lane) -> None:
        """Run a lane; after a fault it begins again, and the others go on."""
        while True:
            try:
                await lane.run()
                return
            except Exception:
                log.exception(
                    "a webhook endpoint's deliveries had a fault", extra={"endpoint": lane.endpoint.id}
                )
            await asyncio.sleep(AGAIN_SECONDS)

    async def _end(self, ids: list[int]) -> None:
        tasks = [self._lanes.pop(id_)[1] for id_ in ids]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def keep_up(self) -> bool:
        """Erase what is old, and mend what a wrong clock did; give whether there will be more of it."""
        known = await insist(lambda: self._store.read(store.endpoint_ids))
        now = self._clock.now()
        for id_, removed in known:
            if removed:
                await self._in_parts(history.forget, id_)
                await insist(partial(self._store.write, store.erase_endpoint, id_))
                continue
            if self._clock.trusted:
                await self._in_parts(history.give_up_old, id_, now - KEPT, now)
                await self._in_parts(history.trim, id_, now - KEPT)
            await insist(partial(self._store.write, pull_in, id_, now, now + TOO_FAR_AHEAD))
        return bool(known)

    async def _in_parts(self, work: Callable[..., int], *args: object) -> None:
        """Do something to many deliveries, few at a time: a resident's turn may wait for each part."""
        while await insist(partial(self._store.write, work, *args, limit=AT_ONCE)):
            pass

    def _tell(self, tx: Tx, phrase: str, endpoint: Endpoint, now: datetime) -> None:
        """Text everybody on duty about an endpoint."""
        notices = self._turns.notices(tx, now)
        name = text(shorten(endpoint.wanted.name, MOST_NAME, placeholder="…"))
        for coordinator in people.coordinators_on_duty(tx):
            notices.tell(coordinator.number, Prompt(COMMON, f"duty_{phrase}", values={"endpoint": name}))


def _moved(lane: Lane, endpoint: Endpoint | None) -> bool:
    return endpoint is None or endpoint.wanted.url != lane.endpoint.wanted.url
