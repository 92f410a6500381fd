"""What is said on a call: recorded clips first, because a neighbour's voice is trusted; then a voice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.spoken import Clip, Sentence
from modem.audio.line import RATE, Line
from modem.errors import SpeechDown
from modem.speech.protocols import Voice

log = logging.getLogger(__name__)

PAUSE = bytes(2 * RATE // 4)
"""A quarter of a second between two sentences, and before the tone after which a caller may speak."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """Says sentences on a line. `clips` are the folders with recordings, the operator's own first."""

    voice: Voice
    clips: Sequence[Path]

    async def say(self, line: Line, sentences: Sequence[Sentence], *, slow: bool) -> None:
        """Say the sentences and wait until they were heard; the next is made while one is said.

        Raises LineLost.
        """
        from modem.audio import wav  # only calls need it, and all of numpy with it

        pause = b""  # none after the last one, because answers come at once
        for sentence in sentences:
            sound = await self.sound(sentence, slow=slow)
            if sound:
                line.say(pause + wav.join([sound]))
                pause = PAUSE
        await line.said()

    async def sound(self, sentence: Sentence, *, slow: bool = False) -> bytes:
        """Give a sentence as sound, empty when nothing can say it: the keys still work."""
        try:
            return await self._sound(sentence, slow=slow)
        except SpeechDown as error:
            log.warning("a sentence was not said: %s", error)
            return b""

    async def _sound(self, sentence: Sentence, *, slow: bool) -> bytes:
        whole = self._recorded([sentence.clip] if sentence.clip else [], sentence.language)
        if whole:
            return whole
        parts = [self._recorded(piece.clips, sentence.language) for piece in sentence.pieces]
        if parts and all(parts):
            from modem.audio import wav

            return wav.join(parts)
        # A key breaks off what is said, not the making of it: the voice would have to be loaded anew.
        making = asyncio.create_task(
            self.voice.speak(sentence.text, sentence.language, slow=slow, keep=not sentence.private)
        )
        making.add_done_callback(lambda made: made.cancelled() or made.exception())
        return await asyncio.shield(making)

    async def prepare(self, sentences: Sequence[Sentence]) -> int:
        """Make the sentences known beforehand, so that no caller waits for them; give how many.

        Where one cannot be said the others are not tried, and one warning tells why.
        """
        made = 0
        for sentence in sentences:
            try:
                made += not sentence.private and bool(await self._sound(sentence, slow=False))
            except SpeechDown as error:
                log.warning("prompts are not made beforehand: %s", error)
                break
            await asyncio.sleep(0)
        return made

    def _recorded(self, clips: Sequence[Clip], language: str) -> bytes:
        """Give the clips one after the other, empty unless all of them are there."""
        files = [self._file(clip, language) for clip in clips]
        there = [file for file in files if file is not None]
        if not there or len(there) < len(files):
            return b""
        from modem.audio import wav

        return wav.join(wav.read(file) for file in there)

    def _file(self, clip: Clip, language: str) -> Path | None:
        for folder in self.clips:
            file = folder / clip.flow / "audio" / language / f"{clip.key}.wav"
            if file.is_file():
                return file
        return None
