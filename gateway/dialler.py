"""The calls we make: one at a time, within the hours and minutes that are allowed, each try written down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flows.conversation import Called, Input, Started
from flows.value import Json, Value
from gateway.call_life import How
from gateway.call_rules import MOST_TRIES, READING, TRY_AGAIN_AFTER, CallRules
from gateway.exchange import Exchange
from gateway.ring_up import is_unanswered, words_of
from gateway.store import calls
from gateway.store.calls import OutgoingCall
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.people import resident_by_id
from modem import call_list
from modem.call_list import CallState, listed_calls
from modem.errors import ModemError

log = logging.getLogger(__name__)

ANSWER_SECONDS = 40.0
LOOK_SECONDS = 0.4
RING_BACK = "ring_back"
_ASKED_FOR = (RING_BACK, READING)  # by somebody who will ask again


class Telephone(Protocol):
    """What calls need of a link."""

    async def answer(self) -> None:
        """Answer the ringing call."""
        ...

    async def hang_up(self) -> None:
        """End the call."""
        ...

    async def dial(self, number: str) -> None:
        """Start a call."""
        ...

    async def hold(self) -> None:
        """Put the call on hold."""
        ...

    async def join(self) -> None:
        """Join the call on hold and the one dialled since."""
        ...

    async def resume(self) -> None:
        """End the call dialled since, and go back to the one on hold."""
        ...

    async def raw(self, command: str) -> list[str]:
        """Run one AT command."""
        ...


@dataclass(slots=True)
class Dialler:
    """Makes calls on one modem.

    `book` writes a call down and gives its id; `hold` holds a call that stands until it is over;
    `ended` is set when the modem says that the call is over.
    """

    telephone: Telephone
    exchange: Exchange
    rules: CallRules
    book: Callable[[OutgoingCall], Awaitable[int]]
    hold: Callable[[OutgoingCall, int, Input], Awaitable[How]]
    ended: asyncio.Event

    async def next(self) -> OutgoingCall | None:
        """Give the call that is to be made now, its try written down; None when there is none."""
        return await self.exchange.store.write(self._begin, self.exchange.clock.now())

    async def put_back(self, outgoing: OutgoingCall) -> None:
        """Leave a call for later, its try not counted: the modem is busy after all."""
        await self.exchange.store.write(calls.undo_try, outgoing.id)

    async def make(self, outgoing: OutgoingCall) -> None:
        """Make one call, hold it and settle how it went."""
        ex = self.exchange
        call_id = await self.book(outgoing)
        try:
            how = await self._ring_up(outgoing, call_id)
        except ModemError as error:
            log.warning("a call was not made: %s", error, extra={"call": call_id})
            how = How.MODEM_LOST
        await ex.store.write(self._settle, outgoing, call_id, how, ex.clock.now())

    def _begin(self, tx: Tx, now: datetime) -> OutgoingCall | None:
        purposes = self.rules.purposes_now(now)
        outgoing = calls.next_outgoing(tx, now, purposes) if purposes else None
        if outgoing is None:
            return None
        if outgoing.valid_until < now:
            self._give_up(tx, outgoing, "expired", "nobody could be reached in time", now)
            return None
        if not self.rules.may_be_rung(outgoing.number) or self.rules.minutes_left(tx, now) <= 0:
            why = "calling that number is not allowed, or minutes are used up"
            self._give_up(tx, outgoing, "failed", why, now)
            return None
        calls.begin_try(tx, outgoing.id)
        return outgoing

    async def _ring_up(self, outgoing: OutgoingCall, call_id: int) -> How:
        await self.telephone.dial(outgoing.number)
        picked_up = False
        try:
            picked_up = await self._picked_up()
        finally:  # the gateway may stop while it rings
            if not picked_up:
                with contextlib.suppress(ModemError):
                    await self.telephone.hang_up()
        if not picked_up:
            return How.NOT_ANSWERED
        await self.exchange.store.write(calls.answer_call, call_id, self.exchange.clock.now())
        return await self.hold(outgoing, call_id, _opening(outgoing))

    async def _picked_up(self) -> bool:
        """Wait until the other side answers. Modems tell of it in as many ways as there are makes: so ask."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while not self.ended.is_set():
                    calls_now = listed_calls(await self.telephone.raw(call_list.COMMAND))
                    if any(call.state is CallState.ACTIVE for call in calls_now):
                        return True
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            pass
        return False

    def _settle(self, tx: Tx, outgoing: OutgoingCall, call_id: int, how: How, now: datetime) -> None:
        calls.end_call(tx, call_id, how.value, now)
        if not _is_missed(tx, outgoing, how):
            calls.end_try(tx, outgoing.id, "done", how.value)
        elif outgoing.purpose in _ASKED_FOR or outgoing.tries + 1 >= MOST_TRIES:
            self._give_up(tx, outgoing, "failed", how.value, now)
            data: dict[str, Json] = {"purpose": outgoing.purpose, "why": how.value}
            write_event(tx, "call.failed", f"call:{call_id}", data, now)
        else:
            calls.end_try(tx, outgoing.id, "waiting", how.value, now + TRY_AGAIN_AFTER)

    def _give_up(self, tx: Tx, outgoing: OutgoingCall, state: str, why: str, now: datetime) -> None:
        """Try no more; what somebody who reads no texts was to hear, the people on duty are told."""
        calls.end_try(tx, outgoing.id, state, why)
        if outgoing.flow:
            turns = self.exchange.turns
            words = words_of(turns.library, outgoing, turns.community.language, turns.community.zone)
            resident = resident_by_id(tx, outgoing.resident_id)
            turns.notices(tx, now).tell_duty("duty_not_reached", resident, words)


def _is_missed(tx: Tx, outgoing: OutgoingCall, how: How) -> bool:
    """Tell whether a call has to be made again: nobody was there, or whoever was did not answer it."""
    if outgoing.purpose in _ASKED_FOR:
        return how in (How.NOT_ANSWERED, How.MACHINE, How.MODEM_LOST)
    return how not in (How.FINISHED, How.HUNG_UP, How.TOO_LONG) or is_unanswered(tx, outgoing)


def _opening(outgoing: OutgoingCall) -> Input:
    if outgoing.flow:
        answers = {name: Value.from_json(value) for name, value in outgoing.answers.items()}  # type: ignore[arg-type]
        return Started(outgoing.flow, answers)
    return Called("call.ring_back")
