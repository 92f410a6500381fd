"""A caller who listens: says an answer, says it again where it was not understood, then presses it, and
refuses whatever is read back wrong.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from flows.conversation import Conversation
from gateway.store import people
from gateway.store.conversations import latest_conversation
from gateway.store.database import Tx
from tests.benchmarks.speech.wishes import NO, Answer, Wish
from tests.calls.ringing import Caller, RingingTown
from tests.modem.callers import Condition, Speaker, on_the_line, say, silence

TRIES = 2
MOST_TURNS = 30
BACK = "9"
BACK_IS_A_DIGIT = ("day", "time")
"""Steps at which 9 begins an entry: what was taken wrongly before them is put right at the end."""

CHANGE = "change"
GOODBYE = "안녕히 계세요"


class How(StrEnum):
    """How an answer got across."""

    AT_ONCE = "at once"
    SECOND = "at the second try"
    KEYS = "by keys"


@dataclass(slots=True)
class Score:
    """How answers got across, by kind; how many were taken wrongly and refused at once, or at the end;
    how many wishes were done, how many callers gave up, on how many the gateway rang off, and how often
    it asked whether there was an emergency.
    """

    answers: Counter[tuple[str, How]] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refused_at_the_end: int = 0
    done: Counter[str] = field(default_factory=Counter)
    given_up: Counter[str] = field(default_factory=Counter)
    rung_off: int = 0
    asked_if_cry: int = 0


@dataclass(slots=True)
class CarefulCaller:
    """One caller with a voice, on a line of some condition."""

    town: RingingTown
    number: str
    speaker: Speaker
    condition: Condition
    score: Score
    _said: int = 0
    _wrong: str = ""

    async def has_done(self, wish: Wish) -> None:
        """Ring, have the wish done by ear and key, and hang up; give up where it leads elsewhere."""
        await self.town.ready()
        caller = await self.town.rings(self.number)
        text = await caller.hears(out=True)
        tries: Counter[str] = Counter()
        wrong = ""
        for _ in range(MOST_TURNS):
            stand = await self._stands()
            if GOODBYE in text:
                self.score.rung_off += 1
            if stand is None or GOODBYE in text or (wish.done and wish.done in text):
                break
            if stand.call.cry:
                self.score.asked_if_cry += 1
                text = await caller.says(self._sound(NO))
                continue
            if stand.step == CHANGE and wrong:
                text = await caller.presses(wrong, out=True)
            elif stand.step == wish.binds and (wrong := self._read_back_wrongly(wish, text)):
                tries[NO] += 1
                text = await (
                    caller.says(self._sound(NO)) if tries[NO] <= TRIES else caller.presses("2", out=True)
                )
            elif stand.step in wish.answers:
                tries[stand.step] += 1
                text = await self._answers(caller, wish, stand, tries[stand.step])
            else:
                break
        reached = wish.done in text if wish.done else await self._is_in(wish.flow)
        (self.score.done if reached else self.score.given_up)[wish.flow] += 1
        if not caller.call.over:
            await caller.call.hang_up()
        await self.town.ready()

    async def _answers(self, caller: Caller, wish: Wish, stand: Conversation, attempt: int) -> str:
        """Give an answer in whatever way is left, refuse it where it was taken wrongly; give what is said."""
        answer = wish.answers[stand.step]
        text = ""
        if answer.words and attempt <= TRIES:
            how = How.AT_ONCE if attempt == 1 else How.SECOND
            text = await caller.says(self._sound(answer.words))
            if GOODBYE in text:
                return text
        else:
            how = How.KEYS
            for key in answer.keys:
                text = await caller.presses(key, out=True)
        after = await self._stands()
        if after is None or (after.flow, after.step) == (stand.flow, stand.step):
            return text
        if how is not How.KEYS and not _taken_rightly(wish, stand, after, answer, text):
            self.score.refused[answer.kind] += 1
            return text if after.step in BACK_IS_A_DIGIT else await caller.presses(BACK, out=True)
        self.score.answers[answer.kind, how] += 1
        return text

    def _read_back_wrongly(self, wish: Wish, text: str) -> str:
        """Give the key that changes an answer read back otherwise than it was meant, '' when all are right.

        What was read back counts until it is read back anew: "yes or no?" alone says nothing of it.
        """
        wrong = [answer for answer in wish.answers.values() if answer.said_back not in text]
        read_back = [answer for answer in wish.answers.values() if answer.said_back and answer not in wrong]
        if read_back or not wrong:
            before, self._wrong = self._wrong, (wrong[0].change or BACK) if wrong else ""
            self.score.refused_at_the_end += bool(self._wrong) and not before
        return self._wrong

    def _sound(self, words: str) -> bytes:
        self._said += 1
        said = silence(0.3) + say(words, "ko", self.speaker) + silence(1.2)
        return on_the_line(said, self.condition, self._said)

    async def _is_in(self, flow: str) -> bool:
        stand = await self._stands()
        return stand is not None and stand.flow == flow

    async def _stands(self) -> Conversation | None:
        def look(tx: Tx) -> Conversation | None:
            resident = people.resident_by_number(tx, self.number)
            kept = latest_conversation(tx, resident.id) if resident else None
            return kept.conversation if kept else None

        return await self.town.gateway.store.read(look)


def _taken_rightly(wish: Wish, stand: Conversation, after: Conversation, answer: Answer, text: str) -> bool:
    """Tell whether what is said after an answer shows that it was taken for what it was."""
    if stand.step == wish.binds:
        return wish.done in text
    return after.flow == wish.flow and answer.said_back in text
