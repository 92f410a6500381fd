"""One turn in the making: what the engine can do with a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.answers.base import Answer, Unclear, Understood
from flows.choosing import outcome
from flows.library import COMMON
from flows.limits import CORRECTED, EXTRAS, LIVE, UNCLEAR, UNCLEAR_EXPLAINS, WORDS
from flows.said import NO_VALUES
from flows.stand import Stand
from flows.steps import Steps
from flows.value import Value
from flows.words import HINT


class Walk(Steps):
    """A conversation during one turn: answered, corrected, left, gone back in, handed to a person."""

    def begin_aside(self, flow: str, argument: str, answers: Mapping[str, Value] = NO_VALUES) -> bool:
        """Start another flow within a question; one that ends at once leads back to the question.

        False when it asks something, so that the conversation before it was left.
        """
        before, place = self.stand, self.said.count
        self.stand = Stand(self.library)
        self._start(flow, answers, argument)
        self._enter(self.stand.flow.start)
        if self.status not in LIVE:
            self.stand = before
            if self.status == "active":
                self.ask_again()
            return True
        self.said.happened_at(place, "conversation.ended", flow=before.flow.name, status="left")
        self.finish(before, "left")
        return False

    def stand_at(self, flow: str) -> None:
        """Leave whatever is going on and stand at the first question of a flow without asking it."""
        self.leave("left")
        self._start(flow, NO_VALUES, "")
        self.stand.step = self.stand.flow.start

    def keep(self, words: str) -> None:
        """Keep words for the flow that the present one goes to; more words are added to those kept before."""
        self.stand.argument = f"{self.stand.argument}\n{words}".strip()

    def wait_for_person(self, flow: str) -> None:
        """Have a person wanted for the conversation (or, where there is none, a new one in `flow`)."""
        self.give_to_person(flow)
        self.said.happened("person.wanted", flow=self.stand.flow.name, step=self.stand.step)

    def give_to_person(self, flow: str) -> None:
        """Hand the conversation (or, where there is none, a new one in `flow`) to a person."""
        if self.status not in LIVE:
            self.stand = Stand(self.library, self.library.flow(flow))
            self.stand.step = self.stand.flow.start
        self.stand.status, self.stand.unclear = "person", 0

    def resume(self) -> None:
        """Take the conversation back from a person to the question it stood at."""
        self.stand.status = "active"
        self.ask_again()

    def parse(self, body: str) -> Answer:
        """Try to understand a text as an answer to the present question, or to it among others."""
        return self._reading.answer(body)

    def accept(self, answer: Understood, body: str) -> None:
        """Take an answer, with all else the text says plainly, and go on to the next question or the end."""
        besides = self._reading.besides(body)
        self.stand.answers.update(besides)
        if self.stand.ask.name not in besides and answer.value in besides.values():
            self.ask_again()  # "to the hospital" does not say where from
            return
        if answer.value.data == "yes" and self._reads_back():
            self._settle()
        self._chosen_by = body if answer.value.type == "choice" else ""
        self._take(answer.value)
        self._enter(self._follow(outcome(answer.value)))

    def go_on_checked(self) -> None:
        """Do what waited for a yes to what was heard."""
        held = self.stand.call.check
        self._settle()
        self.stand.forget_circle()
        self.stand.history = (*self.stand.history, self.stand.step)
        self._enter(held)

    def correct(self, body: str) -> bool:
        """Take what a text says differently from before, where the flow has a way for it; False: nothing."""
        if CORRECTED not in self.stand.flow.steps[self.stand.step].ways:
            return False
        changed = self._reading.corrected(body)
        if not changed:
            return False
        self.stand.answers.update(changed)
        self._enter(self._follow(CORRECTED))
        return True

    def pass_on(self, body: str) -> bool:
        """Give words the question does not understand to the flow, where it has a way for them."""
        if UNCLEAR not in self.stand.flow.steps[self.stand.step].ways:
            return False
        self.stand.answers[WORDS] = Value("free_text", body)
        self.said.unclear(self.stand, UNCLEAR)
        self._enter(self._follow(UNCLEAR))
        return True

    def explain(self) -> None:
        """Say the present question with its longer help, or with a hint for its type."""
        phrase = self.stand.phrase(self.said.language)
        if phrase is not None and phrase.help and not self.stand.call.check:
            self.ask_again("help")
            return
        self.ask_again()
        hint = HINT + self.stand.ask.type
        if self.library.phrase(COMMON, 0, hint, self.said.language):
            self.said.say(hint)

    def back(self) -> bool:
        """Return to the question before; False when there is none, or something binding lies between.

        Its answer is kept until there is a new one: phrases on the way may go on relying on it.
        """
        stand = self.stand
        if stand.call.check:
            stand.call = replace(stand.call, check="")
            return True
        if not stand.history:
            return False
        stand.step, stand.history, stand.unclear = stand.history[-1], stand.history[:-1], 0
        return True

    def puzzle(self) -> bool:
        """Count one more text that did not answer the question; True when explaining helps no more."""
        self.stand.unclear += 1
        return self.stand.unclear > UNCLEAR_EXPLAINS

    def misunderstood(self, unclear: Unclear, body: str) -> None:
        """Say what was not understood, the more helpfully the more often it happens in a row.

        What the text answers besides is not asked again.
        """
        besides = self._reading.besides(body)
        self.stand.answers.update(besides)
        helpless = self.puzzle()
        self.said.unclear(self.stand, unclear.reason)
        self.said.say(unclear.reason, unclear.values)
        if self.stand.unclear == UNCLEAR_EXPLAINS:
            self.explain()
        else:
            self.ask_again()
        if helpless:
            self.said.say("person_offer")

    def _reads_back(self) -> bool:
        """Tell whether the present question is a yes or no to something it says."""
        flow, version = self.stand.version
        named = self.library.placeholders(flow, version, self.stand.step) - EXTRAS
        return self.stand.ask.type == "yes_no" and bool(named)
