"""A modem at work: its link, the sender that feeds it, and what is done with all it tells."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from gateway.errors import StoreError
from gateway.intake import Intake
from gateway.sender import Sender
from modem.driver import Inbox, PartSent, Report, SendFailed, Sent, Status
from modem.link import Link, LinkChanged, LinkState

log = logging.getLogger(__name__)
R = TypeVar("R")

STORE_PAUSE_SECONDS = 2.0


@dataclass(slots=True)
class Attached:
    """A modem at work.

    `troubles` are the gateway's, by part; `taken` is called when texts were taken in.
    `imsi` names the SIM that what is told comes from: a text read again after a restart is known by it.
    """

    name: str
    link: Link
    sender: Sender
    intake: Intake
    troubles: dict[str, str]
    taken: Callable[[], None]
    imsi: str = ""

    async def hear(self) -> None:
        """Take in everything the modem tells, until its link is stopped."""
        async for event in self.link.events():
            try:
                await self._hear_one(event)
            except Exception:
                log.exception("an event of the modem was not dealt with", extra={"link": self.name})
                self.troubles[self.name] = (
                    "Something the modem told could not be dealt with; texts go on. Please send us the log."
                )

    async def _hear_one(self, event: object) -> None:
        match event:
            case Status():
                # In the order of what is told: the link's own word may be of another process already.
                self.imsi = event.imsi or self.imsi
            case Inbox():
                await self._take_inbox(event)
            case PartSent():
                await self._insist(lambda: self.sender.on_part_sent(event))
            case Sent():
                await self._insist(lambda: self.sender.on_sent(event))
            case SendFailed():
                await self._insist(lambda: self.sender.on_failed(event))
            case Report():
                await self._insist(lambda: self.sender.on_report(event))
            case LinkChanged():
                log.info("link %s", event.state, extra={"link": self.name})
                self.sender.link_ready(event.state is LinkState.READY)
            case _:
                log.debug("nothing to do for %s", type(event).__name__)

    async def _take_inbox(self, inbox: Inbox) -> None:
        """Keep and answer what came; what could not be kept stays on the SIM until it can."""
        taken = await self._insist(lambda: self.intake.take(self.name, self.imsi, inbox))
        if taken.texts:
            self.taken()
        await self.link.delete(taken.places)
        if taken.places:
            log.info("texts taken in", extra={"link": self.name, "texts": taken.texts})

    async def _insist(self, write: Callable[[], Awaitable[R]]) -> R:
        """Write until the database takes it: nothing the modem told may be forgotten."""
        while True:
            try:
                result = await write()
            except StoreError as error:
                if "store" not in self.troubles:
                    log.error("%s", error)
                self.troubles["store"] = str(error)
                await asyncio.sleep(STORE_PAUSE_SECONDS)
            else:
                self.troubles.pop("store", None)
                return result
