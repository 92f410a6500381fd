"""Where a conversation stands: flow, step, answers; and what its question is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from flows.answers.base import Choice, Question
from flows.call_state import NO_CALL, CallState
from flows.choosing import given_choices, relabelled
from flows.conversation import Conversation, Setting
from flows.errors import FlowsError
from flows.library import Library
from flows.limits import CHOICE_TYPES
from flows.model import Ask, Flow, OptionText, Phrase
from flows.value import Value


@dataclass(slots=True)
class Stand:
    """A conversation taken up: what `Conversation` keeps, with its flow at hand and free to move.

    `flow` is None as long as no conversation has begun. `argument` and `call` are as in `Conversation`.
    """

    library: Library
    begun: Flow | None = None
    step: str = ""
    status: str = ""
    answers: dict[str, Value] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    unclear: int = 0
    argument: str = ""
    call: CallState = NO_CALL

    @classmethod
    def of(cls, library: Library, conversation: Conversation) -> Stand:
        """Take up a conversation; raises UnknownFlow when its flow is gone."""
        return cls(
            library,
            library.flow(conversation.flow, conversation.version),
            conversation.step,
            conversation.status,
            dict(conversation.answers),
            conversation.history,
            conversation.unclear,
            conversation.argument,
            conversation.call,
        )

    @property
    def flow(self) -> Flow:
        """The flow the conversation is in; raises FlowsError when there is none."""
        if self.begun is None:
            raise FlowsError("no flow has begun; a turn outside any flow can only say common phrases")
        return self.begun

    @property
    def version(self) -> tuple[str, int]:
        """The flow's name and version."""
        return self.flow.name, self.flow.version

    @property
    def asks(self) -> bool:
        """Whether the conversation stands at a question that its flow still has."""
        step = self.flow.steps.get(self.step)
        return step is not None and step.ask is not None

    @property
    def ask(self) -> Ask:
        """The question the conversation stands at; raises FlowsError when it stands at none."""
        return self.ask_of(self.step)

    def ask_of(self, name: str) -> Ask:
        """Give what a step of the flow asks; raises FlowsError when it asks nothing."""
        step = self.flow.steps.get(name)
        if step is None or step.ask is None:
            raise FlowsError(f"{self.flow.name}.{name} asks nothing; a conversation cannot stand there")
        return step.ask

    def forget(self) -> None:
        """Drop what was answered and all that hangs on it."""
        self.answers, self.history, self.argument, self.unclear = {}, (), "", 0
        self.call = NO_CALL

    def wait_for_yes(self, step: str, heard: tuple[str, ...]) -> None:
        """Stand at the question answered last until a yes to what was `heard` lets `step` be done."""
        asking = {ask.name: name for name, at in self.flow.steps.items() if (ask := at.ask) is not None}
        self.step = self.history[-1] if self.history else asking[heard[-1]]
        self.forget_circle()
        self.call = replace(self.call, heard=heard, check=step)

    def forget_circle(self) -> None:
        """Forget what lies behind a question asked a second time, so that BACK never runs in a circle."""
        if self.step in self.history:
            self.history = self.history[: self.history.index(self.step)]

    def question(self, ask: Ask, setting: Setting, language: str) -> Question:
        """Give what an answer has to be understood against."""
        return Question(
            language=language,
            now=setting.now.astimezone(setting.zone),
            region=setting.region,
            places=setting.places,
            options=ask.options,
            choices=self.choices(ask, language),
        )

    def choices(self, ask: Ask, language: str) -> tuple[Choice, ...]:
        """Give what can be chosen at a question, whether the flow or an action names it."""
        if ask.type not in CHOICE_TYPES:
            return ()
        if ask.choices_from:
            labels = self._options(language).get(ask.name, {})
            return given_choices(self.answers.get(ask.choices_from), labels, language)
        return self.library.choices(self.flow, ask, language)

    def told(self, language: str) -> Mapping[str, Value]:
        """Give the answers as they are said in a language."""
        return relabelled(self.answers, self._options(language))

    def phrase(self, language: str) -> Phrase | None:
        """Give what the present step says (None: nothing)."""
        name, version = self.version
        return self.library.phrase(name, version, self.step, language)

    def conversation(
        self, language: str, deadline: datetime | None, more: tuple[str, ...]
    ) -> Conversation | None:
        """Give what is kept (None: no conversation has begun)."""
        if self.begun is None:
            return None
        return Conversation(
            flow=self.begun.name,
            version=self.begun.version,
            step=self.step,
            language=language,
            status=self.status,
            answers=self.answers,
            history=self.history,
            unclear=self.unclear,
            deadline=deadline,
            more=more,
            argument=self.argument,
            call=self.call,
        )

    def _options(self, language: str) -> Mapping[str, Mapping[str, OptionText]]:
        texts = self.flow.texts.get(language)
        return texts.options if texts else {}
