"""A modem at work: its link, the sender that feeds it, and what is done with all it tells."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.call_desk import CallDesk
from gateway.insist import insist
from gateway.intake import Intake
from gateway.modem_story import ModemStory
from gateway.network_time import network_time
from gateway.sender import Sender
from modem.driver import CallEnded, Inbox, PartSent, Report, Ringing, SendFailed, Sent, Status, Tone, Ussd
from modem.errors import ModemError
from modem.link import Link, LinkChanged, LinkState

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 60.0


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
    calls: CallDesk | None = None
    _asking: asyncio.Task[None] | None = None
    _looking: asyncio.Task[None] | None = None
    imsi: str = ""
    story: ModemStory = field(default_factory=ModemStory)

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
                if isinstance(event, Inbox):
                    self._looking = asyncio.create_task(self._look_again())

    async def _hear_one(self, event: object) -> None:
        match event:
            case Status():
                # In the order of what is told: the link's own word may be of another process already.
                self.imsi = event.imsi or self.imsi
                self.story.saw(event, self._now())
            case Ussd():
                self.story.answered(event.text, self._now())
                self.intake.store.announce({"modem.answered"})
            case Inbox():
                await self._take_inbox(event)
            case PartSent():
                await insist(lambda: self.sender.on_part_sent(event))
            case Sent():
                await insist(lambda: self.sender.on_sent(event))
            case SendFailed():
                await insist(lambda: self.sender.on_failed(event))
            case Report():
                await insist(lambda: self.sender.on_report(event))
            case LinkChanged():
                log.debug("link %s", event.state, extra={"link": self.name})  # told by the link itself
                self.story.became(event.state, event.why, self._now())
                self.intake.store.announce({"modem.changed"})
                self.sender.link_ready(event.state is LinkState.READY)
                if event.state is LinkState.READY:
                    self._asking = asyncio.create_task(self._ask_time())
                if self.calls is not None:
                    self.calls.link_ready(event.state is LinkState.READY)
            case Ringing() | CallEnded() | Tone() if self.calls is not None:
                await self.calls.heard(event)
            case _:
                log.debug("nothing to do for %s", type(event).__name__)

    def _now(self) -> datetime:
        return self.intake.clock.now()

    async def _look_again(self) -> None:
        """Have what is still on the SIM read once more: it may have been a passing fault."""
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        await self.link.reread()

    async def _ask_time(self) -> None:
        """Compare the clock with the network's, where the modem knows it: then deadlines may be kept."""
        try:
            told = network_time(await self.link.raw("AT+CCLK?"))
        except ModemError:
            return  # not every modem knows; a text's own time will do
        if told is not None:
            self.intake.clock.learn(told)
            self.taken()

    async def _take_inbox(self, inbox: Inbox) -> None:
        """Keep and answer what came; what could not be kept stays on the SIM until it can."""
        taken = await insist(lambda: self.intake.take(self.name, self.imsi, inbox))
        if taken.texts:
            self.taken()
        await self.link.delete((*inbox.parts, *inbox.broken))
        if taken.places:
            log.info("texts taken in", extra={"link": self.name, "texts": taken.texts})
