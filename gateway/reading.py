"""Calls in which a neighbour reads the prompts: each is said, read, played back, and kept or read again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

from flows.conversation import Keyed, Silence
from flows.listening import Expectation
from flows.spoken import Sentence
from gateway.call_life import How
from gateway.call_words import filled
from gateway.ears import Ears, Recorded
from gateway.exchange import Exchange
from gateway.held_call import KEYS_ALONE, SOUND_ALONE, HeldCall
from gateway.mouth import PAUSE
from gateway.prompts import NotAClip, ToRecord, clip_of, keep_clip, to_record
from modem.audio.line import Line

log = logging.getLogger(__name__)

LONGEST_READING_SECONDS = 40 * 60.0
KEEP, AGAIN, LEAVE_OUT, STOP = "1", "2", "3", "9"
SILENCES = 2
_PATIENCE_MS = 10_000
_READ = replace(SOUND_ALONE, patience_ms=_PATIENCE_MS)
_DECIDE = replace(KEYS_ALONE, patience_ms=_PATIENCE_MS)
_HASH_SECONDS = 0.1  # of the tone of the key that ends a reading, until it is certain


class PromptReading(HeldCall):
    """A call in which prompts may be read by whoever is on the line.

    What they keep lies in the operator's folder at once. What lies there already is not read again: another
    call goes on where this one stops.
    """

    _silences = 0

    async def _read_prompts(self, language: str) -> None:
        """Have the prompts of a language read, until everything is or whoever reads has had enough."""
        self._ears.recogniser = self._ears.barge_in = None  # all that counts is the sound, and the keys
        left = list(self._left(language))
        if not left:
            await self._say_common("call.read.nothing", language)
        elif not await self._say_until_interrupted(self._common("call.read.welcome", language)):
            self._ears.next_key()  # whoever has read before need not hear it out
        for prompt in left:
            if not await self._read_one(prompt, language):
                break
        await self._say_common("call.read.thanks", language)
        self.life.end(How.FINISHED if self._silences < SILENCES else How.SILENT)

    def _left(self, language: str) -> Iterator[ToRecord]:
        """Give what has not been read yet, by this neighbour or by another."""
        turns = self._exchange.turns
        places = {place.key: place.label for place in turns.community.places}
        for prompt in to_record(turns.library, language, places):
            if not (self._folder() / prompt.file).is_file():
                yield prompt

    def _folder(self) -> Path:
        return self._exchange.mouth.clips[0]

    async def _read_one(self, prompt: ToRecord, language: str) -> bool:
        """Have one prompt read until it is kept or left out; give whether to go on to the next."""
        words = Sentence(filled(prompt.words, self._exchange.turns.community), language)
        while True:
            await self._say_until_interrupted([words])
            match await self._listen_to_reader(_READ):
                case Recorded(sound=sound):
                    key = await self._decide(prompt, sound, language)
                case Keyed(keys=pressed):
                    key = pressed if pressed in (LEAVE_OUT, STOP) else AGAIN
                case _:
                    key = AGAIN
            if key in (KEEP, LEAVE_OUT):
                return True
            if key == STOP or self._silences >= SILENCES:
                return False

    async def _decide(self, prompt: ToRecord, sound: bytes, language: str) -> str:
        """Play back what was read, and give what whoever read it wants done with it."""
        try:
            clip = clip_of(sound[: len(sound) - round(_HASH_SECONDS * 16_000)])
        except NotAClip:
            await self._say_common("call.read.unheard", language)
            return AGAIN
        self._line.say(PAUSE + clip + PAUSE)
        await self._say_until_interrupted(self._common("call.read.keep", language))
        answer = await self._listen_to_reader(_DECIDE)
        key = answer.keys if isinstance(answer, Keyed) else ""
        if key == KEEP:
            keep_clip(clip, self._folder() / prompt.file)
            log.info("a prompt was read", extra={"call": self._id})
        return key

    async def _listen_to_reader(self, expected: Expectation) -> object:
        self.life.go("listen")
        if expected.record:
            await self._beep()
        answer = await self._ears.listen(expected)
        self._silences = self._silences + 1 if isinstance(answer, Silence) else 0
        return answer


class Reading(PromptReading):
    """One call of ours to a neighbour who lends their voice for `language`, for `seconds_left` at most."""

    def __init__(
        self,
        exchange: Exchange,
        line: Line,
        call_id: int,
        hang_up: Callable[[], Awaitable[None]],
        language: str,
        seconds_left: float,
    ) -> None:
        longest = min(LONGEST_READING_SECONDS, seconds_left)
        super().__init__(exchange, line, call_id, hang_up, Ears(line, None), longest)
        self._language = language

    async def run(self) -> None:
        """Hold the call until everything is read, or whoever reads has had enough."""
        await self._held(self._read())

    async def _read(self) -> None:
        if await self._ears.greeted_by_person():
            await self._read_prompts(self._language)
        else:
            self.life.end(How.MACHINE)
