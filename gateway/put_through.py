"""Ringing somebody on duty while a caller waits on the line, and joining the two: at our cost, within bounds.

The calls are joined and watched, not transferred: what is transferred still costs us, and nothing could end
it. See docs/decisions/0009-put-through.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from gateway.call_book import CallBook, end_call
from gateway.call_life import How
from gateway.call_rules import CallRules
from gateway.dialler import Telephone
from gateway.exchange import Exchange
from gateway.store import calls
from gateway.store.database import Tx
from gateway.store.people import Resident, coordinators_on_duty
from modem import call_list
from modem.call_list import CallState, ListedCall, listed_calls
from modem.errors import ModemError, Refused

log = logging.getLogger(__name__)

RING_SECONDS = 25.0
MOST_RUNG = 2
"""Of those on duty so many are rung, one after the other: a caller on hold hears nothing."""

MOST_ATTEMPTS = 3
"""How often in one call those on duty are rung, when the caller asks again: they have been asked by then."""

LONGEST_TALK_SECONDS = 30 * 60.0
LOOK_SECONDS = 0.5
_PURPOSE = "put_through"


class Outcome(Enum):
    """What came of putting a caller through; `REFUSED` is what the network or the stick cannot do at all."""

    TALKED = auto()
    NOBODY = auto()
    REFUSED = auto()
    CALLER_GONE = auto()


@dataclass(slots=True)
class PutThrough:
    """Puts the callers of one modem through, one at a time.

    `several` once two calls have stood: an end that the modem tells of may be of either, as long as the
    caller's own call lasts.
    """

    telephone: Telephone
    exchange: Exchange
    rules: CallRules
    book: CallBook
    several: bool = False
    _reaching: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def over(self) -> bool:
        """Tell, once the end of some call was told, whether the caller's is over too. Raises ModemError."""
        self._news.set()
        return not self._reaching and not await self._calls()

    async def on_duty(self, caller_id: int) -> list[Resident]:
        """Give those who may be rung for a caller, none when today's minutes are used up."""
        return await self.exchange.store.read(self._on_duty, caller_id)

    async def reach(
        self,
        people: list[Resident],
        accepts: Callable[[Resident], Awaitable[bool]],
        joined: Callable[[float], None],
    ) -> Outcome:
        """Ring `people` one after the other while the caller is on hold, until one is there and `accepts`.

        Then the two talk, until one of them hangs up; `joined` is told so, with the seconds it may last.
        Where nobody is reached, or it is refused, the caller is back on the line. Raises ModemError.
        """
        self._reaching = True
        try:
            for person in people:
                if not await self._allowed(self.telephone.hold(), "puts no call on hold"):
                    return Outcome.REFUSED
                self.several = True
                outcome = await self._try(person, accepts, joined)
                if outcome is not Outcome.NOBODY:
                    return outcome
        finally:
            self._reaching = False
        return Outcome.NOBODY

    async def _try(
        self,
        person: Resident,
        accepts: Callable[[Resident], Awaitable[bool]],
        joined: Callable[[float], None],
    ) -> Outcome:
        ex = self.exchange
        _, call_id = await ex.store.write(self._begin, person.number)
        how, outcome = How.NOT_ANSWERED, Outcome.NOBODY
        try:
            if not await self._allowed(self.telephone.dial(person.number), "dials no second call"):
                outcome = Outcome.REFUSED
            elif await self._answered():
                await ex.store.write(calls.answer_call, call_id, ex.clock.now())
                how = How.FINISHED
                if await self._while_held(accepts(person)):
                    outcome = await self._join_and_talk(joined)
            if outcome is Outcome.TALKED or await self._go_back():
                return outcome
            return Outcome.CALLER_GONE
        finally:
            await ex.store.write(end_call, call_id, how, ex.clock.now())

    async def _answered(self) -> bool:
        """Wait until whoever is rung answers; False when they do not, or the caller hung up meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RING_SECONDS):
                while True:
                    standing = await self._calls()
                    states = [call.state for call in standing]
                    if len(standing) < 2 or CallState.HELD not in states:
                        return False
                    if CallState.ACTIVE in states:
                        return True
                    await self._news_or(LOOK_SECONDS)
        return False

    async def _while_held(self, accepting: Awaitable[bool]) -> bool:
        """Give what whoever answered says, unless one of the two hangs up before."""
        task = asyncio.ensure_future(accepting)
        try:
            while not task.done():
                if len(await self._calls()) < 2:
                    return False
                looking = asyncio.create_task(self._news_or(LOOK_SECONDS))
                await asyncio.wait({task, looking}, return_when=asyncio.FIRST_COMPLETED)
                looking.cancel()
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _join_and_talk(self, joined: Callable[[float], None]) -> Outcome:
        if not await self._allowed(self.telephone.join(), "joins no calls"):
            return Outcome.REFUSED
        seconds = await self.exchange.store.read(self._seconds_left)
        joined(seconds)
        await self._talk(seconds)
        return Outcome.TALKED

    async def _allowed(self, step: Awaitable[None], refusal: str) -> bool:
        """Take a step that the stick or its network may refuse, and tell whether it was taken."""
        try:
            await step
        except Refused as error:
            log.warning("the network %s: nobody can be put through (%s)", refusal, error)
            return False
        return True

    async def _talk(self, seconds: float) -> None:
        """Wait until one of the two hangs up, or the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(await self._calls()) >= 2:
                    await self._news_or(LOOK_SECONDS)

    async def _go_back(self) -> bool:
        """End the second call, and tell whether the caller is still there."""
        with contextlib.suppress(Refused):
            await self.telephone.resume()
        if any(call.state is CallState.ACTIVE for call in await self._calls()):
            return True
        with contextlib.suppress(ModemError):
            await self.telephone.hang_up()
        return False

    async def _calls(self) -> list[ListedCall]:
        standing = listed_calls(await self.telephone.raw(call_list.COMMAND))
        return [call for call in standing if call.state not in (CallState.INCOMING, CallState.WAITING)]

    async def _news_or(self, seconds: float) -> None:
        """Wait until a call has ended, or a moment has passed: not every modem tells of everything."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()

    def _begin(self, tx: Tx, number: str) -> tuple[int, int]:
        return self.book.begin(tx, number, "out", _PURPOSE, self.exchange.clock.now(), answered=False)

    def _on_duty(self, tx: Tx, caller_id: int) -> list[Resident]:
        if self.rules.minutes_left(tx, self.exchange.clock.now()) <= 0:
            return []
        found = (person for person in coordinators_on_duty(tx) if person.id != caller_id)
        return [person for person in found if self.rules.may_be_rung(person.number)][:MOST_RUNG]

    def _seconds_left(self, tx: Tx) -> float:
        return min(LONGEST_TALK_SECONDS, 60 * self.rules.minutes_left(tx, self.exchange.clock.now()))
