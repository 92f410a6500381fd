"""The sound of a call through a sound card: the modem's own, or one wired to its audio sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from modem.audio import portaudio
from modem.audio.line import FRAME_SECONDS, RATE, Dropped
from modem.audio.pcm_commands import NONE, PcmCommands
from modem.audio.pipe import FramePipe
from modem.audio.resample import Resampler
from modem.audio.wav import samples, sound
from modem.errors import LineLost, ModemError

_RATES = (RATE, 16_000, 48_000, 44_100)
"""Tried in this order: a modem's own card has the first, a common USB card only the last ones."""

_SILENT_SECONDS = 2.0  # without one frame, after which a device counts as gone
_CLOSE_SECONDS = 3.0  # ALSA may hang on a device that was pulled out

log = logging.getLogger(__name__)


async def _no_command(_: str) -> None:
    """A sound card that needs no commands."""


class SoundCardLine:
    """A duplex stream on the device with `name` in its name; `latency` in seconds is asked of the device.

    `commands` are given to the modem over `command` when the line opens and closes.
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
        self._stream: Any = None
        self.dropped = Dropped()

    async def open(self) -> None:
        """Find the device and start it. Raises LineLost, or what `command` raises."""
        self._pipe = FramePipe()
        self.dropped = self._pipe.dropped
        starting = asyncio.create_task(asyncio.to_thread(self._start))
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
        if self._stream is not None:
            await asyncio.sleep(self._stream.latency[1])

    def hush(self) -> None:
        """Forget what is queued; what the device has already taken, up to its latency, still sounds."""
        self._pipe.hush()

    async def close(self) -> None:
        """Let go of the device and tell the modem to stop; no error when either is gone."""
        if self._stream is None:
            return
        await self._stop()
        with contextlib.suppress(ModemError):
            for command in self._commands.stop:
                await self._command(command)

    def _start(self) -> None:
        sounddevice = portaudio.library()
        try:
            try:
                self._start_on(sounddevice, portaudio.reserve(self._name))
            except sounddevice.PortAudioError:
                # A card that was pulled out and put back has another number than PortAudio's list says.
                self._start_on(sounddevice, portaudio.reserve(self._name, afresh=True))
        except sounddevice.PortAudioError as error:
            raise LineLost(
                f"The sound device {self._name!r} cannot be opened ({error}): see that it is plugged in "
                "and that nothing else uses it"
            ) from error

    def _start_on(self, sounddevice: Any, devices: tuple[int, int]) -> None:
        stream = None
        try:
            stream = self._opened(sounddevice, devices)
            stream.start()
        except BaseException:
            if stream is not None:
                stream.close()
            portaudio.let_go()
            raise
        self._stream = stream

    def _opened(self, sounddevice: Any, devices: tuple[int, int]) -> Any:
        rate = self._rate(sounddevice, devices)
        self._heard, self._said = Resampler(rate, RATE), Resampler(RATE, rate)
        return sounddevice.RawStream(
            samplerate=rate,
            blocksize=round(rate * FRAME_SECONDS),
            device=devices,
            channels=1,
            dtype="int16",
            latency=self._latency,
            callback=self._frame if rate == RATE else self._resampled_frame,
            finished_callback=self._finished,
        )

    def _rate(self, sounddevice: Any, devices: tuple[int, int]) -> int:
        """The first rate that the device has both ways."""
        refusals = []
        for rate in _RATES:
            try:
                sounddevice.check_input_settings(devices[0], 1, "int16", samplerate=rate)
                sounddevice.check_output_settings(devices[1], 1, "int16", samplerate=rate)
                return rate
            except sounddevice.PortAudioError as error:
                refusals.append(error)
        raise refusals[0]

    def _frame(self, heard: Any, played: Any, frames: int, _time: Any, status: Any) -> None:
        self._count(status)
        self._pipe.put(bytes(heard))
        played[:] = self._pipe.take(2 * frames)

    def _resampled_frame(self, heard: Any, played: Any, frames: int, _time: Any, status: Any) -> None:
        self._count(status)
        self._pipe.put(sound(self._heard.feed(samples(bytes(heard)))))
        # A device block is 20 ms, and so is what fills it.
        played[:] = sound(self._said.feed(samples(self._pipe.take())))[: 2 * frames]

    def _count(self, status: Any) -> None:
        if status.input_overflow:
            self.dropped.heard += 1
        if status.output_underflow:
            self.dropped.said += 1

    def _finished(self) -> None:
        self._pipe.fail(self._gone("it stopped"))

    async def _stop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        self._pipe.fail(LineLost("The line was closed"))
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await asyncio.to_thread(_close, stream)
        except TimeoutError:
            # As long as it hangs, PortAudio is not started again, and a card put back is not found.
            log.warning("The sound device %r does not let go: put it back in, or restart", self._name)

    def _gone(self, why: str) -> LineLost:
        return LineLost(
            f"The sound device {self._name!r} is gone ({why}): the call ends, "
            "the conversation goes on by text; see that it is plugged in"
        )


def _close(stream: Any) -> None:
    stream.close(True)
    portaudio.let_go()
