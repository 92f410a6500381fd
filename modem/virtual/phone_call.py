"""A call from the side of whoever holds the phone: what is said, pressed and heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from modem.audio import tones, wav
from modem.audio.line import FRAME_BYTES, FRAME_SECONDS, SILENCE
from modem.audio.software import AHEAD_FRAMES, LOCK_STEP, sound_socket

if TYPE_CHECKING:
    from modem.virtual.client import Simulator

_PATIENCE = 10.0  # seconds to wait for something to arrive, unless told otherwise
_ON_THE_WAY = 8  # frames said and not yet answered, in lock-step
_TONE_SECONDS = _GAP_SECONDS = 0.1
_BEEP = tones.tone("1", 0.4)


class PhoneCall:
    """A call a phone is in; `caller` is "" when withheld, the phone's own number when it rang somebody.

    `heard` is all the sound that came. `ended_by` is "phone" (this one), "other" or "network" once it is
    over. In lock-step time passes only while this side says, hears or waits for the end.
    """

    def __init__(self, simulator: Simulator, number: str, caller: str) -> None:
        self.caller = caller
        self.ended_by = ""
        self._simulator = simulator
        self._number = number
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._answered = asyncio.Event()
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._heard = bytearray()
        self._unsaid = bytearray()
        self._news = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._receiving: asyncio.Task[None] | None = None
        self._lock_step = False
        self._due = self._on_the_way = 0

    @classmethod
    async def prepared(cls, simulator: Simulator, number: str, caller: str) -> PhoneCall:
        """A call whose sound can be heard as soon as somebody answers."""
        call = cls(simulator, number, caller)
        await call._bring_sound()
        return call

    @property
    def heard(self) -> bytes:
        """All the sound that came so far."""
        return bytes(self._heard)

    @property
    def seconds(self) -> float:
        """How long the call has been heard: the call's own time, at whatever pace."""
        return len(self._heard) / FRAME_BYTES * FRAME_SECONDS

    @property
    def unsaid_bytes(self) -> int:
        """How much of what is to be said has not gone yet."""
        return len(self._unsaid)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._ended.done()

    async def answer(self) -> None:
        """Answer it."""
        await self._bring_sound()
        await self._simulator.ask("answer", number=self._number)
        self._answered.set()

    async def hang_up(self, busy: bool = False) -> None:
        """End it, or do not answer it; `busy` gives the caller the engaged tone."""
        await self._simulator.ask("hang_up", number=self._number, busy=busy)
        self._end("HUNG UP", "phone")

    async def answered(self, timeout: float = _PATIENCE) -> None:  # noqa: ASYNC109 - the caller's patience
        """Wait until the other end answers."""
        async with asyncio.timeout(timeout):
            await self._answered.wait()

    async def ended(self, timeout: float = _PATIENCE) -> str:  # noqa: ASYNC109
        """Hear it to its end; gives `NO CARRIER`, `BUSY` or `NO ANSWER`, or `HUNG UP` when we did."""
        async with asyncio.timeout(timeout):
            while self._lock_step and self._answered.is_set() and not self.over:
                await self._pass(_ON_THE_WAY)
            reason = await asyncio.shield(self._ended)
            if self._receiving is not None:
                await asyncio.wait({self._receiving})  # what was said before the end is heard
            return reason

    # What is said.

    def say(self, sound: bytes) -> None:
        """Queue sound (8 kHz, 16 bit, mono) after what is queued; in lock-step it goes as time passes."""
        self._unsaid += sound

    async def said(self) -> None:
        """Wait until everything queued has gone."""
        while self._unsaid and not self.over:
            await self._pass(1)

    def hush(self) -> None:
        """Break off in the middle of a word."""
        self._unsaid.clear()

    async def press(self, keys: str, *, reported: bool = True) -> None:
        """Press keys of `0123456789*#ABCD`, each a tone of 100 ms and a pause as long.

        A modem that reports keys reports them, unless they are not to be `reported`.
        """
        for key in keys:
            if reported:
                await self._simulator.ask("press", number=self._number, keys=key)
            self.say(tones.pressed(key, _TONE_SECONDS, _GAP_SECONDS))
            await self.said()

    async def take_message(self, greeting: bytes) -> bytes:
        """Do as an answering machine: answer, greet, beep, and record to the end."""
        await self.answer()
        self.say(greeting + _BEEP)
        await self.said()
        start = len(self._heard)
        while not self.over:
            await self._pass(_ON_THE_WAY)
        return bytes(self._heard[start:])

    # What is heard.

    async def hear(self, seconds: float) -> bytes:
        """Hear so many seconds from now, or to the end of the call, and give their sound."""
        start = len(self._heard)
        await self._pass(round(seconds / FRAME_SECONDS))
        return bytes(self._heard[start:])

    async def frames(self) -> AsyncIterator[bytes]:
        """The frames from now to the end of the call."""
        at = len(self._heard)
        while True:
            while at < len(self._heard):
                yield bytes(self._heard[at : at + FRAME_BYTES])
                at += FRAME_BYTES
            if self.over:
                return
            await self._pass(_ON_THE_WAY if self._lock_step else 1)

    async def hear_out(self, pause: float = 1.0, longest: float = 60.0) -> bytes:
        """Hear until the other end has spoken and been quiet for `pause` seconds; gives what it said."""
        said, quiet, begun = bytearray(), 0.0, False
        async for frame in self.frames():
            loud = wav.level(frame) > wav.QUIET_DBFS
            begun = begun or loud
            quiet = 0.0 if loud else quiet + FRAME_SECONDS
            longest -= FRAME_SECONDS
            if begun:
                said += frame
            if longest <= 0 or (begun and quiet >= pause):
                break
        return bytes(said)

    async def key(self, timeout: float = _PATIENCE) -> str:  # noqa: ASYNC109
        """The next key the other end presses."""
        async with asyncio.timeout(timeout):
            return await self._keys.get()

    def take(self, event: dict[str, Any]) -> None:
        """Take an event of the network."""
        if event["event"] == "answered":
            self._answered.set()
        elif event["event"] == "key":
            self._keys.put_nowait(event["key"])
        elif event["event"] == "ended":
            self._end(event["reason"], event["by"])

    # How time passes.

    async def _pass(self, frames: int) -> None:
        """Let so many frames pass; TimeoutError when none comes for ten seconds."""
        until = len(self._heard) + frames * FRAME_BYTES
        self._due = max(self._due, frames)
        self._send_due()
        while len(self._heard) < until and not self.over:
            self._news.clear()
            async with asyncio.timeout(_PATIENCE):
                await self._news.wait()

    def _send_due(self) -> None:
        while self._lock_step and self._due and self._on_the_way < _ON_THE_WAY:
            self._due -= 1
            self._on_the_way += 1
            self._send()

    def _send(self) -> None:
        if self._writer is None or self._writer.is_closing():
            return
        frame = bytes(self._unsaid[:FRAME_BYTES])
        del self._unsaid[:FRAME_BYTES]
        self._writer.write(frame.ljust(FRAME_BYTES, b"\0"))

    async def _bring_sound(self) -> None:
        if self._writer is not None:
            return
        reader, self._writer = await asyncio.open_unix_connection(sound_socket(self._simulator.path))
        self._writer.write(json.dumps({"phone": self._number}).encode() + b"\n")
        self._lock_step = json.loads(await reader.readline())["pace"] == LOCK_STEP
        if not self._lock_step:
            self._writer.write(SILENCE * AHEAD_FRAMES)
        self._receiving = asyncio.create_task(self._receive(reader))

    async def _receive(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                self._heard += await reader.readexactly(FRAME_BYTES)
                self._on_the_way = max(0, self._on_the_way - 1)
                if self._lock_step:
                    self._send_due()
                else:
                    self._send()
                self._news.set()
        if self._writer is not None:
            self._writer.close()

    def _end(self, reason: str, by: str) -> None:
        if not self.over:
            self.ended_by = by
            self._ended.set_result(reason)
        self._news.set()
