"""A gateway that only delivers, as a process that can be killed: `python -m tests.webhooks.delivering`.

Given a folder and a port, it tells one endpoint of what is in the database there, and ends when
everything was delivered and written down.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from random import Random

from gateway.clock import Clock
from gateway.community import load_community
from gateway.store.database import Tx, open_store
from gateway.store.events import write_event
from gateway.store.places import load_places
from gateway.store.webhook_history import count_deliveries
from gateway.store.webhooks import Wanted, endpoints
from gateway.turns import Turns
from gateway.webhooks.delivery import Webhooks
from gateway.webhooks.endpoints import add_endpoint
from tests.hands import Hands
from tests.village import ASHBY, LIBRARY, MONDAY
from tests.webhooks.sending import LOOPBACK, until

EVENTS, SUBJECTS = 30, 6


def prepare(tx: Tx, port: int) -> None:
    """Add the endpoint, and let things happen of which it has to hear."""
    add_endpoint(tx, Wanted("Cases", f"http://127.0.0.1:{port}/", ("help.*",)), LOOPBACK, MONDAY)
    for n in range(EVENTS):
        write_event(tx, "help.described", f"help:{n % SUBJECTS + 1}", {"code": f"{n}"}, MONDAY)


async def main(folder: Path, port: int) -> None:
    """Deliver until nothing waits."""
    store = await open_store(folder / "plainline.db", now=MONDAY)
    if not await store.read(endpoints):
        await store.write(prepare, port)
    turns = Turns(LIBRARY, load_community(ASHBY), await store.read(load_places), Random(1))
    clock = Clock(Hands(MONDAY).sources())
    webhooks = Webhooks(store, turns, clock, Random(1), lambda: None, allowed=LOOPBACK)
    task = asyncio.create_task(webhooks.run())

    async def done() -> bool:
        counts = await store.read(count_deliveries, 1, MONDAY)
        return counts.delivered >= EVENTS and not counts.waiting

    await until(done, 30)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
