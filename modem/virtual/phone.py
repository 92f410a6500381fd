"""A phone on the little network, from the client's side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modem.virtual.phone_call import PhoneCall

if TYPE_CHECKING:
    from modem.virtual.client import Simulator

_PATIENCE = 10.0  # seconds to wait for something to arrive, unless told otherwise


@dataclass(frozen=True, slots=True)
class Received:
    """A text that arrived at a phone, its parts joined; `at` is when the network took it."""

    sender: str
    to: str
    body: str
    at: datetime


class Phone:
    """A phone with `number`: it texts, rings and waits for texts and calls."""

    def __init__(self, simulator: Simulator, number: str) -> None:
        self.number = number
        self._simulator = simulator
        self._received: asyncio.Queue[Received] = asyncio.Queue()
        self._ringing: asyncio.Queue[PhoneCall] = asyncio.Queue()
        self._call: PhoneCall | None = None
        self._reply: Callable[[Received], str | None] | None = None

    async def text(self, to: str, body: str) -> None:
        """Send a text."""
        await self._simulator.text(self.number, to, body)

    async def next(self, timeout: float = _PATIENCE) -> Received:  # noqa: ASYNC109
        """The next text that arrives; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            return await self._received.get()

    def reply_with(self, reply: Callable[[Received], str | None]) -> None:
        """Answer every text with what `reply` gives, unless it gives None; `next` still gives the text."""
        self._reply = reply

    async def switch(self, power: str) -> None:
        """Switch the phone `on` or `off`, or make its number `unknown` to the network."""
        await self._simulator.ask("switch", number=self.number, power=power)

    async def call(self, to: str, withheld: bool = False) -> PhoneCall:
        """Ring a modem or a phone."""
        self._call = await PhoneCall.prepared(self._simulator, self.number, self.number)
        await self._simulator.ask("ring", number=self.number, to=to, withheld=withheld)
        return self._call

    async def rung(self, timeout: float = _PATIENCE) -> PhoneCall:  # noqa: ASYNC109
        """The next call that rings here."""
        async with asyncio.timeout(timeout):
            return await self._ringing.get()

    def heard(self, event: dict[str, Any]) -> None:
        """Take an event of the network."""
        if event["event"] == "text":
            self._take(
                Received(event["sender"], event["to"], event["body"], datetime.fromisoformat(event["at"]))
            )
        elif event["event"] == "ringing":
            self._call = PhoneCall(self._simulator, self.number, event["caller"])
            self._ringing.put_nowait(self._call)
        elif self._call is not None:
            self._call.take(event)

    def _take(self, received: Received) -> None:
        answer = self._reply(received) if self._reply else None
        if answer is not None:
            self._simulator.tell("text", sender=self.number, to=received.sender, body=answer)
        self._received.put_nowait(received)
