"""One call: it is spoken to and listened to, turn by turn, until one side ends it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from flows.conversation import RECORDED, Heard, HungUp, Input, Keyed, Silence
from flows.listening import Expectation, Keypad
from flows.spoken import Sentence
from gateway.call_life import CallLife, CallStage, How
from gateway.call_recordings import CallRecordings
from gateway.call_turns import CallTurn, take_call_turn
from gateway.call_words import common_sentences
from gateway.ears import Ears, Recorded
from gateway.exchange import Exchange
from gateway.mouth import PAUSE
from gateway.store import calls
from gateway.store.database import Tx
from gateway.store.events import write_event
from modem.audio import tones
from modem.audio.barge_in import BargeIn
from modem.audio.line import RATE, Line
from modem.errors import LineLost

log = logging.getLogger(__name__)
R = TypeVar("R")

LONGEST_CALL_SECONDS = 15 * 60.0
SHORTEST_MESSAGE_SECONDS = 1.0
VOICEMAIL = Expectation(
    type="free_text",
    language="",
    phrases=(),
    open=True,
    keypad=Keypad(longest=0, at_once=""),
    silence_ms=2500,
    patience_ms=8000,
    record=True,
)


class Call:
    """A call with a resident on a line; `hang_up` ends it at the modem.

    `barge_in` hears a caller who speaks over us, None where they interrupt by keys alone.
    """

    def __init__(
        self,
        exchange: Exchange,
        line: Line,
        resident_id: int,
        call_id: int,
        hang_up: Callable[[], Awaitable[None]],
        barge_in: BargeIn | None = None,
    ) -> None:
        self.life = CallLife()
        self._exchange = exchange
        self._line = line
        self._resident_id = resident_id
        self._id = call_id
        self._hang_up = hang_up
        self._recordings = CallRecordings(exchange, call_id, resident_id)
        self._ears = Ears(line, exchange.recogniser, barge_in)
        self._last: tuple[Sentence, ...] = ()
        self._said: tuple[Sentence, ...] = ()
        self._listening_to: CallTurn | None = None
        self._over = asyncio.Event()

    def press(self, key: str) -> None:
        """Take a key that the modem reported."""
        self._ears.reported(key)

    def end(self, how: How) -> None:
        """End the call from outside: the caller hung up, the modem is gone, the gateway stops."""
        self.life.end(how)
        self._over.set()

    async def run(self, opening: Input | None, *, greeted: bool = False) -> None:
        """Hold the call from its first word to its last; whatever happens, everything it held is let go.

        Without an `opening` only a message is taken: the gateway is closed. With `greeted` we rang:
        whoever picked up speaks first, and a machine is left alone.
        """
        try:
            if self.life.state is not CallStage.ENDED and await self._opens():
                await self._hold(opening, greeted)
        finally:
            self.life.end(How.FAULT)
            await self._close()

    async def _opens(self) -> bool:
        self.life.go("pick_up")
        try:
            await self._line.open()
        except LineLost as error:
            log.warning("call has no sound: %s", error, extra={"call": self._id})
            self.life.end(How.LINE_LOST)
        return self.life.state is not CallStage.ENDED

    async def _hold(self, opening: Input | None, greeted: bool) -> None:
        hearing = asyncio.create_task(self._hear())
        talking = asyncio.create_task(self._talk(opening, greeted))
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait(
                {hearing, talking, over},
                timeout=LONGEST_CALL_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not any(task.done() for task in (hearing, talking, over)):
                self.life.end(How.TOO_LONG)
        finally:
            for task in (hearing, talking, over):
                task.cancel()
            await asyncio.gather(hearing, talking, over, return_exceptions=True)

    async def _hear(self) -> None:
        try:
            await self._ears.run()
        except LineLost as error:
            log.warning("call lost its sound: %s", error, extra={"call": self._id})
            self.life.end(How.LINE_LOST)
        except Exception:
            log.exception("a call could not be heard", extra={"call": self._id})
            self.life.end(How.FAULT)

    async def _talk(self, opening: Input | None, greeted: bool) -> None:
        try:
            if greeted and not await self._ears.greeted_by_person():
                self.life.end(How.MACHINE)
                return
            if opening is None:
                await self._take_message()
            else:
                await self._converse(opening)
        except LineLost:
            self.life.end(How.LINE_LOST)
        except Exception:
            log.exception("a call failed", extra={"call": self._id})
            self.life.end(How.FAULT)

    async def _converse(self, opening: Input) -> None:
        turn = await self._turn(opening)
        while True:
            await self._say(turn)
            if turn.happened & {"call.goodbye", "call.give_up"}:
                self.life.end(How.SILENT if "call.give_up" in turn.happened else How.FINISHED)
                return
            turn = await self._turn(await self._answer(turn))

    async def _take_message(self) -> None:
        """Take a message from whoever rings while nobody can talk, and thank them."""
        turns = self._exchange.turns

        async def say(key: str) -> None:
            self.life.go("speak")
            sentences = common_sentences(turns.library, turns.community, key)
            await self._exchange.mouth.say(self._line, sentences, slow=False)

        await say("call.closed")
        await self._beep()
        self.life.go("listen")
        answer = await self._ears.listen(replace(VOICEMAIL, language=turns.community.language))
        if isinstance(answer, Recorded):
            await self._recordings.keep("voicemail", answer)
            await say("call.recorded")
            await say("call.goodbye")
        self.life.end(How.FINISHED if isinstance(answer, Recorded) else How.SILENT)

    async def _turn(self, event: Input) -> CallTurn:
        ex = self._exchange
        turn = await ex.store.write(take_call_turn, ex.turns, self._resident_id, event, ex.clock.now())
        ex.queued()
        return turn

    async def _answer(self, turn: CallTurn) -> Heard | Keyed | Silence:
        """Listen for the answer; where a cough or a noise broke off what was said, say it once more first."""
        spoken_over = self._ears.spoken_over
        answer = await self._listen(turn)
        if spoken_over and answer in (Heard(()), Silence()):
            await self._speak(self._said, turn, by_voice=False)
            answer = await self._listen(turn)
        return answer

    async def _say(self, turn: CallTurn) -> None:
        """Say what the turn says, until it is heard or the caller breaks it off."""
        self._said = (*self._last, *turn.sentences) if turn.again else turn.sentences
        if turn.sentences:
            self._last = turn.sentences
        # Whoever is in danger speaks on, and still has to hear what to do.
        listens = not turn.expectation.keys_only and "emergency" not in turn.happened
        await self._speak(self._said, turn, by_voice=listens)

    async def _speak(self, sentences: tuple[Sentence, ...], turn: CallTurn, *, by_voice: bool) -> None:
        """Say sentences; a key pressed meanwhile is listened to at once, so is a voice where `by_voice`."""
        self.life.go("speak")
        saying = asyncio.create_task(self._exchange.mouth.say(self._line, sentences, slow=turn.slow))
        interrupted = asyncio.create_task(self._ears.interrupted(by_voice=by_voice))
        try:
            await asyncio.wait({saying, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if saying.done():
                saying.result()
                if not turn.expectation.record:  # there the tone says from when
                    self._ears.listen_back()
            else:
                self._line.hush()
        finally:
            for task in (saying, interrupted):
                task.cancel()
            await asyncio.gather(saying, interrupted, return_exceptions=True)

    async def _listen(self, turn: CallTurn) -> Heard | Keyed | Silence:
        self.life.go("listen")
        if turn.expectation.record and not self._ears.spoken_over:
            await self._beep()
        self._listening_to = turn
        answer = await self._ears.listen(turn.expectation)
        if not isinstance(answer, Recorded):
            return answer
        if not turn.expectation.secret:
            await self._keep(answer, turn)
        return answer.answer

    async def _beep(self) -> None:
        self._line.say(PAUSE + tones.beep())
        await self._line.said()

    async def _keep(self, recorded: Recorded, turn: CallTurn) -> None:
        kind = "message" if turn.happened & {"person.wanted", "person.message"} else "answer"
        await self._recordings.keep(kind, recorded, turn.flow, turn.step)

    async def _keep_unfinished(self) -> None:
        """Keep what a caller said who hung up instead of pressing #, as most people do."""
        if len(self._ears.unfinished) / 2 / RATE < SHORTEST_MESSAGE_SECONDS:
            return
        recorded = Recorded(self._ears.unfinished, Heard((RECORDED,)))
        turn = self._listening_to
        if turn is None:
            await self._recordings.keep("voicemail", recorded)
        elif not turn.expectation.secret:
            await self._keep(recorded, turn)
            await self._turn(recorded.answer)

    async def _close(self) -> None:
        """End it everywhere: at the modem, in the conversation, in the books; each in spite of the others."""
        ex = self._exchange
        await self._spare(self._keep_unfinished())
        how = self.life.how or How.FAULT
        await self._spare(self._line.close())
        lost = self._line.dropped
        if lost.heard or lost.said:
            log.warning("sound was dropped", extra={"call": self._id, "heard": lost.heard, "said": lost.said})
        if how not in (How.HUNG_UP, How.MODEM_LOST):
            await self._spare(self._hang_up())
        await self._spare(
            ex.store.write(take_call_turn, ex.turns, self._resident_id, HungUp(), ex.clock.now())
        )
        await self._spare(ex.store.write(_book_end, self._id, how, ex.clock.now()))
        ex.queued()

    async def _spare(self, step: Coroutine[Any, Any, R] | Awaitable[R]) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await step
            except Exception as error:
                log.warning("a call's end was not tidy: %s", type(error).__name__, extra={"call": self._id})


def _book_end(tx: Tx, call_id: int, how: How, now: datetime) -> None:
    calls.end_call(tx, call_id, how.value, now)
    write_event(tx, "call.ended", f"call:{call_id}", {"how": how.value}, now)


__all__ = ["Call", "CallStage", "Exchange"]
