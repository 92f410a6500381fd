"""The gateway's side of speaking: which engine, what is kept, and a process that is let go when idle."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modem.errors import SpeechDown
from modem.speech import wire
from modem.speech.cache import SoundCache, sentence_key
from modem.speech.process import SpeechProcess

HIBARI, ESPEAK = "hibari", "espeak"

IDLE_SECONDS = 60.0
"""How long the process stays without a word to say: longer than a caller takes to answer."""

_MODULE = "modem.speech.voice_process"
_LONGEST_SECONDS = 20.0
_SILENT = "The voice stopped answering."
_REST_SECONDS = 300.0
"""How long an engine that took its process down, or hung, is not asked again."""


@dataclass(slots=True)
class _Making:
    """A sentence being made: its sound so far, whether the process ended before it, and `why` it failed."""

    sound: bytearray = field(default_factory=bytearray)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    is_cut: bool = False
    why: str = ""


class SpeechVoice:
    """Speaks, by the best engine there is for a language; see `modem.speech.protocols.Voice`.

    `piper` are the Piper voices (.onnx files) the operator chose, by language.
    """

    def __init__(
        self,
        cache: SoundCache,
        piper: Mapping[str, Path] | None = None,
        *,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._cache = cache
        self._piper = {language.lower(): str(path) for language, path in (piper or {}).items()}
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._process: SpeechProcess | None = None
        self._making: tuple[int, _Making] = (0, _Making())
        self._resting: dict[str, float] = {}
        self._idling: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, None while nothing was to be said for long."""
        return self._process.pid if self._process else None

    async def speak(self, words: str, language: str, *, slow: bool = False, keep: bool = True) -> bytes:
        """Give `words` as 8 kHz, 16 bit, mono sound; with `keep` off nothing is left of it on the disk.

        Raises `SpeechDown` when no voice can.
        """
        if not words.strip():
            return b""
        why = ""
        for engine in self._engines(language):
            key = sentence_key(engine, language, words, slow=slow)
            if keep and (kept := await asyncio.to_thread(self._cache.get, key)) is not None:
                return kept
            try:
                sound = await self._make(engine, words, language, slow=slow)
            except SpeechDown as error:
                why = why or str(error)
                continue
            if keep:
                await asyncio.to_thread(self._cache.put, key, sound)
            return sound
        raise SpeechDown(why)

    async def warm(self, language: str) -> None:
        """Have the best engine for `language` that works loaded, as while a caller rings.

        Raises `SpeechDown` when none works.
        """
        why = ""
        for engine in self._engines(language):
            try:
                await self._make(engine, "", language)
                return
            except SpeechDown as error:
                why = why or str(error)
        raise SpeechDown(why)

    async def stop(self) -> None:
        """Let go of the process."""
        # Whoever has the turn is not disturbed amid ending the process.
        async with self._turn:
            if self._idling is not None:
                self._idling.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._idling
                self._idling = None
            await self._let_go()

    def _engines(self, language: str) -> list[str]:
        """The engines for `language`, best first; those that rest come last, because silence is worse."""
        tag = language.lower()
        base = tag.partition("-")[0]
        best = [piper] if (piper := self._piper.get(tag) or self._piper.get(base)) else []
        engines = [*best, *([HIBARI] if base == "en" else []), ESPEAK]
        now = asyncio.get_running_loop().time()
        return sorted(engines, key=lambda engine: self._resting.get(engine, 0.0) > now)

    async def _make(self, engine: str, words: str, language: str, *, slow: bool = False) -> bytes:
        """Have one sentence made; one at a time, because they share one process and its one thread."""
        async with self._turn:
            try:
                making = await self._ask(engine, words, language, slow=slow)
                if making.is_cut and making.why != _SILENT:
                    # The process may have died long ago, of something else.
                    making = await self._ask(engine, words, language, slow=slow)
            except asyncio.CancelledError:
                await self._let_go()
                raise
            finally:
                self._idle()
            if making.is_cut:
                self._resting[engine] = asyncio.get_running_loop().time() + _REST_SECONDS
            if making.why:
                raise SpeechDown(making.why)
            return bytes(making.sound)

    async def _ask(self, engine: str, words: str, language: str, *, slow: bool) -> _Making:
        """Have the process make one sentence, and end it when it does not."""
        process = await self._started()
        number, making = self._making = (self._making[0] + 1, _Making())
        process.post(wire.Say(number, engine, language, words, slow))
        ended = asyncio.create_task(process.ended())
        made = asyncio.create_task(making.ended.wait())
        try:
            await asyncio.wait((ended, made), timeout=_LONGEST_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            made.cancel()
        if not making.ended.is_set():
            making.is_cut = True
            making.why = await ended if ended.done() else _SILENT
            await self._let_go()
        return making

    async def _started(self) -> SpeechProcess:
        if self._process is not None and not self._process.is_ended:
            return self._process
        await self._let_go()
        process = SpeechProcess(_MODULE, self._take)
        self._process = process
        try:
            await process.start()
        except SpeechDown:
            await self._let_go()
            raise
        return process

    def _take(self, message: Any) -> None:
        """Take what the process says of the sentence being made, and nothing of an older one."""
        number, making = self._making
        match message:
            case wire.Sound(id=id, sound=sound) if id == number:
                making.sound += sound
            case wire.Said(id=id, why=why) if id == number:
                making.why = why
                making.ended.set()

    def _idle(self) -> None:
        """Count the idle time anew."""
        if self._idling is not None:
            self._idling.cancel()
        self._idling = asyncio.create_task(self._let_go_later(), name="voice idling")

    async def _let_go_later(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        async with self._turn:
            await self._let_go()

    async def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.kill()
