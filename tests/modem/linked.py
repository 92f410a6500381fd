"""A link to a software modem, with everything it told kept for the test to wait on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TypeVar

from modem import driver
from modem.link import Link, LinkChanged, LinkSettings, LinkState, Patience
from modem.virtual.client import Simulator
from modem.virtual.process import running

OURS = "+447700900000"
RESIDENT = "+447700900111"
PATIENCE = 20.0
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

E = TypeVar("E")


class Linked:
    """A link that is started, what it told, and the PIN tries it had written down."""

    def __init__(
        self,
        device: str,
        *,
        pin: str | None = None,
        tried_pin: str | None = None,
        patience: Patience | None = None,
        before_pin: Callable[[], Awaitable[None]] | None = None,
        dice: Random | None = None,
    ) -> None:
        self._before_pin = before_pin
        self.told: list[driver.Event | LinkChanged] = []
        self.written: list[str | None] = []
        self.link = Link(
            LinkSettings("one", device, pin),
            random=dice or Random(1),
            now=lambda: NOON,
            remember_pin=self._remember,
            tried_pin=tried_pin,
            patience=patience,
        )
        self._more = asyncio.Condition()
        self._listening: asyncio.Task[None] | None = None

    async def _remember(self, fingerprint: str | None) -> None:
        if self._before_pin:
            await self._before_pin()
        self.written.append(fingerprint)
        async with self._more:
            self._more.notify_all()

    async def _listen(self) -> None:
        async for event in self.link.events():
            async with self._more:
                self.told.append(event)
                self._more.notify_all()

    async def __aenter__(self) -> Linked:
        self._listening = asyncio.create_task(self._listen())
        await self.link.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.link.stop()
        if self._listening:
            await self._listening

    async def until(self, enough: Callable[[Linked], object]) -> None:
        """Wait until the link has told `enough`."""
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(lambda: enough(self))

    async def ready(self) -> None:
        """Wait until the link is ready."""
        await self.until(lambda linked: linked.link.state is LinkState.READY)

    def events(self, kind: type[E]) -> list[E]:
        """What was told so far of one kind."""
        return [event for event in self.told if isinstance(event, kind)]

    @property
    def states(self) -> list[LinkState]:
        """The states gone through so far."""
        return [changed.state for changed in self.events(LinkChanged)]

    @property
    def parts(self) -> list[driver.Part]:
        """The parts announced so far."""
        return [part for inbox in self.events(driver.Inbox) for part in inbox.parts]

    @property
    def bodies(self) -> list[str]:
        """The texts announced so far."""
        return [part.body for part in self.parts]

    async def change(self, state: LinkState) -> LinkChanged:
        """Wait until the link has gone to `state`, and give that change."""
        await self.until(lambda linked: state in linked.states)
        return next(changed for changed in self.events(LinkChanged) if changed.state is state)


@asynccontextmanager
async def simulated(directory: Path, modem: str = "sim800") -> AsyncIterator[tuple[Simulator, str]]:
    """Run a simulator with one modem (`DIALECT[:PIN[:SLOTS]]`); gives it and the device."""
    async with running(modems=[f"{OURS}:{modem}"], directory=directory) as simulator:
        (place,) = await simulator.modems()
        yield simulator, str(place.device)
