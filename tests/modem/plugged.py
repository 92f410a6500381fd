"""A software modem plugged in, with a driver of ours on it: for tests in which libgammu is the real one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from modem import driver
from modem.gammu_driver import GammuDriver
from modem.virtual.client import Simulator
from modem.virtual.phone import Phone
from modem.virtual.process import running

OURS = "+447700900000"
RESIDENT = "+447700900111"
PATIENCE = 10.0

T = TypeVar("T")
E = TypeVar("E")


@dataclass
class Plugged:
    """The simulator, the driver on its first modem, and what the driver has told so far."""

    simulator: Simulator
    modem: GammuDriver
    resident: Phone
    device: str
    told: list[driver.Event] = field(default_factory=list)

    async def do(self, act: Callable[[GammuDriver], T]) -> T:
        """Let the driver do something beside the event loop."""
        return await asyncio.to_thread(act, self.modem)

    async def delete(self, place: str) -> None:
        """Let the driver delete the message at `place`."""
        await asyncio.to_thread(self.modem.delete, place)

    async def reset(self) -> None:
        """Make the modem as it was after it was opened."""
        await self.simulator.clear(0)
        await self.simulator.set(0, registration="home")
        await self.do(lambda modem: modem.poll(0))
        self.told = await self.do(lambda modem: modem.inbox(True))
        for part in self.parts:
            await self.delete(part.place)
        self.told.clear()

    async def until(self, enough: Callable[[Plugged], object]) -> None:
        """Poll the driver until it has told `enough`."""
        deadline = time.monotonic() + PATIENCE
        while not enough(self):
            assert time.monotonic() < deadline, self.told
            self.told += await self.do(lambda modem: modem.poll(0.2))

    def events(self, kind: type[E]) -> list[E]:
        """What was told so far of one kind."""
        return [event for event in self.told if isinstance(event, kind)]

    @property
    def parts(self) -> list[driver.Part]:
        """The parts told so far."""
        return [part for inbox in self.events(driver.Inbox) for part in inbox.parts]

    @property
    def bodies(self) -> list[str]:
        """The texts of the parts told so far."""
        return [part.body for part in self.parts]


@asynccontextmanager
async def plugged(directory: Path, dialect: str = "sim800", *, slots: int = 0) -> AsyncIterator[Plugged]:
    """Run a simulator with one modem, and open a driver on it."""
    async with running(modems=[f"{OURS}:{dialect}::{slots}"], directory=directory) as simulator:
        (place,) = await simulator.modems()
        modem = await asyncio.to_thread(GammuDriver, str(place.device), 115200, lambda: None)
        resident = await simulator.phone(RESIDENT)
        try:
            yield Plugged(simulator, modem, resident, str(place.device))
        finally:
            modem.close()
