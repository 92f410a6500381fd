"""Ashby with webhooks going out, on a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from flows.value import Json
from gateway.store import webhooks as endpoint_store
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.webhook_history import Counts, Delivery, count_deliveries, deliveries
from gateway.store.webhooks import Endpoint, Wanted
from gateway.webhooks import endpoints
from gateway.webhooks.addresses import read_allowed
from gateway.webhooks.connector import Lookup, look_up
from gateway.webhooks.delivery import Webhooks
from tests.village import MONDAY, Village, ashby
from tests.webhooks.receiver import Receiver

EVERYTHING = ("*",)


@dataclass
class Sending:
    """A village whose events go out."""

    village: Village
    webhooks: Webhooks
    local: list[str]

    async def add(
        self, url: str, types: Sequence[str] = EVERYTHING, fields: Sequence[str] = (), name: str = "Cases"
    ) -> Endpoint:
        """Add an endpoint and give it."""
        wanted = Wanted(name, url, tuple(types), tuple(fields))
        store = self.village.store
        id_ = await store.write(
            endpoints.add_endpoint, wanted, read_allowed(self.local), self.village.hands.now
        )
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

    async def deliveries(self, endpoint_id: int, state: str = "") -> list[Delivery]:
        """Give an endpoint's deliveries, the newest first."""
        return await self.village.store.read(deliveries, endpoint_id, state=state)

    async def counts(self, endpoint_id: int) -> Counts:
        """Count an endpoint's deliveries."""
        return await self.village.store.read(count_deliveries, endpoint_id, MONDAY)

    async def settled(self, endpoint_id: int) -> None:
        """Wait until nothing waits for an endpoint."""

        async def done() -> bool:
            return (await self.counts(endpoint_id)).waiting == 0

        await until(done)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what another task writes into a database wakes nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def sending(
    folder: Path, *receivers: Receiver, tls: ssl.SSLContext | None = None, lookup: Lookup = look_up
) -> AsyncIterator[Sending]:
    """Open Ashby in `folder` with webhooks that may go to these receivers."""
    async with ashby(folder) as village:
        local = [receiver.place for receiver in receivers]
        webhooks = Webhooks(
            village.store,
            village.turns,
            village.clock,
            Random(1),
            lambda: None,
            allowed=read_allowed(local),
            tls=tls,
            lookup=lookup,
        )
        village.store.listen(webhooks.hear)
        task = asyncio.create_task(webhooks.run())
        try:
            yield Sending(village, webhooks, local)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
