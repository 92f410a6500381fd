"""The way to one endpoint: what is due goes out, in order for one subject, and what came of it is kept.

Every endpoint has a lane of its own, with its own connections and its own pace, so that no receiver
can delay another. An attempt is written down after it was made: whatever dies in between, the same
webhook goes out again, with the same id.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import NamedTuple

from aiohttp import ClientSession

from gateway.api.secrets import Secrets
from gateway.clock import Clock
from gateway.insist import insist
from gateway.store import webhook_deliveries as store
from gateway.store.database import Store, Tx
from gateway.store.webhook_deliveries import Happening, Parcel, Result
from gateway.store.webhooks import Endpoint, endpoint_by_id
from gateway.webhooks import schedule
from gateway.webhooks.addresses import Allowed
from gateway.webhooks.attempt import Answer, post
from gateway.webhooks.catalogue import wants
from gateway.webhooks.connector import Lookup, look_up, open_session
from gateway.webhooks.fields import LOOKED_UP
from gateway.webhooks.payload import body_of, webhook_id
from gateway.webhooks.signing import key_of, sign
from gateway.webhooks.spells import Spell, Tell

log = logging.getLogger(__name__)

# Webhooks to one receiver at the same time, and how many more are held ready in memory.
CONCURRENCY = 8
READY = 128
# Events looked at in one go, and of those noted: a longer transaction would keep a resident's turn waiting.
LOOKED_AT_ONCE, NOTED_AT_ONCE = 2000, 200
# A round of a busy lane costs a commit: so many seconds lie between two.
ROUND_SECONDS = 0.04
# What came of attempts is written down within this time: what follows soon shares its commit.
SETTLE_SECONDS = 0.2
LONGEST_SLEEP = 300.0


class Replayed(NamedTuple):
    """The next part of a replay: what the endpoint wants of it, how far that is, and where it ends."""

    wanted: list[Happening]
    end: int
    until: int


@dataclass(frozen=True, slots=True)
class Ways:
    """What all lanes share. `told` is called after texts were queued; `tls` is for receivers with a
    certificate of their own making."""

    store: Store
    clock: Clock
    random: Random
    secrets: Secrets
    tell: Tell
    told: Callable[[], None]
    allowed: Allowed
    lookup: Lookup = look_up
    tls: ssl.SSLContext | None = None


class Lane:
    """Delivers to one endpoint for as long as `run` runs."""

    def __init__(self, endpoint: Endpoint, ways: Ways) -> None:
        self.endpoint = endpoint
        self._ways = ways
        self._spell = Spell(endpoint)
        self._seen = endpoint.cursor
        self._ready: deque[list[Parcel]] = deque()
        self._in_hand: set[int] = set()
        self._done: list[Result] = []
        self._carrying: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._next_due: datetime | None = None
        self._last_round = -ROUND_SECONDS
        self._settling: asyncio.TimerHandle | None = None

    @property
    def trouble(self) -> str:
        """Why the endpoint takes nothing, for a coordinator; "" when it does."""
        return self._spell.trouble

    def hears(self, types: frozenset[str]) -> None:
        """Wake up if the endpoint wants to know of one of these types of event."""
        if any(wants(self.endpoint.wanted.types, told) for told in types):
            self.wake()

    def wake(self) -> None:
        """Look again now."""
        self._wake.set()

    def forgive(self) -> None:
        """Try at once what waits, whatever the receiver did before: somebody has seen to it."""
        self._spell.forgive()
        self.wake()

    async def run(self) -> None:
        """Deliver until cancelled, or until the receiver says that it is gone."""
        ways = self._ways
        async with open_session(
            self.endpoint.wanted.url,
            allowed=ways.allowed,
            connections=CONCURRENCY,
            lookup=ways.lookup,
            tls=ways.tls,
        ) as session:
            try:
                while not self._spell.gone:
                    self._wake.clear()
                    await self._round(session)
                    await self._sleep()
                await self._keep_round([], 0, None)
            finally:
                for task in self._carrying:
                    task.cancel()
                await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _round(self, session: ClientSession) -> None:
        """Note what is new, keep what came of attempts, take what is due and send it off."""
        pause = self._last_round + ROUND_SECONDS - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        self._last_round = time.monotonic()
        view = await insist(lambda: self._ways.store.read(self._look))
        if view is None:  # whoever started this lane ends it
            if self._done:
                await self._keep_round([], 0, None)
            return
        self.endpoint, seen, again = view
        news, end = _wanted(self.endpoint, seen)
        if news or again is not None or self._done or len(seen) == LOOKED_AT_ONCE:
            await self._keep_round(news, end, again)
        self._seen = max(self._seen, end)
        if again is not None or len(seen) == LOOKED_AT_ONCE or (seen and end < seen[-1].id):
            self.wake()
        await self._take()
        self._start(session)

    def _look(self, tx: Tx) -> tuple[Endpoint, list[Happening], Replayed | None] | None:
        """Give the endpoint as it is, what happened since, and what is told again; None where it is off."""
        endpoint = endpoint_by_id(tx, self.endpoint.id)
        if endpoint is None or endpoint.state != "on" or endpoint.wanted.url != self.endpoint.wanted.url:
            return None
        seen = store.events_after(tx, self._seen, LOOKED_AT_ONCE)
        if endpoint.replay is None:
            return endpoint, seen, None
        after, until = endpoint.replay
        wanted, end = _wanted(endpoint, store.events_after(tx, after, LOOKED_AT_ONCE, until))
        return endpoint, seen, Replayed(wanted, end or until, until)

    async def _keep_round(self, news: list[Happening], end: int, again: Replayed | None) -> None:
        ways = self._ways
        results, self._done = self._done, []
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None
        texts = await insist(
            lambda: ways.store.write(self._keep, news, end, again, results, ways.clock.now())
        )
        if texts:
            ways.told()
        self._in_hand.difference_update(result.parcel.delivery for result in results)

    def _keep(
        self,
        tx: Tx,
        news: list[Happening],
        end: int,
        again: Replayed | None,
        results: list[Result],
        now: datetime,
    ) -> bool:
        """Write a round down in one transaction; give whether texts were queued in it."""
        id_ = self.endpoint.id
        known_to = store.noted_to(tx, id_)
        if known_to is not None:
            store.open_deliveries(tx, id_, [event for event in news if event.id > known_to], now)
        store.move_cursor(tx, id_, end)
        if again is not None:
            store.open_deliveries(tx, id_, again.wanted, now, again=True)
            store.move_replay(tx, id_, again.end, again.until)
        store.settle(tx, id_, results)
        return bool(results) and self._spell.keep(tx, id_, self._ways.tell, now)

    async def _take(self) -> None:
        """Load what is due, as far as there is room for it."""
        room = READY - len(self._ready)
        if room < READY // 2:  # whoever is ready next makes room, and wakes us
            self._next_due = None
            return
        ways = self._ways
        looked_up = LOOKED_UP.intersection(self.endpoint.wanted.fields)
        in_hand, now = frozenset(self._in_hand), ways.clock.now()

        def look(tx: Tx) -> tuple[list[list[Parcel]], datetime | None]:
            id_ = self.endpoint.id
            return store.take(tx, id_, now, in_hand, looked_up, room), store.next_due(tx, id_, now)

        taken, self._next_due = await insist(lambda: ways.store.read(look))
        self._ready.extend(taken)
        self._in_hand.update(parcel.delivery for parcels in taken for parcel in parcels)

    def _start(self, session: ClientSession) -> None:
        """Send off what is ready, as much at a time as the receiver bears."""
        if self._resting() is not None:
            return
        slots = 1 if self._spell.failing else CONCURRENCY
        while self._ready and len(self._carrying) < slots:
            task = asyncio.create_task(self._carry(session, self._ready.popleft()))
            self._carrying.add(task)
            task.add_done_callback(partial(self._carried, session=session))

    def _carried(self, task: asyncio.Task[None], session: ClientSession) -> None:
        """Send the next off; what came of the last is written down together with what follows it soon."""
        self._carrying.discard(task)
        if task.cancelled() or session.closed:
            return
        self._start(session)
        if (len(self._ready) < READY // 2 and len(self._done) >= READY // 4) or self._spell.gone:
            self.wake()
        elif self._settling is None:
            self._settling = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self.wake)

    async def _carry(self, session: ClientSession, parcels: list[Parcel]) -> None:
        """Deliver what is about one subject, one after the other, as long as it is taken."""
        for place, parcel in enumerate(parcels):
            result = await self._attempt(session, parcel)
            self._done.append(result)
            if not result.taken:
                self._in_hand.difference_update(left.delivery for left in parcels[place + 1 :])
                return

    async def _attempt(self, session: ClientSession, parcel: Parcel) -> Result:
        ways, wanted = self._ways, self.endpoint.wanted
        now = ways.clock.now()
        try:
            body = body_of(parcel, wanted.fields, ways.secrets)
            keys = [key_of(secret) for secret in self.endpoint.secrets(now)]
            headers = sign(
                keys, webhook_id(ways.secrets.key, parcel.event, parcel.type, parcel.at), now, body
            )
            answer = await post(session, wanted.url, headers, body, now)
        except Exception as fault:
            # One event that cannot be told must not keep all the others from being.
            log.error("a webhook could not be made (%s)", type(fault).__name__, extra={"event": parcel.event})
            answer = Answer(None, "A fault of ours kept it from being sent. Please send us the log.")
        now = ways.clock.now()
        self._spell.note(answer, now, ways.random)
        return Result(
            parcel, now, answer.taken, answer.status, answer.reason, self._next_attempt(parcel, answer, now)
        )

    def _next_attempt(self, parcel: Parcel, answer: Answer, now: datetime) -> datetime | None:
        """Give when to try again; None when it was taken, or is given up."""
        attempts = parcel.attempts + 1
        if answer.taken or schedule.gives_up(attempts, parcel.began_at or now, now):
            return None
        return schedule.next_attempt(attempts, now, self._ways.random, answer.retry_after)

    def _resting(self) -> datetime | None:
        """Give until when the receiver is left alone, None when it is not."""
        until, now = self._spell.rest_until, self._ways.clock.now()
        # What lies too far ahead was written by a clock that was ahead.
        far = now + schedule.LONGEST_RETRY_AFTER
        return until if until is not None and now < until <= far else None

    async def _sleep(self) -> None:
        """Wait until something can be done: something happened, or a time has come."""
        resting, now = self._resting(), self._ways.clock.now()
        until = resting if resting is not None and self._ready else self._next_due
        seconds = LONGEST_SLEEP if until is None else (until - now).total_seconds()
        try:
            async with asyncio.timeout(min(max(seconds, 0.0), LONGEST_SLEEP)):
                await self._wake.wait()
        except TimeoutError:
            pass


def _wanted(endpoint: Endpoint, seen: list[Happening]) -> tuple[list[Happening], int]:
    """Give what an endpoint wants of some events, and the last event that is dealt with by that."""
    wanted = [event for event in seen if wants(endpoint.wanted.types, event.type)]
    if len(wanted) > NOTED_AT_ONCE:
        return wanted[:NOTED_AT_ONCE], wanted[NOTED_AT_ONCE - 1].id
    return wanted, seen[-1].id if seen else 0
