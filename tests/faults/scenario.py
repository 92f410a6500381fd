"""A gateway without a modem, as a process that can be killed at any write: `python -m tests.faults.scenario`.

It books a lift by text and sends the replies. What the outside saw goes to standard output, one
write a line: `took N` when text N may be deleted from the SIM, `heard ID BODY` when the network
took a text.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from gateway.clock import Clock
from gateway.community import Community, load_community
from gateway.intake import Intake
from gateway.sender import Sender, Spending
from gateway.store.community import install
from gateway.store.database import Store, open_store
from gateway.store.places import load_places
from gateway.turns import Turns
from modem.driver import Inbox, Part, PartSent, Send, Sent
from tests.hands import Hands
from tests.village import ASHBY, LIBRARY

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
IMSI = "234150000000001"
RESIDENT = "+447700900123"
TEXTS = ("LIFT", "church hall", "the surgery", "tomorrow", "2pm", "no", "1", "yes", "MY LIFTS")


def part(number: int) -> Part:
    """Give text `number` as it lies on the SIM."""
    return Part(f"SM:{number % 10}", RESIDENT, TEXTS[number], NOW + timedelta(minutes=number))


@dataclass
class Network:
    """A modem that takes every text at once and tells the outside."""

    sender: Sender | None = None

    async def send(self, message: Send) -> None:
        """Take a text: from here on the resident has heard it."""
        tell(f"heard {message.id} {message.body!r}")
        assert self.sender is not None
        await self.sender.on_part_sent(PartSent(message.id, 0, int(message.id) % 256))
        asyncio.get_running_loop().call_soon(self._done, message.id)

    def _done(self, message_id: str) -> None:
        assert self.sender is not None
        self.settling = asyncio.ensure_future(self.sender.on_sent(Sent(message_id)))


def tell(line: str) -> None:
    """Tell the outside in one write."""
    os.write(1, f"{line}\n".encode())


@cache
def ashby() -> Community:
    """Read the community's folder: once, however many gateways are started in it."""
    return load_community(ASHBY)


async def prepare(folder: Path) -> None:
    """Make the database as it is before the first text."""
    store = await open_store(folder / "plainline.db", now=NOW)
    await store.write(install, ashby(), NOW)
    await store.close()


async def gateway(folder: Path) -> tuple[Store, Intake, Sender]:
    """Start a gateway in `folder`, as after a crash."""
    store = await open_store(folder / "plainline.db", now=NOW)
    clock = Clock(Hands(NOW).sources())
    turns = Turns(LIBRARY, ashby(), await store.read(load_places), Random(1))
    spending = Spending(500, 500, "GB", ("GB",), (), ZoneInfo("Europe/London"))
    network = Network()
    sender = Sender(store, network, clock, spending, Random(1), 0.0, time.monotonic)
    network.sender = sender
    await sender.recover()
    return store, Intake(store, turns, clock, ("GB",), ()), sender


async def take(folder: Path, numbers: list[int], *, send: bool, reopen: bool) -> None:
    """Take texts in order; `reopen` the store half-way, so that a checkpoint is among the writes."""
    store, intake, sender = await gateway(folder)
    for index, number in enumerate(numbers):
        if reopen and index == len(TEXTS) // 2:
            await store.close()
            store, intake, sender = await gateway(folder)
        await intake.take("test", IMSI, Inbox((part(number),)))
        tell(f"took {number}")
        if send:
            await drain(sender)
    if send:
        await drain(sender)
    await store.close()


async def drain(sender: Sender) -> None:
    """Send until nothing is queued."""
    while await sender.send_next():
        pass


if __name__ == "__main__":
    mode = sys.argv[2]
    texts = [int(number) for number in sys.argv[3:]]
    asyncio.run(take(Path(sys.argv[1]), texts, send=mode == "send", reopen=mode == "reopen"))
