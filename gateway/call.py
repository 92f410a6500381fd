"""One call: it is spoken to and listened to, turn by turn, until one side ends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from flows.conversation import RECORDED, Heard, HungUp, Input, Keyed, Silence
from flows.keypad import PERSON_KEY, REPEAT_KEY
from flows.listening import ENTRY_PAUSE_MS, Keypad
from flows.spoken import Sentence
from flows.words import MENU
from gateway.call_life import How
from gateway.call_recordings import CallRecordings
from gateway.call_turns import CallTurn, take_call_turn
from gateway.ears import Ears, Recorded
from gateway.exchange import Exchange
from gateway.held_call import KEYS_ALONE, SOUND_ALONE
from gateway.put_through import MOST_ATTEMPTS, Outcome, PutThrough
from gateway.reading import LONGEST_READING_SECONDS, PromptReading
from gateway.reading_code import CODE_DIGITS, code_waits, use_code
from gateway.store.people import Resident
from modem.audio.barge_in import BargeIn
from modem.audio.line import RATE, Line
from modem.errors import ModemError

LONGEST_CALL_SECONDS = 15 * 60.0
SHORTEST_MESSAGE_SECONDS = 1.0
VOICEMAIL = replace(SOUND_ALONE, type="free_text")
ACCEPT_KEY = "5"  # not one that somebody presses who wants to get on in a menu

READING_OFF_MS = 4000  # between two digits: whoever keys a code reads it from a paper
READING_CODE = replace(
    KEYS_ALONE,
    keypad=Keypad(longest=CODE_DIGITS, at_once=PERSON_KEY + REPEAT_KEY, pause_ms=READING_OFF_MS),
    patience_ms=ENTRY_PAUSE_MS,
)
_HASH = Keyed("")
_PERSON_WANTED = frozenset({"person.wanted", "person.wanted_again"})


class Call(PromptReading):
    """A call with a resident on a line; `hang_up` ends it at the modem.

    `barge_in` hears a caller who speaks over us, None where they interrupt by keys alone; `through` puts a
    caller through who wants a person, None where they leave a message. With `takes_code` a neighbour who
    keys # and the code reads the prompts.
    """

    def __init__(
        self,
        exchange: Exchange,
        line: Line,
        resident_id: int,
        call_id: int,
        hang_up: Callable[[], Awaitable[None]],
        barge_in: BargeIn | None = None,
        through: PutThrough | None = None,
        takes_code: bool = False,
    ) -> None:
        ears = Ears(line, exchange.recogniser, barge_in)
        super().__init__(exchange, line, call_id, hang_up, ears, LONGEST_CALL_SECONDS)
        self._resident_id = resident_id
        self._through = through
        self._attempts = 0
        self._takes_code = takes_code
        self._reads = False
        self._recordings = CallRecordings(exchange, call_id, resident_id)
        self._last: tuple[Sentence, ...] = ()
        self._said: tuple[Sentence, ...] = ()
        self._listening_to: CallTurn | None = None

    async def run(self, opening: Input | None, *, greeted: bool = False) -> None:
        """Hold the call from its first word to its last; whatever happens, everything it held is let go.

        Without an `opening` only a message is taken: the gateway is closed. With `greeted` we rang:
        whoever picked up speaks first, and a machine is left alone.
        """
        await self._held(self._talk_about(opening, greeted))

    async def _talk_about(self, opening: Input | None, greeted: bool) -> None:
        if greeted and not await self._ears.greeted_by_person():
            self.life.end(How.MACHINE)
        elif opening is None:
            await self._take_message()
        else:
            await self._converse(opening)

    async def _converse(self, opening: Input) -> None:
        turn, greeting = await self._turn(opening), True
        while True:
            if turn.happened & _PERSON_WANTED and await self._put_through(turn):
                return
            await self._say(turn)
            if turn.happened & {"call.goodbye", "call.give_up"}:
                self.life.end(How.SILENT if "call.give_up" in turn.happened else How.FINISHED)
                return
            answer = await self._answer(turn)
            if answer == _HASH and await self._may_be_code(turn, greeting=greeting):
                answer = await self._take_code(turn)
            if self._reads:
                return
            turn, greeting = await self._turn(answer), False

    async def _may_be_code(self, turn: CallTurn, *, greeting: bool) -> bool:
        """Tell whether # may begin the code of a neighbour who reads the prompts."""
        ex, expected = self._exchange, turn.expectation
        if not self._takes_code or not (greeting or turn.flow == MENU) or expected.record or expected.secret:
            return False
        return await ex.store.read(code_waits, ex.clock.now())

    async def _take_code(self, turn: CallTurn) -> Heard | Keyed | Silence:
        """Take the code and have the prompts read; give what was keyed where it is none."""
        keyed = await self._ears.listen(READING_CODE)
        if not isinstance(keyed, Keyed) or len(keyed.keys) < 2:
            return keyed if isinstance(keyed, Keyed) else _HASH
        ex, now, language = self._exchange, self._exchange.clock.now(), ""
        if len(keyed.keys) == CODE_DIGITS:
            language = await ex.store.write(use_code, keyed.keys, self._resident_id, self._id, now)
        if not language:
            await self._say_common("call.read.wrong_code", turn.expectation.language)
            return _HASH
        self._reads = True
        self._may_last(LONGEST_READING_SECONDS)
        await self._read_prompts(language)
        return _HASH

    async def _put_through(self, turn: CallTurn) -> bool:
        """Join the caller with somebody on duty; False where nobody is reached, and a message is left."""
        if self._through is None or self._attempts >= MOST_ATTEMPTS:
            return False
        people = await self._through.on_duty(self._resident_id)
        if not people:
            return False
        self._attempts += 1
        language = turn.expectation.language
        await self._say_common("call.through.wait", language)
        try:
            outcome = await self._through.reach(people, self._accepts, self._joined)
        except ModemError:
            self.life.end(How.MODEM_LOST)
            return True
        if outcome is Outcome.REFUSED:
            self._attempts = MOST_ATTEMPTS
        if outcome in (Outcome.NOBODY, Outcome.REFUSED):
            await self._say_common("call.through.nobody", language)
            return False
        self.life.end(How.HUNG_UP if outcome is Outcome.CALLER_GONE else How.PUT_THROUGH)
        return True

    async def _accepts(self, person: Resident) -> bool:
        """Ask whoever picked up whether they take the call: an answering machine does not."""
        while self._ears.next_key():
            pass  # pressed by the caller
        if not await self._ears.greeted_by_person():
            return False
        language = person.language or self._exchange.turns.community.language
        await self._say_until_interrupted(self._common("call.through.offer", language))
        self.life.go("listen")
        answer = await self._ears.listen(KEYS_ALONE)
        return isinstance(answer, Keyed) and answer.keys == ACCEPT_KEY

    def _joined(self, seconds: float) -> None:
        self.life.go("put_through")
        self._may_last(seconds)

    async def _take_message(self) -> None:
        """Take a message from whoever rings while nobody can talk, and thank them."""
        await self._say_common("call.closed")
        await self._beep()
        self.life.go("listen")
        language = self._exchange.turns.community.language
        answer = await self._ears.listen(replace(VOICEMAIL, language=language))
        if isinstance(answer, Recorded):
            await self._recordings.keep("voicemail", answer)
            await self._say_common("call.recorded")
            await self._say_common("call.goodbye")
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
        heard_out = await self._say_until_interrupted(sentences, slow=turn.slow, by_voice=by_voice)
        if heard_out and not turn.expectation.record:  # there the tone says from when
            self._ears.listen_back()

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

    async def _keep(self, recorded: Recorded, turn: CallTurn) -> None:
        kind = "message" if turn.for_person else "answer"
        await self._recordings.keep(kind, recorded, turn.flow, turn.step)

    async def _settle(self) -> None:
        """Keep what a caller said who hung up instead of pressing #, as most people do."""
        if self._reads or len(self._ears.unfinished) / 2 / RATE < SHORTEST_MESSAGE_SECONDS:
            return
        recorded = Recorded(self._ears.unfinished, Heard((RECORDED,)))
        turn = self._listening_to
        if turn is None:
            await self._recordings.keep("voicemail", recorded)
        elif not turn.expectation.secret:
            await self._keep(recorded, turn)
            await self._turn(recorded.answer)

    async def _leave(self) -> None:
        """Leave the conversation where a text or another call can go on with it."""
        await self._turn(HungUp())
