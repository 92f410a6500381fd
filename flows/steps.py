"""Moving through a flow's steps, from one question to the next, or to the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from flows.answers.base import Understood
from flows.by_ear import ByEar
from flows.call_state import NO_CALL
from flows.choosing import outcome
from flows.conversation import Conversation, Finished, Setting, Turn
from flows.errors import FlowsError
from flows.library import Library
from flows.limits import CHAIN_MAX, LEFT_TO_PERSON, LIVE, PERSON_PATIENCE
from flows.load import ANY
from flows.machine import follow
from flows.model import Flow, Step
from flows.reading import Reading
from flows.said import NO_VALUES, Said
from flows.stand import Stand
from flows.value import Value
from flows.words import MENU


class Steps:
    """A conversation on the move; `stand` is where it is, `said` what has come of this turn so far."""

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
        self.finished: list[Finished] = []
        self._bound = False
        self._chosen_by = ""
        self._read: Reading | None = None

    @property
    def status(self) -> str:
        """How the conversation stands, as in `Conversation`; empty where there is none."""
        return self.stand.status

    @property
    def engaged(self) -> bool:
        """Whether something would be lost if the conversation ended: a question has been answered."""
        return bool(self.stand.history) or self._reading.begun()

    @property
    def _reading(self) -> Reading:
        """Reads texts where the conversation stands; the same one as long as place and language stay."""
        read, language = self._read, self.said.language
        if read is None or read.stand is not self.stand or read.language != language:
            read = self._read = Reading(self.stand, self.setting, language)
        return read

    def turn(self) -> Turn:
        """Give what the turn came to."""
        stand = self.stand
        if self.status in LIVE:
            heard = self.by_ear.unconfirmed(stand.flow, stand.answers, stand.call.heard)
            if (self.on_call, self.cut_off, heard) != (stand.call.on, stand.call.cut, stand.call.heard):
                stand.call = replace(stand.call, on=self.on_call, cut=self.cut_off, heard=heard)
        else:
            stand.call = NO_CALL
        conversation = stand.conversation(self.said.language, self._deadline(), self.more)
        return Turn(conversation, self.said.effects, self.said.language, tuple(self.finished))

    def begin(self, flow: str, answers: Mapping[str, Value] = NO_VALUES, argument: str = "") -> None:
        """Leave whatever is going on and start a flow, as far as its first question or its end."""
        self.leave("left")
        self._start(flow, answers, argument)
        self._enter(self.stand.flow.start)

    def leave(self, status: str) -> None:
        """End the conversation, if one is going on, and forget its answers."""
        if self.status in LIVE:
            self.said.happened("conversation.ended", flow=self.stand.flow.name, status=status)
            self.finish(self.stand, status)
            self.stand.status = status
            self.stand.forget()

    def finish(self, stand: Stand, status: str) -> None:
        """Give the answers of a conversation that ends, where its flow wants them kept."""
        if stand.flow.results and stand.answers:
            self.finished.append(Finished(*stand.version, status, dict(stand.answers)))

    def ask_again(self, variant: str = "sms") -> None:
        """Say the present question once more, or what was heard, if that waits for its yes."""
        if self.stand.call.check:
            self._ask_if_right()
            return
        self.said.ask(self.stand, variant)

    def _start(self, flow: str, answers: Mapping[str, Value], argument: str) -> None:
        self.stand = Stand(self.library, self.library.flow(flow), status="active", argument=argument)
        self._bound = False
        self.said.happened("conversation.started", flow=flow, language=self.said.language)
        if self._reading.several:
            self.stand.answers.update(self._reading.at_keyword(argument))
            self.stand.argument = ""
        self.stand.answers.update(answers)

    def _leave_to_person(self) -> None:
        """End the flow, whose answers are forgotten, and have a person talk on from there."""
        self.leave("completed")
        self.stand = Stand(self.library, self.library.flow(MENU), status="person")
        self.stand.step = self.stand.flow.start
        if self.setting.medium == "call":
            self.said.say("call.person_waiting", kind="question")

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
                self.said.speak(self.stand, bound=self._bound)
                if step.end == LEFT_TO_PERSON:
                    self._leave_to_person()
                else:
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
            value = self._argued(name) or self._named_besides()
            if value is None:
                self._arrive()
                return
            self._take(value)
            name = self._follow(outcome(value))
        raise FlowsError(f"{self._here()}: {CHAIN_MAX} steps without a question; the flow runs in a circle")

    def _pass(self, step: Step) -> str:
        """Do what a step does that asks nothing; give its outcome."""
        if step.say:
            self.said.speak(self.stand, bound=self._bound)
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

    def _settle(self) -> None:
        """Take all that was heard for agreed."""
        self.stand.call = replace(self.stand.call, heard=(), check="")
        self.by_ear.settle(self.stand.flow, self.stand.answers)

    def _argued(self, name: str) -> Value | None:
        """Understand the words after the keyword as the answer to the one step they are meant for."""
        if not self.stand.argument or self.stand.flow.argument != (name,):
            return None
        body, self.stand.argument = self.stand.argument, ""
        answer = self._reading.answer(body)
        return answer.value if isinstance(answer, Understood) else None

    def _named_besides(self) -> Value | None:
        """Give the day or time asked for that the words of the choice just made have named: "on Saturday"."""
        body, self._chosen_by = self._chosen_by, ""
        return self._reading.moment(body)

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

    def _here(self) -> str:
        return f"flow {self.stand.flow.name} step {self.stand.step}"

    def _deadline(self) -> datetime | None:
        flow: Flow | None = self.stand.begun
        if self.patience is not None and self.status == "active":
            return self.setting.now + self.patience
        if flow is not None and self.status == "active":
            return self.setting.now + flow.expires
        return self.setting.now + PERSON_PATIENCE if self.status == "person" else None
