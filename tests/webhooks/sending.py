"""Ashby with webhooks going out, on a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from flows.value import Json
from gateway.store import webhooks as endpoint_store
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.webhook_deliveries import events_after
from gateway.store.webhook_history import Counts, Delivery, count_deliveries, deliveries
from gateway.store.webhooks import Endpoint, Wanted
from gateway.webhooks import endpoints
from gateway.webhooks.addresses import read_allowed
from gateway.webhooks.catalogue import wants
from gateway.webhooks.connector import Lookup, look_up
from gateway.webhooks.delivery import Webhooks
from tests.village import MONDAY, Village, ashby

R = TypeVar("R")

LOOPBACK = read_allowed(["127.0.0.0/8"])

EVERYTHING = ("*",)


@dataclass
class Sending:
    """A village whose events go out."""

    village: Village
    make: Callable[[], Webhooks]
    running: list[tuple[Webhooks, asyncio.Task[None]]] = field(default_factory=list)

    @property
    def webhooks(self) -> Webhooks:
        """What delivers just now."""
        return self.running[-1][0]

    async def start(self) -> None:
        """Begin to deliver."""
        webhooks = self.make()
        self.village.store.listen(webhooks.hear)
        self.running.append((webhooks, asyncio.create_task(webhooks.run())))

    async def stop(self) -> None:
        """Stop delivering, in the middle of whatever is under way."""
        for _, task in self.running:
            task.cancel()
        await asyncio.gather(*(task for _, task in self.running), return_exceptions=True)

    async def add(
        self, url: str, types: Sequence[str] = EVERYTHING, fields: Sequence[str] = (), name: str = "Cases"
    ) -> Endpoint:
        """Add an endpoint and give it."""
        wanted = Wanted(name, url, tuple(types), tuple(fields))
        store = self.village.store
        id_ = await store.write(endpoints.add_endpoint, wanted, LOOPBACK, self.village.hands.now)
        return await self.endpoint(id_)

    async def endpoint(self, endpoint_id: int) -> Endpoint:
        """Give an endpoint as it stands."""
        found = await self.village.store.read(endpoint_store.endpoint_by_id, endpoint_id)
        assert found is not None
        return found

    async def happen(self, what: str = "help.opened", subject: str = "help:1", **data: Json) -> int:
        """Let something happen."""
        return await self.village.store.write(write_event, what, subject, data, self.village.hands.now)

    async def happen_together(self, *events: tuple[str, str]) -> None:
        """Let several things happen in one commit."""

        def write(tx: Tx) -> None:
            for what, subject in events:
                write_event(tx, what, subject, {}, self.village.hands.now)

        await self.village.store.write(write)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass."""
        self.village.hands.pass_time(span)
        self.webhooks.wake()

    async def deliveries(
        self, endpoint_id: int, state: str = "", before: int | None = None
    ) -> list[Delivery]:
        """Give an endpoint's deliveries, the newest first."""
        return await self.village.store.read(deliveries, endpoint_id, state=state, before=before)

    async def is_state(self, endpoint_id: int, state: str) -> bool:
        """Whether an endpoint is in a state."""
        return (await self.endpoint(endpoint_id)).state == state

    async def counts(self, endpoint_id: int) -> Counts:
        """Count an endpoint's deliveries."""
        return await self.village.store.read(count_deliveries, endpoint_id, MONDAY)

    async def tried(self, endpoint_id: int, attempts: int) -> Delivery:
        """Wait until an endpoint's newest event was tried so often, and that is written down."""

        async def done() -> bool:
            found = await self.deliveries(endpoint_id)
            return bool(found) and found[0].attempts >= attempts

        await until(done)
        return (await self.deliveries(endpoint_id))[0]

    async def settled_in_store(self, endpoint_id: int, count: int) -> None:
        """Wait until so many deliveries are noted for an endpoint."""

        async def done() -> bool:
            return (await self.counts(endpoint_id)).waiting >= count

        await until(done)

    async def gone_from_store(self, endpoint_id: int) -> None:
        """Wait until nothing is left of an endpoint."""

        def left(tx: Tx) -> bool:
            tables = (("webhook_endpoint", "id"), ("webhook_delivery", "endpoint_id"))
            return any(
                tx.one(f"SELECT 1 FROM {table} WHERE {key} = :id", id=endpoint_id) for table, key in tables
            )

        async def done() -> bool:
            return not await self.village.store.read(left)

        await until(done)

    async def do(self, deed: Callable[..., R], *args: object, **more: object) -> R:
        """Do something with endpoints, now."""
        return await self.village.store.write(deed, *args, self.village.hands.now, **more)

    async def settled(self, endpoint_id: int) -> None:
        """Wait until an endpoint was told of everything, and that is written down."""

        async def done() -> bool:
            endpoint = await self.endpoint(endpoint_id)
            ahead = await self.village.store.read(events_after, endpoint.cursor, 10_000)
            new = [event for event in ahead if wants(endpoint.wanted.types, event.type)]
            return not new and endpoint.replay is None and (await self.counts(endpoint_id)).waiting == 0

        await until(done)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what another task writes into a database wakes nobody
            await asyncio.sleep(0.02)


@asynccontextmanager
async def sending(
    folder: Path,
    *,
    now: datetime = MONDAY,
    tls: ssl.SSLContext | None = None,
    lookup: Lookup = look_up,
) -> AsyncIterator[Sending]:
    """Open Ashby in `folder` with webhooks that may go to receivers on this machine."""
    async with ashby(folder, now=now) as village:

        def make() -> Webhooks:
            return Webhooks(
                village.store,
                village.turns,
                village.clock,
                Random(1),
                lambda: None,
                allowed=LOOPBACK,
                tls=tls,
                lookup=lookup,
            )

        one = Sending(village, make)
        await one.start()
        try:
            yield one
        finally:
            await one.stop()
