"""From the queue to the modem: each attempt is written down before it is made."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from gateway import policy
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.insist import insist
from gateway.policy import Verdict
from gateway.store import outbound as queue
from gateway.store.database import Store, Tx
from gateway.store.events import write_event
from gateway.store.outbound import Lane, Outbound
from modem.driver import PartSent, Report, Send, SendFailed, Sent
from modem.errors import LinkDown

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(minutes=15)
# How long a stop waits for the text under way, whose end nobody would know otherwise.
FINISH_SECONDS = 10.0
# How long a notice waits when its reader has had as many texts within the hour as may be.
CROWDED_WAIT = timedelta(minutes=10)
# The share of the daily cap that emergencies may use besides.
URGENT_RESERVE = 0.1
CROWDED = "too many texts to this number within the hour"


class Outgoing(Protocol):
    """What the sender needs of a link."""

    async def send(self, message: Send) -> None:
        """Hand a text over; raises LinkDown when the modem is not ready."""
        ...


@dataclass(frozen=True, slots=True)
class Spending:
    """What may be spent and on whom; see `policy.judge` for `countries` and `own`."""

    texts_per_day: int
    texts_per_number_per_hour: int
    region: str
    countries: tuple[str, ...]
    own: tuple[str, ...]
    zone: ZoneInfo


class _Later(NamedTuple):
    at: datetime
    reason: str


@dataclass(slots=True)
class Sender:
    """Sends what is queued through one link, one text at a time, at its pace.

    `gap` is the least time in seconds between two texts handed to the modem. `trouble` says, for a
    coordinator, why texts do not go although the modem is ready; "" when they do. `others` gives the names
    of the other modems that send just now: what is theirs to say is left to them. `wake_others` is called
    when whose it is to say something may have changed.
    """

    store: Store
    link: Outgoing
    clock: Clock
    spending: Spending
    random: Random
    gap: float
    steady: Callable[[], float]
    trouble: str = ""
    others: Callable[[], Collection[str]] = tuple
    wake_others: Callable[[], None] = lambda: None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ready: bool = False
    _finishing: bool = False
    _under_way: int | None = None

    @property
    def sends(self) -> bool:
        """Whether texts go."""
        return self._ready and not self.trouble

    def wake(self) -> None:
        """Say that something was queued."""
        self._wake.set()

    def link_ready(self, ready: bool) -> None:
        """Say whether the modem takes texts."""
        self._ready = ready
        self._wake.set()
        self.wake_others()

    async def finish(self) -> None:
        """Hand nothing more over, and wait a while until the text under way has come to its end."""
        self._finishing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS), self._busy:
                pass

    async def recover(self) -> None:
        """Settle the attempts that were under way when the gateway last stopped; what waits may go now."""
        await self.store.write(self._settle_unknown, self.clock.now())
        await self.store.write(queue.forget_waits)

    async def run(self) -> None:
        """Send until `finish`."""
        last = -self.gap
        while not self._finishing:
            wait = await self._next_wait()
            if wait is None or wait > 0:
                await self._sleep(wait)
                continue
            pause = last + self.gap - self.steady()
            if pause > 0:
                await asyncio.sleep(pause)
            if await self.send_next():
                last = self.steady()

    async def on_part_sent(self, event: PartSent) -> None:
        """Write down a part the network took."""
        await self.store.write(
            queue.record_part_sent, int(event.id), event.part, event.reference, self.clock.now()
        )

    async def on_sent(self, event: Sent) -> None:
        """Write down that a text is with the network."""
        with self._ending(event.id):
            await self.store.write(self._sent, int(event.id), self.clock.now())
        self.trouble = ""

    async def on_failed(self, event: SendFailed) -> None:
        """Try again, give up or leave uncertain, as the failure says."""
        with self._ending(event.id):
            await self.store.write(self._settle_failure, event, self.clock.now())
        self.trouble = (
            f"The last text was not taken: {event.reason} Has the SIM credit, and does it text from a phone?"
        )
        self.wake_others()

    async def on_report(self, event: Report) -> None:
        """Write down what became of a part."""
        await self.store.write(self._settle_report, event, self.clock.now())

    async def _next_wait(self) -> float | None:
        """Give the seconds until a text may go; None when only a wake-up can change anything."""
        self._wake.clear()
        if not self._ready:
            return None
        earliest = await insist(lambda: self.store.read(queue.next_wait, self.others()))
        if earliest is None:
            return None
        return max(0.0, (earliest - self.clock.now()).total_seconds())

    async def _sleep(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def send_next(self) -> bool:
        """Hand the next text over and wait until the modem is done with it; False when there was none."""
        async with self._busy:
            if self._finishing:
                return False
            # An attempt that cannot be written down is not made.
            text = await insist(lambda: self.store.write(self._begin, self.clock.now()))
            return text is not None and await self._hand_over(text)

    async def _hand_over(self, text: Outbound) -> bool:
        self._idle.clear()
        self._under_way = text.id
        message = Send(str(text.id), text.number, text.body, text.id & 0xFF, first_part=text.parts_sent)
        try:
            await self.link.send(message)
        except LinkDown:
            self._ready = False
            await insist(lambda: self.store.write(queue.take_back_attempt, text.id))
            self.wake_others()
            return False
        await self._idle.wait()
        return True

    @contextlib.contextmanager
    def _ending(self, message_id: str) -> Iterator[None]:
        """Let the next text go after this one's end was written down, or could not be for a fault of ours."""
        try:
            yield
        except StoreError:
            raise  # it is written again, and the next attempt has to be written down too
        except BaseException:
            self._finished(message_id)
            raise
        self._finished(message_id)

    def _finished(self, message_id: str) -> None:
        if self._under_way == int(message_id):
            self._under_way = None
            self._idle.set()

    def _begin(self, tx: Tx, now: datetime) -> Outbound | None:
        """Choose the next text that may go and write its attempt down; hold those that may not."""
        while (text := queue.next_queued(tx, now, self.others())) is not None:
            refusal = self._refusal(tx, text, now)
            if refusal:
                queue.end_attempt(tx, text.id, "held", now, refusal)
                write_event(tx, "message.held", f"message:{text.id}", {"reason": refusal}, now)
                continue
            if later := self._later(tx, text, now):
                queue.put_back(tx, text.id, later.at, text.body, later.reason)
                if not text.waited:
                    write_event(tx, "message.delayed", f"message:{text.id}", {"reason": later.reason}, now)
                continue
            queue.begin_attempt(tx, text.id)
            return text
        return None

    def _refusal(self, tx: Tx, text: Outbound, now: datetime) -> str:
        """Say why a text must never go, '' when it may; an answer would be stale after the hour's limit."""
        s = self.spending
        verdict = policy.judge(text.number, s.region, s.countries, s.own)
        if verdict is not Verdict.ORDINARY:
            return verdict.value
        return CROWDED if text.lane is Lane.ANSWER and self._crowded(tx, text, now) else ""

    def _later(self, tx: Tx, text: Outbound, now: datetime) -> _Later | None:
        """Give when and why a text has to wait, None when it may go."""
        local = now.astimezone(self.spending.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        tomorrow = midnight + timedelta(days=1)
        cap = self.spending.texts_per_day
        reserve = math.ceil(cap * URGENT_RESERVE) if text.lane is Lane.URGENT else 0
        if queue.parts_sent(tx, midnight, tomorrow) + text.parts > cap + reserve:
            self.trouble = f"Today's {cap} texts are used up (texts_per_day); the others wait until midnight."
            return _Later(tomorrow, "today's cap is used up")
        if text.lane in (Lane.NOTICE, Lane.BROADCAST) and self._crowded(tx, text, now):
            return _Later(now + CROWDED_WAIT, CROWDED)
        return None

    def _crowded(self, tx: Tx, text: Outbound, now: datetime) -> bool:
        sent = queue.texts_sent_to(tx, text.number, now - timedelta(hours=1), now)
        return sent >= self.spending.texts_per_number_per_hour

    def _settle_unknown(self, tx: Tx, now: datetime) -> None:
        for text in queue.sending(tx):
            self._uncertain(tx, text, now)

    def _uncertain(self, tx: Tx, text: Outbound, now: datetime) -> None:
        """The text may or may not have left: a confirmation is said once more, nothing else is."""
        if text.kind == "confirmation" and not text.doubts:
            body = text.body if text.ref in text.body else f"{text.body} ({text.ref})"
            queue.send_from_start(tx, text.id)
            queue.put_back(tx, text.id, now, body, "said again: it is not known whether it was heard")
        else:
            self._end(tx, text.id, "uncertain", "it is not known whether it was heard", now)

    def _settle_failure(self, tx: Tx, event: SendFailed, now: datetime) -> None:
        text = queue.outbound_by_id(tx, int(event.id))
        if text is None:
            return
        if not event.certain:
            self._uncertain(tx, text, now)
        elif event.retryable and text.attempts < MOST_ATTEMPTS:
            wait = min(FIRST_RETRY * 2 ** (text.attempts - 1), LONGEST_RETRY) * self.random.uniform(0.8, 1.2)
            queue.put_back(tx, text.id, now + wait, text.body, event.reason)
        else:
            self._end(tx, text.id, "failed", event.reason, now)

    def _settle_report(self, tx: Tx, event: Report, now: datetime) -> None:
        number = policy.e164(event.number, self.spending.region) or event.number
        text_id = queue.record_report(tx, number, event.reference, event.outcome, now)
        if text_id is not None:
            self._settle_by_reports(tx, text_id, now)

    def _sent(self, tx: Tx, text_id: int, now: datetime) -> None:
        self._end(tx, text_id, "sent", "", now)
        # A quick network reports the last part before the modem process says that it was the last.
        self._settle_by_reports(tx, text_id, now)

    def _settle_by_reports(self, tx: Tx, text_id: int, now: datetime) -> None:
        state = queue.settle_by_reports(tx, text_id)
        if state:
            write_event(tx, f"message.{state}", f"message:{text_id}", {}, now)

    def _end(self, tx: Tx, text_id: int, state: str, reason: str, now: datetime) -> None:
        queue.end_attempt(tx, text_id, state, now, reason)
        write_event(tx, f"message.{state}", f"message:{text_id}", {"reason": reason} if reason else {}, now)
