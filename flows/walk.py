"""One turn in the making: moving through a flow's steps and noting what is said and what happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flows.answers import TYPES
from flows.answers.base import Answer, Choice, Question, Unclear, Understood
from flows.choosing import given_choices, outcome, relabelled
from flows.conversation import Conversation, Setting, Turn
from flows.errors import FlowsError
from flows.library import COMMON, Library
from flows.limits import CHAIN_MAX, CHOICE_TYPES, LIVE, PERSON_PATIENCE, UNCLEAR_EXPLAINS
from flows.load import ANY
from flows.machine import follow
from flows.model import Ask, Flow, OptionText, Phrase, Step
from flows.said import NO_VALUES, Said
from flows.value import Json, Value
from flows.words import HINT


class Walk:
    """Where a conversation stands during one turn, and what has been said and has happened so far."""

    def __init__(
        self, library: Library, setting: Setting, language: str, conversation: Conversation | None = None
    ) -> None:
        self.library = library
        self.setting = setting
        self.said = Said(library, setting, language)
        self.status = ""
        self.more: tuple[str, ...] = ()
        self._flow: Flow | None = None
        self._step = ""
        self._answers: dict[str, Value] = {}
        self._history: tuple[str, ...] = ()
        self._unclear = 0
        self._argument = ""
        self._bound = False
        if conversation is not None:
            self._flow = library.flow(conversation.flow, conversation.version)
            self._step = conversation.step
            self.status = conversation.status
            self._answers = dict(conversation.answers)
            self._history = conversation.history
            self._unclear = conversation.unclear
            self._argument = conversation.argument

    # What the engine asks for.

    @property
    def flow(self) -> Flow:
        """The flow the conversation is in; raises FlowsError when there is none."""
        if self._flow is None:
            raise FlowsError("no flow has begun; a turn outside any flow can only say common phrases")
        return self._flow

    @property
    def ask(self) -> Ask:
        """The question the conversation stands at; raises FlowsError when it stands at none."""
        step = self.flow.steps.get(self._step)
        if step is None or step.ask is None:
            raise FlowsError(f"{self._here()} asks nothing; a conversation cannot stand there")
        return step.ask

    @property
    def stands(self) -> bool:
        """Whether the conversation stands at a question that its flow still has."""
        step = self.flow.steps.get(self._step)
        return step is not None and step.ask is not None

    @property
    def engaged(self) -> bool:
        """Whether something would be lost if the conversation ended: a question has been answered."""
        return bool(self._history)

    def turn(self) -> Turn:
        """Give what the turn came to."""
        return Turn(self._conversation(), self.said.effects, self.said.language)

    def begin(self, flow: str, answers: Mapping[str, Value] = NO_VALUES, argument: str = "") -> None:
        """Leave whatever is going on and start a flow, as far as its first question or its end."""
        self.leave("left")
        self._start(flow, answers, argument)
        self._enter(self.flow.start)

    def leave(self, status: str) -> None:
        """End the conversation, if one is going on, and forget its answers."""
        if self.status in LIVE:
            self.said.happened("conversation.ended", flow=self.flow.name, status=status)
            self.status = status
            self._answers, self._history, self._argument, self._unclear = {}, (), "", 0

    def wait_for_person(self, flow: str) -> None:
        """Hand the conversation (or, where there is none, a new one in `flow`) to a person."""
        if self.status not in LIVE:
            self._flow = self.library.flow(flow)
            self._step = self._flow.start
            self._answers, self._history, self._argument = {}, (), ""
        self.said.happened("person.wanted", flow=self.flow.name, step=self._step)
        self.status, self._unclear = "person", 0

    def resume(self) -> None:
        """Take the conversation back from a person to the question it stood at."""
        self.status = "active"
        self.ask_again()

    def parse(self, body: str) -> Answer:
        """Try to understand a text as an answer to the present question."""
        ask = self.ask
        question = Question(
            language=self.said.language,
            now=self.setting.now.astimezone(self.setting.zone),
            region=self.setting.region,
            places=self.setting.places,
            options=ask.options,
            choices=self._choices(ask),
        )
        return TYPES[ask.type].parse(body, question)

    def accept(self, answer: Understood) -> None:
        """Take an answer and go on to the next question or the end."""
        self._take(answer.value)
        self._enter(self._follow(outcome(answer.value)))

    def ask_again(self, variant: str = "sms") -> None:
        """Say the present question once more."""
        labels = tuple(choice.label for choice in self._choices(self.ask))
        self.said.say_step(self._version, self._step, "question", self._told(), labels, variant)

    def explain(self) -> None:
        """Say the present question with its longer help, or with a hint for its type."""
        phrase = self._phrase()
        if phrase is not None and phrase.help:
            self.ask_again("help")
            return
        self.ask_again()
        hint = HINT + self.ask.type
        if self.library.phrase(COMMON, 0, hint, self.said.language):
            self.said.say(hint)

    def back(self) -> bool:
        """Return to the question before; False when there is none, or something binding lies between.

        Its answer is kept until there is a new one: phrases on the way may go on relying on it.
        """
        if not self._history:
            return False
        self._step, self._history = self._history[-1], self._history[:-1]
        self._unclear = 0
        return True

    def misunderstood(self, unclear: Unclear) -> None:
        """Say what was not understood, the more helpfully the more often it happens in a row."""
        self._unclear += 1
        data: dict[str, Json] = {"flow": self.flow.name, "step": self._step}
        self.said.happened("conversation.unclear", **data, reason=unclear.reason, count=self._unclear)
        self.said.say(unclear.reason, unclear.values)
        if self._unclear == UNCLEAR_EXPLAINS:
            self.explain()
        else:
            self.ask_again()
        if self._unclear > UNCLEAR_EXPLAINS:
            self.said.say("person_offer")

    # How the steps follow each other.

    def _start(self, flow: str, answers: Mapping[str, Value], argument: str) -> None:
        self._flow = self.library.flow(flow)
        self._answers = dict(answers)
        self._history, self._unclear, self._argument, self._bound = (), 0, argument, False
        self.status = "active"
        self.said.happened("conversation.started", flow=flow, language=self.said.language)

    def _follow(self, trigger: str) -> str:
        flow = self.flow
        target = follow(self.library.machine(flow), flow, self._step, trigger, self._answers)
        if not target:
            raise FlowsError(f"{self._here()}: `{trigger}` leads nowhere; add it to the step's `then`")
        return target

    def _enter(self, name: str) -> None:
        """Go on from step `name` until something is asked or the conversation ends."""
        for _ in range(CHAIN_MAX):
            self._step = name
            step = self.flow.steps[name]
            if step.end:
                self._speak()
                self.leave(step.end)
                return
            if step.go:
                self.leave("completed")
                self._start(step.go, NO_VALUES, "")
                name = self.flow.start
                continue
            if step.ask is None:
                name = self._follow(self._pass(step))
                continue
            value = self._argued(name)
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
        came = self.setting.act(step.do, self._answers, self.said.language)
        self._answers.update(came.values)
        if step.do in self.library.binding:
            self._bound = True
            self._history = ()
        return came.name

    def _argued(self, name: str) -> Value | None:
        """Understand the words after the keyword as the answer to the step they are meant for."""
        if not self._argument or name != self.flow.argument:
            return None
        body, self._argument = self._argument, ""
        answer = self.parse(body)
        return answer.value if isinstance(answer, Understood) else None

    def _take(self, value: Value) -> None:
        self._answers[self.ask.name] = value
        self._unclear = 0
        self._bound = False
        self._cut_history()
        self._history = (*self._history, self._step)

    def _arrive(self) -> None:
        self._unclear = 0
        self._cut_history()
        self.ask_again()

    def _cut_history(self) -> None:
        """Forget what lies behind a question asked a second time, so that BACK never runs in a circle."""
        if self._step in self._history:
            self._history = self._history[: self._history.index(self._step)]

    # What prompts and questions are made of.

    def _speak(self) -> None:
        if self._phrase() is not None:
            kind = "confirmation" if self._bound else "statement"
            self.said.say_step(self._version, self._step, kind, self._told())

    def _told(self) -> Mapping[str, Value]:
        return relabelled(self._answers, self._options())

    def _labels(self, name: str) -> Mapping[str, OptionText]:
        return self._options().get(name, {})

    def _options(self) -> Mapping[str, Mapping[str, OptionText]]:
        texts = self.flow.texts.get(self.said.language)
        return texts.options if texts else {}

    @property
    def _version(self) -> tuple[str, int]:
        return self.flow.name, self.flow.version

    def _phrase(self) -> Phrase | None:
        flow = self.flow
        return self.library.phrase(flow.name, flow.version, self._step, self.said.language)

    def _choices(self, ask: Ask) -> Sequence[Choice]:
        if ask.type not in CHOICE_TYPES:
            return ()
        given = ask.options.get("options")
        if isinstance(given, Mapping):
            return given_choices(self._answers.get(str(given.get("from", ""))), self._labels(ask.name))
        return self.library.choices(self.flow, ask, self.said.language)

    def _here(self) -> str:
        return f"flow {self.flow.name} step {self._step}"

    def _conversation(self) -> Conversation | None:
        flow = self._flow
        if flow is None:
            return None
        return Conversation(
            flow=flow.name,
            version=flow.version,
            step=self._step,
            language=self.said.language,
            status=self.status,
            answers=self._answers,
            history=self._history,
            unclear=self._unclear,
            deadline=self._deadline(flow),
            more=self.more,
            argument=self._argument,
        )

    def _deadline(self, flow: Flow) -> datetime | None:
        if self.status == "active":
            return self.setting.now + flow.expires
        if self.status == "person":
            return self.setting.now + PERSON_PATIENCE
        return None
