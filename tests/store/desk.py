"""A sender with a scripted link, a clock that stands still and a real store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from gateway.clock import Clock
from gateway.sender import Sender, Spending
from gateway.store.database import Store, Tx
from gateway.store.outbound import Lane, queue_text
from modem.driver import PartSent, Send, SendFailed, Sent
from modem.errors import LinkDown
from tests.hands import Hands

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANA = "+447700900123"
SPENDING = Spending(500, 20, "GB", ("GB",), ("+447700900000",), ZoneInfo("Europe/London"))

Answer = Callable[[Send], PartSent | Sent | SendFailed | None]


def taken(message: Send) -> Sent:
    """Take a text."""
    return Sent(message.id)


def refused(code: int, *, retryable: bool, certain: bool = True) -> Answer:
    """Give the answer of a modem that does not take a text."""
    return lambda message: SendFailed(message.id, message.first_part, code, "no", retryable, certain)


@dataclass
class ScriptedLink:
    """A link whose answers are written down beforehand; the last one goes for all later texts."""

    answers: list[Answer]
    sent: list[Send] = field(default_factory=list)
    sender: Sender | None = None
    on_sent: Callable[[Sent], Awaitable[None]] | None = None

    async def send(self, message: Send) -> None:
        """Take a text and answer as written."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        event = answer(message)
        if event is None:
            raise LinkDown("the modem is not ready")
        self.sent.append(message)
        asyncio.get_running_loop().call_soon(
            lambda: setattr(self, "task", asyncio.ensure_future(self._tell(event)))
        )

    async def _tell(self, event: PartSent | Sent | SendFailed) -> None:
        assert self.sender is not None
        if isinstance(event, SendFailed):
            await self.sender.on_failed(event)
        elif isinstance(event, Sent):
            await self.sender.on_part_sent(PartSent(event.id, 0, int(event.id) % 256))
            await (self.on_sent or self.sender.on_sent)(event)


@dataclass
class Desk:
    """A sender with its link, clock and store."""

    store: Store
    hands: Hands
    link: ScriptedLink
    sender: Sender

    async def queue(
        self,
        body: str = "hello",
        number: str = ANA,
        kind: str = "statement",
        lane: Lane = Lane.ANSWER,
        ref: str = "",
    ) -> int:
        """Queue a text of one part."""
        now = self.hands.now

        def put(tx: Tx) -> int:
            return queue_text(tx, number=number, body=body, parts=1, kind=kind, lane=lane, now=now, ref=ref)

        return await self.store.write(put)

    async def drain(self) -> list[str]:
        """Send what may go now; give what the link was handed, in order."""
        before = len(self.link.sent)
        while await self.sender.send_next():
            pass
        return [message.body for message in self.link.sent[before:]]

    async def state(self, text_id: int) -> str:
        """Give the state of a text."""

        def read(tx: Tx) -> str:
            row = tx.one("SELECT state FROM outbound WHERE id = :id", id=text_id)
            assert row is not None
            return str(row["state"])

        return await self.store.read(read)


def desk(store: Store, *answers: Answer, spending: Spending = SPENDING) -> Desk:
    """Set a sender up whose link answers as written."""
    hands = Hands(NOW)
    link = ScriptedLink(list(answers) or [taken])
    sender = Sender(store, link, Clock(hands.sources()), spending, Random(1), 0.0, lambda: hands.steady)
    link.sender = sender
    return Desk(store, hands, link, sender)
