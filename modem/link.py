"""The gateway's side of one modem: its events, commands to it, and a new process whenever one fails."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random as randomness
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from modem import driver, errors, wire
from modem.flights import Flights
from modem.lifecycle import Lifecycle, LinkChanged, LinkState
from modem.pin import PinTries, Remember
from modem.process import ModemProcess, Patience

__all__ = ["Link", "LinkChanged", "LinkSettings", "LinkState", "Patience"]

_log = logging.getLogger(__name__)

PRESENCE_SECONDS = 0.5
SHORTEST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""A link that was open for so long has earned a short wait again."""

_PLACES_A_MESSAGE = 500
_SPENT = "it refused its PIN, which is not tried again. Set the right PIN in the settings."
_REGISTERED = (driver.Network.HOME, driver.Network.ROAMING)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """One modem as the operator configured it; `device` is its serial device."""

    name: str
    device: str
    pin: str | None = None
    baud: int = 115200


class Link:
    """One modem, as the gateway sees it.

    `tried_pin` is what `remember_pin` was last given: the fingerprint of a PIN that is about to be
    tried or was refused, None once a PIN was taken. It must be kept durably, so that a restart does
    not spend another of the SIM's three tries.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        random: randomness.Random,
        now: Callable[[], datetime],
        remember_pin: Remember,
        tried_pin: str | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.settings = settings
        self.status: driver.Status | None = None
        self._random = random
        self._pin = settings.pin
        self._tries = PinTries(settings.name, tried_pin, remember_pin)
        self._patience = patience or Patience()
        self._life = Lifecycle(settings.name, now)
        self._events: asyncio.Queue[driver.Event | LinkChanged | None] = asyncio.Queue()
        self._process: ModemProcess | None = None
        self._flights = Flights()
        self._answers: dict[int, asyncio.Future[tuple[str, ...]]] = {}
        self._ids = itertools.count(1)
        self._stopping = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._unlocking: asyncio.Task[None] | None = None
        self._wait = SHORTEST_WAIT_SECONDS

    @property
    def state(self) -> LinkState:
        """Where in its lifecycle the link is."""
        return self._life.state

    @property
    def pid(self) -> int | None:
        """The modem process's id, None while there is none."""
        return self._process.pid if self._process else None

    def explain(self) -> str:
        """The link's state in plain words, for a coordinator."""
        return self._life.explain()

    async def start(self) -> None:
        """Begin to look for the modem; returns at once."""
        self._running = asyncio.create_task(self._run(), name=f"link {self.settings.name}")

    async def stop(self) -> None:
        """Let go of the modem; messages under way are reported failed, and `events` ends."""
        self._stopping.set()
        if self._running is not None:
            await self._running
            self._running = None
        self._events.put_nowait(None)

    async def events(self) -> AsyncIterator[driver.Event | LinkChanged]:
        """What the modem tells and how the link fares, in order, until `stop`."""
        while (event := await self._events.get()) is not None:
            yield event

    async def send(self, message: driver.Send) -> None:
        """Hand `message` over; how it fares comes as events with its id. `LinkDown` when not ready."""
        process = self._process
        if self.state is not LinkState.READY or process is None:
            raise errors.LinkDown(self.explain())
        self._flights.begin(message)
        process.post(message)

    async def delete(self, messages: Sequence[driver.Part | driver.BrokenPart]) -> None:
        """Have stored `messages` deleted; when the modem is away they will be announced again.

        Another message that lies in the place of one of them by now stays.
        """
        if self._process is not None:
            for at in range(0, len(messages), _PLACES_A_MESSAGE):
                some = messages[at : at + _PLACES_A_MESSAGE]
                places, marks = (m.place for m in some), (driver.mark(m.raw) for m in some)
                self._process.post(wire.Delete(tuple(places), tuple(marks)))

    async def reread(self) -> None:
        """Have everything that is stored announced again."""
        if self._process is not None:
            self._process.post(wire.Reread())

    async def restart(self) -> None:
        """End the modem's process, so that a new one begins."""
        if self._process is not None:
            await self._process.kill()

    async def ussd(self, code: str) -> None:
        """Dial a USSD code; the answer comes as an event."""
        await self._ask("ussd", code)

    async def dial(self, number: str) -> None:
        """Start a voice call to `number` (E.164)."""
        await self._ask("dial", number)

    async def answer(self) -> None:
        """Answer the ringing call."""
        await self._ask("answer")

    async def hang_up(self) -> None:
        """End the call."""
        await self._ask("hang_up")

    async def hold(self) -> None:
        """Put the call on hold, so that a second one can be dialled; see `modem.driver`."""
        await self._ask("hold")

    async def join(self) -> None:
        """Let whoever is on hold and whoever was dialled since talk to each other."""
        await self._ask("join")

    async def resume(self) -> None:
        """End the call that was dialled since, and go back to the one on hold."""
        await self._ask("resume")

    async def raw(self, command: str) -> list[str]:
        """The lines answering one AT `command`."""
        return list(await self._ask("raw", command))

    async def enter_pin(self, pin: str) -> None:
        """Try a PIN the operator gave by hand, once; `Refused` when the SIM does not take it."""
        self._pin = pin
        await self._try_pin(pin)

    async def _run(self) -> None:
        seen = True
        while not self._stopping.is_set():
            there = await asyncio.to_thread(Path(self.settings.device).exists)
            if seen and not there:
                _log.warning("modem %s: %s is not there", self.settings.name, self.settings.device)
            seen = there
            if not there:
                if self.state is LinkState.WAITING:
                    self._go("missing", "The modem is not plugged in.")
                self._wait = SHORTEST_WAIT_SECONDS
                await self._pause(PRESENCE_SECONDS)
                continue
            self._go("found")
            why = await self._serve()
            if self._stopping.is_set():
                break
            self._go("failed", why)
            self._go("backed_off", why)
            await self._pause(self._wait * self._random.uniform(0.5, 1.0))
            self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
        self._go("stopped")

    async def _serve(self) -> str:
        """Run one modem process to its end, and say why it ended."""
        began = time.monotonic()
        process = ModemProcess(self._heard, self._patience)
        try:
            await process.start(self._configure())
            self._process = process
            why = await self._until_stopped(process.ended())
        except OSError as error:
            why = f"Its process cannot be started: {error.strerror}."
        finally:
            self._process = None
            await process.kill()
        self._land(why)
        if time.monotonic() - began > STEADY_SECONDS:
            self._wait = SHORTEST_WAIT_SECONDS
        return why

    def _configure(self) -> wire.Configure:
        return wire.Configure(self.settings.device, self.settings.baud, self._patience.unnoticed)

    async def _until_stopped(self, ended: Coroutine[Any, Any, str]) -> str:
        both = asyncio.create_task(ended), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return both[0].result() if both[0].done() else "The gateway is stopping."
        finally:
            for task in both:
                task.cancel()

    def _land(self, why: str) -> None:
        """Tell of everything that was under way that the process is gone."""
        for failed in self._flights.lost(why):
            self._events.put_nowait(failed)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(errors.LinkDown(why))
        self._answers.clear()
        self.status = None

    def _heard(self, message: driver.Event | wire.Done | wire.Begun) -> None:
        self._flights.follow(message)
        if isinstance(message, wire.Done):
            self._answered(message)
        elif not isinstance(message, wire.Begun):
            if isinstance(message, driver.Status):
                self._learn(message)
            self._events.put_nowait(message)

    def _learn(self, status: driver.Status) -> None:
        self.status = status
        if status.pin is not driver.PinState.READY:
            self._unlock(status.pin)
            return
        if self._unlocking is None and self._tries.pending:
            self._unlocking = asyncio.create_task(self._while_unlocking(self._tries.taken()))
        if status.network in _REGISTERED:
            self._go("registered")
        else:
            denied = status.network is driver.Network.DENIED
            self._go("unregistered", "The network refuses this SIM." if denied else "")

    def _unlock(self, pin: driver.PinState) -> None:
        """Try the configured PIN if it was never tried; say what the operator must do otherwise."""
        if self._unlocking is not None:
            return
        if pin is driver.PinState.NO_SIM:
            self._go("locked", "there is none, or it does not work. Put one in.")
        elif pin is driver.PinState.PUK:
            self._go("locked", "it is blocked. Unblock it in a telephone with its PUK.")
        elif self._pin is None:
            self._go("locked", "it asks for its PIN. Set the PIN in the settings.")
        elif self._tries.spent(self._pin):
            self._go("locked", _SPENT)
        else:
            self._go("locked", "its PIN is being entered.")
            self._unlocking = asyncio.create_task(self._while_unlocking(self._try_pin(self._pin)))

    async def _while_unlocking(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            # What went wrong stands in the link's state.
            with contextlib.suppress(errors.ModemError):
                await work
        finally:
            self._unlocking = None

    async def _try_pin(self, pin: str) -> None:
        await self._tries.about_to_try(pin)
        try:
            await self._ask("enter_pin", pin)
        except errors.Refused:
            self._go("locked", _SPENT)
            raise
        await self._tries.taken()

    async def _ask(self, name: str, argument: str = "") -> tuple[str, ...]:
        """The answer of the modem process to a command; `LinkDown` when it is gone."""
        process = self._process
        if process is None:
            raise errors.LinkDown(self.explain())
        number = next(self._ids)
        answer: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        process.post(wire.Command(number, name, argument))
        try:
            return await answer
        finally:
            self._answers.pop(number, None)

    def _answered(self, done: wire.Done) -> None:
        answer = self._answers.get(done.id)
        if answer is None or answer.done():
            return
        if not done.error:
            answer.set_result(done.lines)
        elif done.error == errors.Refused.__name__:
            answer.set_exception(errors.Refused(done.kind, done.code))
        else:
            answer.set_exception(errors.LinkDown(done.words))

    def _go(self, trigger: str, why: str = "") -> None:
        if changed := self._life.go(trigger, why):
            self._events.put_nowait(changed)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
