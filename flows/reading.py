"""What a text answers, read against the question a conversation stands at and those it may answer besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.answers import TYPES
from flows.answers.base import Answer, Question, Unclear, Understood
from flows.conversation import Setting
from flows.facts import MOMENTS, Asked, Marks, corrections, facts, of_moment
from flows.model import Ask
from flows.stand import Stand
from flows.value import Value
from flows.words import spoken


@dataclass(slots=True)
class Reading:
    """Reads texts in `language` for a conversation that stands at `stand`."""

    stand: Stand
    setting: Setting
    language: str
    _asking: dict[str, tuple[Ask, Question]] = field(default_factory=dict, init=False)
    _plain: Question | None = field(default=None, init=False)

    @property
    def several(self) -> tuple[str, ...]:
        """The steps of which one text may answer several (none where the argument is one step's)."""
        steps = self.stand.flow.argument
        return steps if len(steps) > 1 else ()

    def answer(self, body: str) -> Answer:
        """Try to understand a text as an answer to the present question, or to it among others."""
        ask, question = self._asks(self.stand.step)
        answer = TYPES[ask.type].parse(body, question)
        if isinstance(answer, Unclear) and self.stand.step in self.several:
            found = facts(body, self._asked(), self._marks(), (ask.name,)).get(ask.name)
            return Understood(found) if found else answer
        return answer

    def at_keyword(self, words: str) -> Mapping[str, Value]:
        """Give every answer that the words after a keyword hold, where one text may answer several steps."""
        asked = self._asked()
        return facts(words, asked, self._marks(), [ask.name for ask, _ in asked]) if words else {}

    def besides(self, body: str) -> Mapping[str, Value]:
        """Give what an answer says plainly beside what it answers."""
        if self.stand.step not in self.several or body.isdigit():
            return {}
        asked, marks = self._asked(), self._marks()
        found = facts(body, asked, marks, ())
        present = self.stand.ask
        if present.type in MOMENTS and present.name in marks:  # "2pm" is meant for what is asked
            others = {ask.name for ask, _ in asked if ask.type == present.type} - {present.name}
            found = {name: value for name, value in found.items() if name not in others}
        return found

    def corrected(self, body: str) -> Mapping[str, Value]:
        """Give the answers a text changes."""
        if self.stand.ask.type == "yes_no":
            body = self._without_yes_or_no(body)
        return corrections(body, self._asked(), self._marks(), self.stand.answers)

    def moment(self, body: str) -> Value | None:
        """Give the day or time the present question asks for, where a text not meant for it names one."""
        ask = self.stand.ask
        if not body or ask.type not in MOMENTS or self.several:
            return None
        return of_moment(spoken(body), *self._asks(self.stand.step))

    def begun(self) -> bool:
        """Tell whether any of several questions has been answered."""
        return any(self.stand.ask_of(name).name in self.stand.answers for name in self.several)

    def _without_yes_or_no(self, body: str) -> str:
        """Leave out the word a correction may begin with, for a no before a day would deny that day."""
        first, _, rest = body.strip().partition(" ")
        answer = TYPES["yes_no"].parse(first, self._asks(self.stand.step)[1])
        return rest if isinstance(answer, Understood) else body

    def _asks(self, step: str) -> tuple[Ask, Question]:
        """Give what a step asks, made once for all that is read, unless an answer may change its choices."""
        known = self._asking.get(step)
        if known is None:
            ask = self.stand.ask_of(step)
            known = ask, self._question(ask)
            if not ask.choices_from:
                self._asking[step] = known
        return known

    def _question(self, ask: Ask) -> Question:
        """Give what an answer is read against, the same for all that is asked without options."""
        if ask.options:
            return self.stand.question(ask, self.setting, self.language)
        if self._plain is None:
            self._plain = self.stand.question(ask, self.setting, self.language)
        return self._plain

    def _asked(self) -> Asked:
        return [self._asks(step) for step in self.several]

    def _marks(self) -> Marks:
        texts = self.stand.flow.texts.get(self.language)
        return texts.marks if texts else {}
