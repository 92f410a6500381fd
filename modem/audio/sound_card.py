"""The sound of a call through a sound card: the modem's own, or one wired to its audio sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from modem.audio.card import Card
from modem.audio.line import Dropped
from modem.audio.pcm_commands import NONE, PcmCommands
from modem.audio.pipe import FramePipe
from modem.errors import LineLost, ModemError

_SILENT_SECONDS = 2.0  # without one frame, after which a device counts as gone
_CLOSE_SECONDS = 3.0  # ALSA may hang on a device that was pulled out
_RESTARTS = 5  # a call; a device that stops more often is as good as gone

log = logging.getLogger(__name__)


async def _no_command(_: str) -> None:
    """A sound card that needs no commands."""


class SoundCardLine:
    """A duplex stream on the device with `name` in its name; `latency` in seconds is asked of the device.

    `commands` are given to the modem over `command` when the line opens and closes. PortAudio gives
    a stream up after some hiccups that the card survives: it is started again, and only where that fails
    the line is lost.
    """

    dropped: Dropped

    def __init__(
        self,
        name: str,
        latency: float = 0.1,
        commands: PcmCommands = NONE,
        command: Callable[[str], Awaitable[object]] = _no_command,
    ) -> None:
        self._name = name
        self._latency = latency
        self._commands = commands
        self._command = command
        self._card: Card | None = None
        self._restarting: asyncio.Task[None] | None = None
        self.dropped = Dropped()

    async def open(self) -> None:
        """Find the device and start it. Raises LineLost, or what `command` raises."""
        loop = asyncio.get_running_loop()
        self._pipe = FramePipe()
        self.dropped = self._pipe.dropped
        self._restarts = 0

        def stopped() -> None:
            # PortAudio's thread may outlive the loop.
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._restart, card)

        self._card = card = Card(self._name, self._latency, self._pipe, stopped)
        starting = asyncio.create_task(asyncio.to_thread(card.start))
        try:
            await asyncio.shield(starting)
            for command in self._commands.start:
                await self._command(command)
        except BaseException:
            # A caller who hangs up meanwhile cannot stop the thread: what it opens is closed then.
            with contextlib.suppress(LineLost):
                await starting
            await self._stop()
            raise

    async def hear(self) -> bytes:
        """Give the next frame of the caller. Raises LineLost."""
        try:
            async with asyncio.timeout(_SILENT_SECONDS):
                return await self._pipe.hear()
        except TimeoutError:
            lost = self._gone("it fell silent")
            self._pipe.fail(lost)
            raise lost from None

    def say(self, sound: bytes) -> None:
        """Queue sound for the caller. Raises LineLost."""
        self._pipe.say(sound)

    async def said(self) -> None:
        """Wait until everything queued has been played. Raises LineLost."""
        await self._pipe.said()
        if self._card is not None:
            await asyncio.sleep(self._card.played_after)

    def hush(self) -> None:
        """Forget what is queued; what the device has already taken, up to its latency, still sounds."""
        self._pipe.hush()

    async def close(self) -> None:
        """Let go of the device and tell the modem to stop; no error when either is gone."""
        if self._card is None:
            return
        await self._stop()
        with contextlib.suppress(ModemError):
            for command in self._commands.stop:
                await self._command(command)

    def _restart(self, card: Card) -> None:
        if card is not self._card or self._restarting is not None:
            return
        self._restarts += 1
        if self._restarts > _RESTARTS:
            self._pipe.fail(self._gone("it stops again and again"))
            return
        self._restarting = asyncio.create_task(self._start_again(card), name="sound card restart")

    async def _start_again(self, card: Card) -> None:
        try:
            await asyncio.to_thread(card.close)
            await asyncio.to_thread(card.start)
            log.warning("The sound device %r stopped, and was started again", self._name)
        except LineLost:
            self._pipe.fail(self._gone("it stopped"))
        finally:
            self._restarting = None

    async def _stop(self) -> None:
        card, self._card = self._card, None
        if card is None:
            return
        self._pipe.fail(LineLost("The line was closed"))
        self._closing = asyncio.create_task(self._let_go(card), name="sound card close")
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await asyncio.shield(self._closing)
        except TimeoutError:
            # As long as it hangs, PortAudio is not started again, and a card put back is not found.
            log.warning("The sound device %r does not let go: put it back in, or restart", self._name)

    async def _let_go(self, card: Card) -> None:
        if self._restarting is not None:
            await self._restarting
        await asyncio.to_thread(card.close)

    def _gone(self, why: str) -> LineLost:
        return LineLost(
            f"The sound device {self._name!r} is gone ({why}): the call ends, "
            "the conversation goes on by text; see that it is plugged in"
        )
