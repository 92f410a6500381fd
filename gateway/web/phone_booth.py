"""The virtual phone's other end: telephones on the network made of software, held for the dashboard."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from modem.virtual.client import Simulator, SimulatorError

if TYPE_CHECKING:
    from modem.virtual.phone import Phone  # calls need all of numpy
    from modem.virtual.phone_call import PhoneCall

# Telephones held at once, and texts kept of each: it is for trying things out.
MOST_PHONES = 20
MOST_TEXTS = 60


@dataclass(frozen=True, slots=True)
class Said:
    """One text on the screen of a virtual phone; `ours` came from the gateway."""

    ours: bool
    body: str
    at: datetime


@dataclass(slots=True)
class HeldPhone:
    """A telephone somebody plays with."""

    phone: Phone
    texts: deque[Said] = field(default_factory=lambda: deque(maxlen=MOST_TEXTS))
    listening: asyncio.Task[None] | None = None
    call: PhoneCall | None = None


class PhoneBooth:
    """Telephones of one software network; `changed` is called when a text arrives at one of them."""

    def __init__(self, socket: Path, changed: Callable[[], None]) -> None:
        self._socket = socket
        self._changed = changed
        self._simulator: Simulator | None = None
        self._phones: OrderedDict[str, HeldPhone] = OrderedDict()
        self._opening = asyncio.Lock()

    async def there(self) -> bool:
        """Whether there is a network made of software at all."""
        try:
            await self._network()
        except SimulatorError:
            return False
        return True

    async def number(self) -> str:
        """Give the number to text and ring; raises SimulatorError."""
        return (await (await self._network()).modems())[0].number

    async def hold(self, number: str) -> HeldPhone:
        """Take a telephone in hand; raises SimulatorError."""
        simulator = await self._network()
        held = self._phones.get(number)
        if held is None:
            held = self._phones[number] = HeldPhone(await simulator.phone(number))
            held.listening = asyncio.create_task(self._listen(held))
            if len(self._phones) > MOST_PHONES:
                _, oldest = self._phones.popitem(last=False)
                await _put_down(oldest)
        self._phones.move_to_end(number)
        return held

    async def text(self, number: str, body: str, now: datetime) -> None:
        """Text the gateway from a telephone; raises SimulatorError."""
        held = await self.hold(number)
        await held.phone.text(await self.number(), body)
        held.texts.append(Said(ours=False, body=body, at=now))
        self._changed()

    async def ring(self, number: str) -> PhoneCall:
        """Ring the gateway from a telephone; raises SimulatorError."""
        held = await self.hold(number)
        held.call = await held.phone.call(await self.number())
        return held.call

    async def close(self) -> None:
        """Put every telephone down."""
        for held in self._phones.values():
            await _put_down(held)
        self._phones.clear()
        if self._simulator is not None:
            await self._simulator.close()
            self._simulator = None

    async def _listen(self, held: HeldPhone) -> None:
        while True:
            received = await held.phone.next(float("inf"))
            held.texts.append(Said(ours=True, body=received.body, at=received.at))
            self._changed()

    async def _network(self) -> Simulator:
        """Give the connection to the network, made anew where the one before has ended."""
        async with self._opening:
            if self._simulator is not None:
                try:
                    await self._simulator.modems()
                except SimulatorError:
                    await self.close()
            if self._simulator is None:
                self._simulator = await Simulator.connect(self._socket)
            return self._simulator


async def _put_down(held: HeldPhone) -> None:
    if held.listening is not None:
        held.listening.cancel()
        await asyncio.gather(held.listening, return_exceptions=True)
    if held.call is not None and not held.call.over:
        with suppress(SimulatorError):
            await held.call.hang_up()
