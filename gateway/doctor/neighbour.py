"""Who rings the modem made of software while its sound is measured: there is nobody else who could."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.config import Config, ModemConfig
from gateway.lines import software_number
from modem.audio.software import LOCK_STEP
from modem.virtual.client import Simulator
from modem.virtual.phone_call import PhoneCall
from modem.virtual.process import running as software_network

RESIDENT = "+447700900123"
STEP_SECONDS = 0.2


class Neighbour:
    """Somebody with a phone on the network made of software; `count` tells them to count aloud."""

    def __init__(self, simulator: Simulator, device: str, number: str, counting: bytes) -> None:
        self.device = device
        self.count = asyncio.Event()
        self._simulator = simulator
        self._number = number
        self._counting = counting
        self._talking: asyncio.Task[None] | None = None

    async def ring(self) -> None:
        """Ring the modem, and stay on the line until it rings off."""
        call = await (await self._simulator.phone(RESIDENT)).call(self._number)
        self._talking = asyncio.create_task(self._talk(call))

    async def stop(self) -> None:
        """Put the phone down."""
        if self._talking is not None:
            self._talking.cancel()
            await asyncio.gather(self._talking, return_exceptions=True)

    async def _talk(self, call: PhoneCall) -> None:
        await call.answered(60)
        while not call.over:
            if self.count.is_set():
                self.count.clear()
                call.say(self._counting)
            await call.hear(STEP_SECONDS)


@asynccontextmanager
async def neighbour_of(
    config: Config, modem: ModemConfig, counting: bytes
) -> AsyncIterator[Neighbour | None]:
    """Give who rings a modem made of software, on a network that lasts as long; None for a real one."""
    if not modem.is_software:
        yield None
        return
    number = software_number(modem)
    async with software_network([f"{number}:sim7600"], config.data) as simulator:
        await simulator.sound_pace(LOCK_STEP)
        [place] = await simulator.modems()
        neighbour = Neighbour(simulator, str(place.device), number, counting)
        try:
            yield neighbour
        finally:
            await neighbour.stop()
