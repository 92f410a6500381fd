"""The stream on one sound card: blocking to start and to close, fed and emptied by PortAudio's own thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modem.audio import portaudio
from modem.audio.line import FRAME_SECONDS, RATE
from modem.audio.pipe import FramePipe
from modem.audio.resample import Resampler
from modem.audio.wav import samples, sound
from modem.errors import LineLost

_RATES = (RATE, 16_000, 48_000, 44_100)
"""Tried in this order: a modem's own card has the first, a common USB card only the last ones."""


class Card:
    """Sound between `pipe` and the device with `name` in its name; `stopped` is called on any thread."""

    def __init__(self, name: str, latency: float, pipe: FramePipe, stopped: Callable[[], None]) -> None:
        self._name = name
        self._latency = latency
        self._pipe = pipe
        self._stopped = stopped
        self._stream: Any = None

    @property
    def played_after(self) -> float:
        """Seconds from when the device takes a frame to when it sounds."""
        return float(self._stream.latency[1]) if self._stream is not None else 0.0

    def start(self) -> None:
        """Find the device and start it. Raises LineLost."""
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

    def close(self) -> None:
        """Let go of the device; no error when it is gone."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(True)
            portaudio.let_go()

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
            finished_callback=self._stopped,
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
            self._pipe.dropped.heard += 1
        if status.output_underflow:
            self._pipe.dropped.said += 1
