"""The calls of one modem: answered, refused with a text, rung back, and made."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from flows.conversation import Called, Input, Prompt, Started
from flows.spoken import Sentence, spoken
from flows.value import Value
from gateway import policy
from gateway.call import Call, Exchange
from gateway.call_life import How
from gateway.call_rules import MOST_TRIES, TRY_AGAIN_AFTER, CallRules
from gateway.store import calls, people
from gateway.store.calls import OutgoingCall
from gateway.store.database import Tx
from gateway.store.events import write_event
from modem.audio.line import Line
from modem.driver import CallEnded, Ringing, Tone
from modem.errors import ModemError

log = logging.getLogger(__name__)

RING_SECONDS = 5.0
ANSWER_SECONDS = 40.0
LOOK_SECONDS = 0.4
OUTGOING_LOOK_SECONDS = 5.0
RING_BACK_DELAY = timedelta(seconds=4)
_ACTIVE, _NO_CALL = "0", ""


class Telephone(Protocol):
    """What the desk needs of a link."""

    async def answer(self) -> None:
        """Answer the ringing call."""
        ...

    async def hang_up(self) -> None:
        """End the call."""
        ...

    async def dial(self, number: str) -> None:
        """Start a call."""
        ...

    async def raw(self, command: str) -> list[str]:
        """Run one AT command."""
        ...


@dataclass(slots=True)
class CallDesk:
    """Everything about calls on one modem. `open_line` gives the sound of a call that stands."""

    name: str
    telephone: Telephone
    open_line: Callable[[], Awaitable[Line]]
    exchange: Exchange
    rules: CallRules
    ring_seconds: float = RING_SECONDS
    _ringing: asyncio.Task[None] | None = None
    _call: Call | None = None
    _busy: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self, event: Ringing | CallEnded | Tone) -> None:
        """Take what the modem tells about calls; returns at once."""
        match event:
            case Ringing() if self._busy:
                await self._refuse(event.caller)
            case Ringing():
                self._begin(event.caller)
            case CallEnded():
                self._ended.set()
                if self._call is not None:
                    self._call.end(How.HUNG_UP)
            case Tone() if self._call is not None:
                self._call.press(event.key)

    def link_ready(self, ready: bool) -> None:
        """Say whether the modem is there; a call does not outlive it."""
        self._ready = ready
        self._wake.set()
        if not ready:
            self._ended.set()
            if self._call is not None:
                self._call.end(How.MODEM_LOST)

    def wake(self) -> None:
        """Say that a call to make may have been queued."""
        self._wake.set()

    async def run(self) -> None:
        """Make the calls that wait, for ever."""
        while True:
            outgoing = None
            if self._ready and not self._busy:
                outgoing = await self.exchange.store.write(self._begin_outgoing, self.exchange.clock.now())
            if outgoing is not None and not self._busy:
                await self._make(outgoing)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(OUTGOING_LOOK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    async def close(self) -> None:
        """End the call that is going on, tidily."""
        if self._call is not None:
            self._call.end(How.STOPPED)
        if self._ringing is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._ringing

    # Somebody rings.

    def _begin(self, caller: str | None) -> None:
        self._busy = True
        self._ended.clear()
        self._ringing = asyncio.create_task(self._incoming(caller))

    async def _incoming(self, caller: str | None) -> None:
        try:
            if await self._gives_up_within(self.ring_seconds * (self.rules.rings - 1)):
                await self._gave_up(caller)
            else:
                await self._answer(caller)
        except Exception:
            log.exception("a call could not be taken", extra={"link": self.name})
        finally:
            self._busy = False
            self._wake.set()

    async def _gives_up_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        return self._ended.is_set()

    async def _gave_up(self, caller: str | None) -> None:
        """Ring back whoever hung up while it rang, so that the call costs them nothing."""
        number = policy.e164(caller, self.rules.region) if caller else None
        if number is not None:
            await self.exchange.store.write(self._note_missed, number, self.exchange.clock.now())

    def _note_missed(self, tx: Tx, number: str, now: datetime) -> None:
        resident = people.meet(tx, number, now)
        call_id = calls.begin_call(tx, self.name, "in", "", resident.id, now)
        calls.end_call(tx, call_id, How.GAVE_UP.value, now)
        refusal = self.rules.ring_back_refusal(tx, resident, now)
        write_event(tx, "call.missed", f"call:{call_id}", {"ring_back": not refusal, "why": refusal}, now)
        if not refusal:
            calls.queue_call(tx, resident.id, "ring_back", now, delay=RING_BACK_DELAY)

    async def _answer(self, caller: str | None) -> None:
        number = policy.e164(caller, self.rules.region) if caller else None
        await self.telephone.answer()
        if number is None:
            await self._tell_withheld()
            return
        resident_id, call_id = await self.exchange.store.write(
            self._book, number, "in", "", self.exchange.clock.now()
        )
        await self._hold(resident_id, call_id, None if self.rules.closed else Called())

    async def _tell_withheld(self) -> None:
        """Ask a caller who hides their number to show it: without it nothing could be kept for them."""
        line = await self.open_line()
        try:
            await line.open()
            await self.exchange.mouth.say(line, self._common("call.withheld"), slow=False)
        finally:
            await line.close()
            await self.telephone.hang_up()

    async def _refuse(self, caller: str | None) -> None:
        """Text a second caller: the line is busy."""
        number = policy.e164(caller, self.rules.region) if caller else None
        if number is not None and self.rules.may_be_rung(number):
            await self.exchange.store.write(self._tell_busy, number, self.exchange.clock.now())
            self.exchange.queued()

    def _tell_busy(self, tx: Tx, number: str, now: datetime) -> None:
        resident = people.meet(tx, number, now)
        call_id = calls.begin_call(tx, self.name, "in", "", resident.id, now)
        calls.end_call(tx, call_id, "line busy", now)
        write_event(tx, "call.busy", f"call:{call_id}", {}, now)
        self.exchange.turns.notices(tx, now).tell(number, Prompt("common", "busy"))

    # We ring somebody.

    def _begin_outgoing(self, tx: Tx, now: datetime) -> OutgoingCall | None:
        purposes = self.rules.purposes_now(now)
        outgoing = calls.next_outgoing(tx, now, purposes) if purposes else None
        if outgoing is None:
            return None
        if outgoing.valid_until < now:
            calls.end_try(tx, outgoing.id, "expired", "nobody could be reached in time")
            return None
        if not self.rules.may_be_rung(outgoing.number) or self.rules.minutes_left(tx, now) <= 0:
            calls.end_try(
                tx, outgoing.id, "failed", "calling that number is not allowed, or minutes are used up"
            )
            return None
        calls.begin_try(tx, outgoing.id)
        return outgoing

    async def _make(self, outgoing: OutgoingCall) -> None:
        self._busy = True
        self._ended.clear()
        ex = self.exchange
        try:
            _, call_id = await ex.store.write(
                self._book, outgoing.number, "out", outgoing.purpose, ex.clock.now(), answered=False
            )
            how = await self._ring_up(outgoing, call_id)
            await ex.store.write(self._settle, outgoing, call_id, how, ex.clock.now())
        except ModemError as error:
            log.warning("a call was not made: %s", error, extra={"link": self.name})
            await ex.store.write(self._settle, outgoing, call_id, How.MODEM_LOST, ex.clock.now())
        finally:
            self._busy = False

    async def _ring_up(self, outgoing: OutgoingCall, call_id: int) -> How:
        await self.telephone.dial(outgoing.number)
        if not await self._picked_up():
            with contextlib.suppress(ModemError):
                await self.telephone.hang_up()
            return How.NOT_ANSWERED
        await self.exchange.store.write(calls.answer_call, call_id, self.exchange.clock.now())
        return await self._hold(outgoing.resident_id, call_id, _opening(outgoing), greeted=True)

    async def _picked_up(self) -> bool:
        """Wait until the other side answers. Modems tell of it in as many ways as there are makes: so ask."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while not self._ended.is_set():
                    if _call_state(await self.telephone.raw("AT+CLCC")) == _ACTIVE:
                        return True
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            pass
        return False

    def _settle(self, tx: Tx, outgoing: OutgoingCall, call_id: int, how: How, now: datetime) -> None:
        calls.end_call(tx, call_id, how.value, now)
        missed = how in (How.NOT_ANSWERED, How.MACHINE, How.MODEM_LOST)
        if not missed:
            calls.end_try(tx, outgoing.id, "done", how.value)
        elif outgoing.purpose == "ring_back" or outgoing.tries + 1 >= MOST_TRIES:
            calls.end_try(tx, outgoing.id, "failed", how.value)
            write_event(
                tx, "call.failed", f"call:{call_id}", {"purpose": outgoing.purpose, "why": how.value}, now
            )
        else:
            calls.end_try(tx, outgoing.id, "waiting", how.value, now + TRY_AGAIN_AFTER)

    # A call that stands.

    def _book(
        self, tx: Tx, number: str, direction: str, purpose: str, now: datetime, *, answered: bool = True
    ) -> tuple[int, int]:
        resident = people.meet(tx, number, now)
        call_id = calls.begin_call(tx, self.name, direction, purpose, resident.id, now)
        write_event(tx, "call.began", f"call:{call_id}", {"direction": direction, "purpose": purpose}, now)
        if answered:
            calls.answer_call(tx, call_id, now)
        return resident.id, call_id

    async def _hold(
        self, resident_id: int, call_id: int, opening: Input | None, *, greeted: bool = False
    ) -> How:
        line = await self.open_line()
        await line.open()
        call = Call(self.exchange, line, resident_id, call_id, self.telephone.hang_up)
        self._call = call
        if self._ended.is_set():
            call.end(How.HUNG_UP)
        try:
            await call.run(opening, greeted=greeted)
        finally:
            self._call = None
        return call.life.how or How.FAULT

    def _common(self, key: str) -> list[Sentence]:
        turns = self.exchange.turns
        prompts = [Prompt("common", key)]
        return spoken(turns.library, prompts, turns.community.language, turns.community.zone)


def _opening(outgoing: OutgoingCall) -> Input:
    if outgoing.flow:
        answers = {name: Value.from_json(value) for name, value in outgoing.answers.items()}  # type: ignore[arg-type]
        return Started(outgoing.flow, answers)
    return Called("call.ring_back")


def _call_state(lines: list[str]) -> str:
    """Give the state of the voice call in an answer to AT+CLCC (3GPP TS 27.007), '' when there is none."""
    for line in lines:
        if line.startswith("+CLCC:"):
            fields = line.partition(":")[2].split(",")
            if len(fields) > 3 and fields[3].strip() == "0":
                return fields[2].strip()
    return _NO_CALL
