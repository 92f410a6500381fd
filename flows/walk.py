"""One turn in the making: moving through a flow's steps and noting what is said and what happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from flows.answers import TYPES
from flows.answers.base import Answer, Unclear, Understood
from flows.by_ear import ByEar
from flows.call_state import NO_CALL
from flows.choosing import outcome
from flows.conversation import Conversation, Setting, Turn
from flows.errors import FlowsError
from flows.facts import MOMENTS, Asked, Marks, corrections, facts, of_moment
from flows.library import COMMON, Library
from flows.limits import (
    CHAIN_MAX,
    CORRECTED,
    EXTRAS,
    LIVE,
    PERSON_PATIENCE,
    UNCLEAR,
    UNCLEAR_EXPLAINS,
    WORDS,
)
from flows.load import ANY
from flows.machine import follow
from flows.model import Ask, Flow, Step
from flows.said import NO_VALUES, Said
from flows.stand import Stand
from flows.value import Json, Value
from flows.words import HINT, spoken


class Walk:
    """Moves a conversation during one turn; `stand` is where it is, `said` what has come of it so far."""

    def __init__(
        self, library: Library, setting: Setting, language: str, conversation: Conversation | None = None
    ) -> None:
        self.library = library
        self.setting = setting
        self.said = Said(library, setting, language)
        self.stand = Stand(library) if conversation is None else Stand.of(library, conversation)
        self.more: tuple[str, ...] = ()
        self.by_ear = ByEar(self.stand.begun, self.stand.answers)
        self.on_call = self.stand.call.on
        self.cut_off = False
        self.patience: timedelta | None = None
        """How long the question stays open, where that is not for the flow to say."""
        self._bound = False
        self._chosen_by = ""

    @property
    def status(self) -> str:
        """How the conversation stands, as in `Conversation`; empty where there is none."""
        return self.stand.status

    @property
    def engaged(self) -> bool:
        """Whether something would be lost if the conversation ended: a question has been answered."""
        return bool(self.stand.history) or any(ask.name in self.stand.answers for ask, _ in self._asked())

    def turn(self) -> Turn:
        """Give what the turn came to."""
        stand = self.stand
        if self.status in LIVE:
            heard = self.by_ear.unconfirmed(stand.flow, stand.answers, stand.call.heard)
            stand.call = replace(stand.call, on=self.on_call, cut=self.cut_off, heard=heard)
        else:
            stand.call = NO_CALL
        conversation = stand.conversation(self.said.language, self._deadline(), self.more)
        return Turn(conversation, self.said.effects, self.said.language)

    def begin(self, flow: str, answers: Mapping[str, Value] = NO_VALUES, argument: str = "") -> None:
        """Leave whatever is going on and start a flow, as far as its first question or its end."""
        self.leave("left")
        self._start(flow, answers, argument)
        self._enter(self.stand.flow.start)

    def begin_aside(self, flow: str, argument: str) -> bool:
        """Start another flow within a question; one that ends at once leads back to the question.

        False when it asks something, so that the conversation before it was left.
        """
        before, place = self.stand, self.said.count
        self.stand = Stand(self.library)
        self._start(flow, NO_VALUES, argument)
        self._enter(self.stand.flow.start)
        if self.status not in LIVE:
            self.stand = before
            self.ask_again()
            return True
        self.said.happened_at(place, "conversation.ended", flow=before.flow.name, status="left")
        return False

    def stand_at(self, flow: str) -> None:
        """Leave whatever is going on and stand at the first question of a flow without asking it."""
        self.leave("left")
        self._start(flow, NO_VALUES, "")
        self.stand.step = self.stand.flow.start

    def leave(self, status: str) -> None:
        """End the conversation, if one is going on, and forget its answers."""
        if self.status in LIVE:
            self.said.happened("conversation.ended", flow=self.stand.flow.name, status=status)
            self.stand.status = status
            self.stand.forget()

    def keep(self, words: str) -> None:
        """Keep words for the flow that the present one goes to; more words are added to those kept before."""
        self.stand.argument = f"{self.stand.argument}\n{words}".strip()

    def wait_for_person(self, flow: str) -> None:
        """Hand the conversation (or, where there is none, a new one in `flow`) to a person."""
        if self.status not in LIVE:
            self.stand = Stand(self.library, self.library.flow(flow))
            self.stand.step = self.stand.flow.start
        self.said.happened("person.wanted", flow=self.stand.flow.name, step=self.stand.step)
        self.stand.status, self.stand.unclear = "person", 0

    def resume(self) -> None:
        """Take the conversation back from a person to the question it stood at."""
        self.stand.status = "active"
        self.ask_again()

    def parse(self, body: str) -> Answer:
        """Try to understand a text as an answer to the present question, or to it among others."""
        ask = self.stand.ask
        question = self.stand.question(ask, self.setting, self.said.language)
        answer = TYPES[ask.type].parse(body, question)
        if isinstance(answer, Unclear) and self.stand.step in self._several():
            found = facts(body, self._asked(), self._marks(), (ask.name,)).get(ask.name)
            return Understood(found) if found else answer
        return answer

    def accept(self, answer: Understood, body: str) -> None:
        """Take an answer, with all else the text says plainly, and go on to the next question or the end."""
        if self.stand.step in self._several() and len(body.split()) > 1:
            others = facts(body, self._asked(), self._marks(), ())
            self.stand.answers.update(others)
            if self.stand.ask.name not in others and answer.value in others.values():
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
        words = self._without_yes_or_no(body) if self.stand.ask.type == "yes_no" else body
        changed = corrections(words, self._asked(), self._marks(), self.stand.answers)
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
        self._note_unclear(UNCLEAR, self.stand.unclear)
        self._enter(self._follow(UNCLEAR))
        return True

    def ask_again(self, variant: str = "sms") -> None:
        """Say the present question once more, or what was heard, if that waits for its yes."""
        if self.stand.call.check:
            self._ask_if_right()
            return
        stand, language = self.stand, self.said.language
        labels = tuple(choice.label for choice in stand.choices(stand.ask, language))
        self.said.say_step(stand.version, stand.step, "question", stand.told(language), labels, variant)

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

    def misunderstood(self, unclear: Unclear) -> None:
        """Say what was not understood, the more helpfully the more often it happens in a row."""
        helpless = self.puzzle()
        self._note_unclear(unclear.reason, self.stand.unclear)
        self.said.say(unclear.reason, unclear.values)
        if self.stand.unclear == UNCLEAR_EXPLAINS:
            self.explain()
        else:
            self.ask_again()
        if helpless:
            self.said.say("person_offer")

    # How the steps follow each other.

    def _start(self, flow: str, answers: Mapping[str, Value], argument: str) -> None:
        self.stand = Stand(self.library, self.library.flow(flow), status="active", argument=argument)
        self._bound = False
        self.said.happened("conversation.started", flow=flow, language=self.said.language)
        if argument and self._several():
            asked = self._asked()
            self.stand.answers.update(facts(argument, asked, self._marks(), [ask.name for ask, _ in asked]))
            self.stand.argument = ""
        self.stand.answers.update(answers)

    def _follow(self, trigger: str) -> str:
        flow = self.stand.flow
        target = follow(self.library.machine(flow), flow, self.stand.step, trigger, self.stand.answers)
        if not target:
            raise FlowsError(f"{self._here()}: `{trigger}` leads nowhere; add it to the step's `then`")
        return target

    def _enter(self, name: str) -> None:
        """Go on from step `name` until something is asked or the conversation ends."""
        for _ in range(CHAIN_MAX):
            self.stand.step = name
            step = self.stand.flow.steps[name]
            if step.end:
                self._speak()
                self.leave(step.end)
                return
            if step.go:
                words = self.stand.argument
                self.leave("completed")
                self._start(step.go, NO_VALUES, words)
                name = self.stand.flow.start
                continue
            if step.do in self.library.binding and self._held_back(name):
                return
            if step.ask is None:
                name = self._follow(self._pass(step))
                continue
            value = self._argued(name) or self._named_besides(step.ask)
            if value is None:
                self._arrive()
                return
            self._take(value)
            name = self._follow(outcome(value))
        raise FlowsError(f"{self._here()}: {CHAIN_MAX} steps without a question; the flow runs in a circle")

    def _pass(self, step: Step) -> str:
        """Do what a step does that asks nothing; give its outcome."""
        if step.say:
            self._speak()
            return ANY
        came = self.setting.act(step.do, self.stand.answers, self.said.language)
        self.stand.answers.update(came.values)
        if step.do in self.library.binding:
            self._bound = True
            self.stand.history = ()
            self._settle()
        return came.name

    def _held_back(self, name: str) -> bool:
        """Read back what was only heard before step `name` does anything binding with it."""
        stand = self.stand
        heard = self.by_ear.unconfirmed(stand.flow, stand.answers, stand.call.heard)
        if heard:
            stand.wait_for_yes(name, heard)
            self._ask_if_right()
        return bool(heard)

    def _ask_if_right(self) -> None:
        told = self.stand.told(self.said.language)
        for name in self.stand.call.heard:
            self.said.say("call.echo", {"answer": told[name]}, private=self.stand.flow.secret)
        self.said.say("call.right", kind="question")

    def _reads_back(self) -> bool:
        """Tell whether the present question is a yes or no to something it says."""
        flow, version = self.stand.version
        named = self.library.placeholders(flow, version, self.stand.step) - EXTRAS
        return self.stand.ask.type == "yes_no" and bool(named)

    def _settle(self) -> None:
        """Take all that was heard for agreed."""
        self.stand.call = replace(self.stand.call, heard=(), check="")
        self.by_ear.settle(self.stand.flow, self.stand.answers)

    def _argued(self, name: str) -> Value | None:
        """Understand the words after the keyword as the answer to the one step they are meant for."""
        if not self.stand.argument or self.stand.flow.argument != (name,):
            return None
        body, self.stand.argument = self.stand.argument, ""
        answer = self.parse(body)
        return answer.value if isinstance(answer, Understood) else None

    def _named_besides(self, ask: Ask) -> Value | None:
        """Give the day or time asked for that the words of the choice just made have named: "on Saturday"."""
        body, self._chosen_by = self._chosen_by, ""
        if not body or ask.type not in MOMENTS or self._several():
            return None
        return of_moment(spoken(body), ask, self.stand.question(ask, self.setting, self.said.language))

    def _take(self, value: Value) -> None:
        stand = self.stand
        stand.answers[stand.ask.name] = value
        stand.unclear = 0
        self._bound = False
        stand.forget_circle()
        stand.history = (*stand.history, stand.step)

    def _arrive(self) -> None:
        self.stand.unclear = 0
        self.stand.forget_circle()
        self.ask_again()

    def _several(self) -> tuple[str, ...]:
        """Give the steps of which one text may answer several (none where the argument is one step's)."""
        steps = self.stand.flow.argument
        return steps if len(steps) > 1 else ()

    def _asked(self) -> Asked:
        asks = [self.stand.ask_of(name) for name in self._several()]
        return [(ask, self.stand.question(ask, self.setting, self.said.language)) for ask in asks]

    def _without_yes_or_no(self, body: str) -> str:
        """Leave out the word a correction may begin with, for a no before a day would deny that day."""
        first, _, rest = body.strip().partition(" ")
        question = self.stand.question(self.stand.ask, self.setting, self.said.language)
        return rest if isinstance(TYPES["yes_no"].parse(first, question), Understood) else body

    def _marks(self) -> Marks:
        texts = self.stand.flow.texts.get(self.said.language)
        return texts.marks if texts else {}

    # What is noted on the way.

    def _speak(self) -> None:
        if self.stand.phrase(self.said.language) is not None:
            kind = "confirmation" if self._bound else "statement"
            self.said.say_step(self.stand.version, self.stand.step, kind, self.stand.told(self.said.language))

    def _note_unclear(self, reason: str, count: int) -> None:
        data: dict[str, Json] = {"flow": self.stand.flow.name, "step": self.stand.step}
        self.said.happened("conversation.unclear", **data, reason=reason, count=count)

    def _here(self) -> str:
        return f"flow {self.stand.flow.name} step {self.stand.step}"

    def _deadline(self) -> datetime | None:
        flow: Flow | None = self.stand.begun
        if self.patience is not None and self.status == "active":
            return self.setting.now + self.patience
        if flow is not None and self.status == "active":
            return self.setting.now + flow.expires
        return self.setting.now + PERSON_PATIENCE if self.status == "person" else None
