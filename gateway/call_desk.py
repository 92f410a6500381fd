"""The calls of one modem: answered, refused with a text, rung back, and made."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.conversation import Called, Input
from gateway import policy
from gateway.call_book import CallBook
from gateway.call_life import How
from gateway.call_loading import load_ears, load_speech
from gateway.call_rules import READING, CallRules
from gateway.dialler import Dialler, Telephone
from gateway.exchange import Exchange
from gateway.put_through import PutThrough
from gateway.store import people
from gateway.store.calls import OutgoingCall
from gateway.tuned import Tuned, overhearing
from gateway.withheld import tell_withheld
from modem.audio.line import Line
from modem.driver import CallEnded, Ringing, Tone
from modem.errors import ModemError, Refused

if TYPE_CHECKING:
    from gateway.held_call import HeldCall

log = logging.getLogger(__name__)

RING_SECONDS = 5.0
# 3GPP TS 22.030: "User Determined User Busy" for the call that waits.
REFUSE_WAITING = "AT+CHLD=0"
OUTGOING_LOOK_SECONDS = 5.0


@dataclass(slots=True)
class CallDesk:
    """Everything about calls on one modem. `open_line` gives the sound of a call that stands.

    `tuned` is what was measured of that sound, None where callers interrupt by keys alone.
    """

    name: str
    telephone: Telephone
    open_line: Callable[[], Awaitable[Line]]
    exchange: Exchange
    rules: CallRules
    ring_seconds: float = RING_SECONDS
    tuned: Tuned | None = None
    _ringing: asyncio.Task[None] | None = None
    _call: HeldCall | None = None
    _busy: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _next: Ringing | None = None
    _ready: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _dialler: Dialler = field(init=False)
    _book: CallBook = field(init=False)
    _through: PutThrough | None = None
    _loading: asyncio.Task[None] | None = None
    _looking: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        """Give the desk its dialler."""

        async def book(outgoing: OutgoingCall) -> int:
            now = self.exchange.clock.now()
            _, call_id = await self.exchange.store.write(
                self._book.begin, outgoing.number, "out", outgoing.purpose, now, answered=False
            )
            return call_id

        async def hold(outgoing: OutgoingCall, call_id: int, opening: Input) -> How:
            if outgoing.purpose == READING:
                return await self._read(outgoing, call_id)
            return await self._hold(outgoing.resident_id, call_id, opening, greeted=True)

        self._book = CallBook(self.name, self.exchange.turns, self.rules)
        if self.rules.put_through:
            self._through = PutThrough(self.telephone, self.exchange, self.rules, self._book)
        self._dialler = Dialler(self.telephone, self.exchange, self.rules, book, hold, self._ended)

    @property
    def on_call(self) -> bool:
        """Whether somebody is on the telephone, or about to be."""
        return self._busy

    async def heard(self, event: Ringing | CallEnded | Tone) -> None:
        """Take what the modem tells about calls; returns at once."""
        match event:
            case Ringing() if self._busy and self._ended.is_set():
                self._next = event  # the line is free, and the call before is only being written down
            case Ringing() if self._busy:
                await self._refuse(event.caller)
            case Ringing():
                self._begin(event.caller)
            case CallEnded() if self._through is not None and self._through.several:
                self._looking = asyncio.create_task(self._end_if_over(self._through))
            case CallEnded():
                self._end()
            case Tone() if self._call is not None:
                self._call.press(event.key)

    def _end(self) -> None:
        """Take it that the call is over."""
        self._ended.set()
        self._next = None
        if self._call is not None:
            self._call.end(How.HUNG_UP)

    async def _end_if_over(self, through: PutThrough) -> None:
        """Find out which of two calls has ended."""
        with contextlib.suppress(ModemError):
            if await through.over():
                self._end()
                await self.telephone.hang_up()  # so that the modem, too, takes it for over

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
            if self._ready and not self._busy and await self._make_next():
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(OUTGOING_LOOK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    async def _make_next(self) -> bool:
        outgoing = await self._dialler.next()
        if outgoing is None:
            return False
        if self._busy:  # somebody rang while we looked: they come first
            await self._dialler.put_back(outgoing)
            return False
        self._busy = True
        self._ended.clear()
        self._load_speech(outgoing.number)
        try:
            await self._dialler.make(outgoing)
        finally:
            self._free()
        return True

    async def close(self) -> None:
        """End the call that is going on, tidily; whoever rings is rung back after a restart."""
        if self._call is not None:
            self._call.end(How.STOPPED)
        self._next = None
        self._ended.set()
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        if self._ringing is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._ringing

    # Somebody rings.

    def _begin(self, caller: str | None) -> None:
        self._busy = True
        self._ended.clear()
        self._ringing = asyncio.create_task(self._incoming(caller))

    async def _incoming(self, caller: str | None) -> None:
        self._load_speech(policy.e164(caller, self.rules.region) if caller else None)
        try:
            await load_ears()  # rather a ring more than silence once it is answered
            if await self._gives_up_within(self.ring_seconds * (self.rules.rings - 1)):
                await self._gave_up(caller)
            else:
                await self._answer(caller)
        except Exception:
            log.exception("a call could not be taken", extra={"link": self.name})
        finally:
            self._free()

    def _load_speech(self, number: str | None) -> None:
        """Load what understands and speaks the language of whoever is on the phone, while it rings."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load_speech_of(number))

    async def _load_speech_of(self, number: str | None) -> None:
        resident = await self.exchange.store.read(people.resident_by_number, number) if number else None
        language = resident.language if resident else ""
        await load_speech(self.exchange, language or self.exchange.turns.community.language)

    def _free(self) -> None:
        """Be ready for the next call; whoever rings already is it."""
        self._busy = False
        self._wake.set()
        ringing, self._next = self._next, None
        if ringing is not None:
            self._begin(ringing.caller)

    async def _gives_up_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        return self._ended.is_set()

    async def _gave_up(self, caller: str | None) -> None:
        """Ring back whoever hung up while it rang, so that the call costs them nothing."""
        number = policy.e164(caller, self.rules.region) if caller else None
        if number is not None:
            await self.exchange.store.write(self._book.miss, number, self.exchange.clock.now())

    async def _answer(self, caller: str | None) -> None:
        number = policy.e164(caller, self.rules.region) if caller else None
        try:
            await self.telephone.answer()
        except Refused:  # they hung up this very moment
            await self._gave_up(caller)
            return
        if number is None:
            await self._tell_withheld()
            return
        resident_id, call_id = await self.exchange.store.write(
            self._book.begin, number, "in", "", self.exchange.clock.now()
        )
        takes_code = self.rules.may_be_rung(number)
        opening = None if self.rules.closed else Called()
        await self._hold(resident_id, call_id, opening, takes_code=takes_code)

    async def _tell_withheld(self) -> None:
        try:
            await tell_withheld(self.exchange, await self.open_line(), self._ended)
        finally:
            if not self._ended.is_set():
                await self.telephone.hang_up()

    async def _refuse(self, caller: str | None) -> None:
        """Text a second caller that the line is busy, and let them hear so."""
        with contextlib.suppress(ModemError):
            await self.telephone.raw(REFUSE_WAITING)
        number = policy.e164(caller, self.rules.region) if caller else None
        if number is not None and self.rules.may_be_rung(number):
            await self.exchange.store.write(self._book.refuse, number, self.exchange.clock.now())
            self.exchange.queued()

    # A call that stands.

    async def _hold(
        self,
        resident_id: int,
        call_id: int,
        opening: Input | None,
        *,
        greeted: bool = False,
        takes_code: bool = False,
    ) -> How:
        await load_ears()
        from gateway.call import Call  # only a box that takes calls needs all of numpy with it

        line, barge_in = overhearing(await self.open_line(), self.tuned)
        hang_up = self.telephone.hang_up
        call = Call(self.exchange, line, resident_id, call_id, hang_up, barge_in, self._through, takes_code)
        return await self._held(call, call.run(opening, greeted=greeted))

    async def _read(self, outgoing: OutgoingCall, call_id: int) -> How:
        """Let a neighbour read the prompts."""
        await load_ears()
        from gateway.reading import Reading

        now = self.exchange.clock.now()
        minutes = await self.exchange.store.read(self.rules.minutes_left, now)
        reading = Reading(
            self.exchange,
            await self.open_line(),
            call_id,
            self.telephone.hang_up,
            str(outgoing.answers["language"]),
            60 * minutes,
        )
        return await self._held(reading, reading.run())

    async def _held(self, call: HeldCall, running: Coroutine[Any, Any, None]) -> How:
        self._call = call
        if self._ended.is_set():
            call.end(How.HUNG_UP)
        try:
            await running
        finally:
            self._call = None
            if self._through is not None:
                self._through.several = False
        return call.life.how or How.FAULT
