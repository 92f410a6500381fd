"""A call held from its first word to its last: its sound, its keys, and letting go of everything it held."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from flows.listening import Expectation, Keypad
from flows.spoken import Sentence
from gateway.call_book import end_call
from gateway.call_life import CallLife, CallStage, How
from gateway.call_words import common_sentences
from gateway.ears import Ears
from gateway.exchange import Exchange
from gateway.mouth import PAUSE
from modem.audio import tones
from modem.audio.line import Line
from modem.errors import LineLost

log = logging.getLogger(__name__)
R = TypeVar("R")
_NOTHING_KEYED = Keypad(longest=0, at_once="")
SOUND_ALONE = Expectation(
    type="",
    language="",
    phrases=(),
    open=True,
    keypad=_NOTHING_KEYED,
    silence_ms=2500,
    patience_ms=8000,
    record=True,
)
KEYS_ALONE = Expectation(
    type="",
    language="",
    phrases=(),
    open=False,
    keypad=_NOTHING_KEYED,
    silence_ms=0,
    patience_ms=8000,
    keys_only=True,
)


class HeldCall:
    """What every call on a line has in common; what is talked about on it is told by whoever derives from it.

    `hang_up` ends it at the modem. It is broken off after `longest_seconds`.
    """

    def __init__(
        self,
        exchange: Exchange,
        line: Line,
        call_id: int,
        hang_up: Callable[[], Awaitable[None]],
        ears: Ears,
        longest_seconds: float,
    ) -> None:
        self.life = CallLife()
        self._exchange = exchange
        self._line = line
        self._id = call_id
        self._hang_up = hang_up
        self._ears = ears
        self._longest_seconds = longest_seconds
        self._over = asyncio.Event()
        self._counting: asyncio.TimerHandle | None = None

    def press(self, key: str) -> None:
        """Take a key that the modem reported."""
        self._ears.reported(key)

    def end(self, how: How) -> None:
        """End the call from outside: the caller hung up, the modem is gone, the gateway stops."""
        self.life.end(how)
        self._over.set()

    async def _held(self, talk: Coroutine[Any, Any, None]) -> None:
        """Hold the call while `talk` goes on; whatever happens, everything it held is let go."""
        try:
            if self.life.state is not CallStage.ENDED and await self._opens():
                await self._hold(talk)
        finally:
            talk.close()
            self.life.end(How.FAULT)
            await self._close()

    async def _settle(self) -> None:
        """Leave what the call was about as it should be: done once, before its line is let go."""

    async def _opens(self) -> bool:
        self.life.go("pick_up")
        try:
            await self._line.open()
        except LineLost as error:
            log.warning("call has no sound: %s", error, extra={"call": self._id})
            self.life.end(How.LINE_LOST)
        return self.life.state is not CallStage.ENDED

    async def _hold(self, talk: Coroutine[Any, Any, None]) -> None:
        hearing = asyncio.create_task(self._hear())
        talking = asyncio.create_task(self._talk(talk))
        over = asyncio.create_task(self._over.wait())
        self._may_last(self._longest_seconds)
        try:
            await asyncio.wait({hearing, talking, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stop_counting()
            for task in (hearing, talking, over):
                task.cancel()
            await asyncio.gather(hearing, talking, over, return_exceptions=True)

    def _may_last(self, seconds: float) -> None:
        """Break the call off so many seconds from now, whatever was said before."""
        self._stop_counting()
        self._counting = asyncio.get_running_loop().call_later(seconds, self.end, How.TOO_LONG)

    def _stop_counting(self) -> None:
        if self._counting is not None:
            self._counting.cancel()

    async def _hear(self) -> None:
        try:
            await self._ears.run()
        except LineLost as error:
            log.warning("call lost its sound: %s", error, extra={"call": self._id})
            self.life.end(How.LINE_LOST)
        except Exception:
            log.exception("a call could not be heard", extra={"call": self._id})
            self.life.end(How.FAULT)

    async def _talk(self, talk: Coroutine[Any, Any, None]) -> None:
        try:
            await talk
        except LineLost:
            self.life.end(How.LINE_LOST)
        except Exception:
            if self.life.state is CallStage.ENDED:
                return  # it ended this very moment, and there is nothing more to say or to hear
            log.exception("a call failed", extra={"call": self._id})
            self.life.end(How.FAULT)

    async def _say_common(self, key: str, language: str = "") -> None:
        """Say a phrase to its end, in the community's language unless another is named."""
        self.life.go("speak")
        await self._exchange.mouth.say(self._line, self._common(key, language), slow=False)

    def _common(self, key: str, language: str = "") -> list[Sentence]:
        turns = self._exchange.turns
        return common_sentences(turns.library, turns.community, key, language)

    async def _say_until_interrupted(
        self, sentences: Sequence[Sentence], *, slow: bool = False, by_voice: bool = False
    ) -> bool:
        """Say sentences until they were heard or interrupted, and tell whether they were heard out."""
        self.life.go("speak")
        saying = asyncio.create_task(self._exchange.mouth.say(self._line, sentences, slow=slow))
        interrupted = asyncio.create_task(self._ears.interrupted(by_voice=by_voice))
        try:
            await asyncio.wait({saying, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if not saying.done():
                self._line.hush()
                return False
            saying.result()
            return True
        finally:
            for task in (saying, interrupted):
                task.cancel()
            await asyncio.gather(saying, interrupted, return_exceptions=True)

    async def _beep(self) -> None:
        self._line.say(PAUSE + tones.beep())
        await self._line.said()

    async def _close(self) -> None:
        """End it everywhere: in what it is about, at the modem, in the books; each in spite of the others."""
        ex = self._exchange
        await self._spare(self._settle())
        how = self.life.how or How.FAULT
        await self._spare(self._line.close())
        lost = self._line.dropped
        if lost.heard or lost.said:
            log.warning("sound was dropped", extra={"call": self._id, "heard": lost.heard, "said": lost.said})
        if how not in (How.HUNG_UP, How.MODEM_LOST):
            await self._spare(self._hang_up())
        await self._spare(self._leave())
        await self._spare(ex.store.write(end_call, self._id, how, ex.clock.now()))
        ex.queued()

    async def _leave(self) -> None:
        """Tell whatever goes on without the call that it is over: done once, after it was hung up."""

    async def _spare(self, step: Awaitable[R]) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await step
            except Exception as error:
                log.warning("a call's end was not tidy: %s", type(error).__name__, extra={"call": self._id})
