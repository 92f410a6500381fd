"""A conversation, what comes into it and what a turn gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Literal, Protocol, TypeAlias

from flows.call_state import NO_CALL, CallState
from flows.value import Json, Value


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a resident stands in a flow.

    `status` is `active`, `person` (a person answers), or how it ended: `completed`,
    `left` (menu, another flow), `stopped`, `expired`, `failed`, or a flow's own word.
    `history` holds the question steps behind the present one, for BACK; `unclear` counts
    answers not understood in a row; `more` holds pages that MORE still has to say;
    `argument` holds words after the keyword until their step is reached, or words nobody has
    understood until a flow takes them.
    """

    flow: str
    version: int
    step: str
    language: str
    status: str = "active"
    answers: Mapping[str, Value] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    unclear: int = 0
    deadline: datetime | None = None
    more: tuple[str, ...] = ()
    argument: str = ""
    call: CallState = NO_CALL

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object that `from_json` reads."""
        call: dict[str, Json] = {} if self.call == NO_CALL else {"call": self.call.to_json()}
        return {
            "flow": self.flow,
            "version": self.version,
            "step": self.step,
            "language": self.language,
            "status": self.status,
            "answers": {name: value.to_json() for name, value in self.answers.items()},
            "history": list(self.history),
            "unclear": self.unclear,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "more": list(self.more),
            "argument": self.argument,
            **call,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Conversation:
        """Read what `to_json` gave, be it from before there were calls."""
        deadline = data["deadline"]
        call: Mapping[str, Json] | None = data.get("call")  # type: ignore[assignment]
        return cls(
            flow=str(data["flow"]),
            version=int(data["version"]),  # type: ignore[arg-type]
            step=str(data["step"]),
            language=str(data["language"]),
            status=str(data["status"]),
            answers={k: Value.from_json(v) for k, v in data["answers"].items()},  # type: ignore[union-attr,arg-type]
            history=tuple(data["history"]),  # type: ignore[arg-type]
            unclear=int(data["unclear"]),  # type: ignore[arg-type]
            deadline=datetime.fromisoformat(str(deadline)) if deadline else None,
            more=tuple(data["more"]),  # type: ignore[arg-type]
            argument=str(data["argument"]),
            call=CallState.from_json(call) if call else NO_CALL,
        )


@dataclass(frozen=True, slots=True)
class TextIn:
    """A text from the resident."""

    body: str


@dataclass(frozen=True, slots=True)
class Started:
    """The gateway starts `flow` with the resident (an invitation, a reminder's question)."""

    flow: str
    answers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expired:
    """The conversation's deadline has passed."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A person answers from here on, and says so in words of their own."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The person who answered gives the conversation back: the question it stood at is asked again."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The person who answered ends the conversation without a word."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call with the resident begins; `opening` is the common phrase that is said first.

    `call.greeting` when they rang, `call.ring_back` when we ring them back. A call that is about
    something (a reminder) begins with `Started` under `Setting.medium` "call" instead.
    """

    opening: str = "call.greeting"


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance: what it may have been in words, the likeliest first; empty: noise, not speech.

    To a question that is recorded (`Expectation.record`) it is whatever was transcribed; with no
    transcript, `RECORDED` alone.
    """

    alternatives: tuple[str, ...]


RECORDED = "(recorded)"
"""What `Heard` holds for a recording of which no transcript was made."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys that were pressed: one that acts by itself, or an entry ended by #, a pause or its length.

    `keys` holds no #; it is empty when # alone was pressed.
    """

    keys: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody spoke and no key was pressed for as long as `Expectation` allows."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call is over, whoever ended it and however; sent once at the end of every call."""


ByPerson: TypeAlias = TakenOver | HandedBack | Closed

Input: TypeAlias = TextIn | Started | Expired | ByPerson | Called | Heard | Keyed | Silence | HungUp


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to say, not tied to a medium: a phrase of a flow with its values.

    `flow` is `common` for the phrases every flow shares. `kind` is `question` (asked again
    rather than repeated after a crash), `statement`, or `confirmation` (something was done;
    said once more after a crash). `options` are the labels of a choice, in order. `language` is
    what it is said in, where that is not the turn's. A `private` prompt tells a secret (how
    somebody votes): it may be said, and never be cached, logged or kept.
    """

    flow: str
    key: str
    kind: str = "statement"
    values: Mapping[str, Value] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    version: int = 0
    variant: str = "sms"  # "sms" | "help" | "keys" (a question whose options are to be pressed)
    language: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The next page of a long list, already rendered: said as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Again:
    """On a call: what was said last is said once more, as it was (slower, if that was just asked for)."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something other parts of the gateway act on or tell of, in order with what is said.

    Types: `language.set`, `resident.stopped`, `resident.started`, `person.wanted`,
    `emergency`, `conversation.started`, `conversation.ended`, `conversation.unclear`,
    `person.message` (a text, or on a call a recording, while a person answers), `text.unknown` (a
    text outside a conversation that starts no flow), `stopped.text` (a text after STOP).
    On a call also: `speech.slower` (speak slower, and remember it), `call.goodbye` and
    `call.give_up` (say what is said, then hang up), `call.cut_off` (after `HungUp` alone: say so
    by the text `cut_off`).
    """

    type: str
    data: Mapping[str, Json] = field(default_factory=dict)


Effect: TypeAlias = Prompt | Page | Again | Happened


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a service action came to: the trigger and the values it puts into the conversation."""

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)


class Gazetteer(Protocol):
    """The community's places, by every name people use for them."""

    def names(self, language: str) -> Mapping[str, str]:
        """Map each folded name or nickname to its place's key."""
        ...

    def label(self, key: str) -> str:
        """Give a place's own name."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What a turn needs to know of the world: the moment and the community.

    `now` is aware; `zone` is where the community lives; `region` is ISO 3166 alpha-2, for
    telephone numbers; `act` runs a service action inside the caller's transaction, given its
    name, the answers so far and the language that is spoken. `medium` is `text` or `call`: what
    the turn's prompts go to. `language_known`: the resident once chose or used `language`.
    `hears`: on a call, speech in the conversation's language is understood; where it is not,
    every question is put for the keys. `heeds(flow, names)` tells whether a command of that flow,
    naming that, is this resident's to give: for all others its words are words like any.
    """

    now: datetime
    zone: tzinfo
    region: str
    places: Gazetteer
    act: Callable[[str, Mapping[str, Value], str], Outcome]
    language: str
    community: str
    emergency_number: str
    stopped: bool = False
    medium: Literal["text", "call"] = "text"
    language_known: bool = True
    hears: bool = True
    heeds: Callable[[str, str], bool] = lambda flow, names: False  # noqa: ARG005


@dataclass(frozen=True, slots=True)
class Finished:
    """What was answered in a conversation that ended, in a flow whose results are wanted."""

    flow: str
    version: int
    status: str
    answers: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn came to: the conversation as it now is (None: there is none) and what happened, in order.

    `language` is what the turn's prompts are said in, whether or not there is a conversation.
    `finished` holds the answers of conversations that ended in it, where the flow says so.
    `happened` are those of `effects` that happened and were not said.
    """

    conversation: Conversation | None
    effects: tuple[Effect, ...]
    language: str
    finished: tuple[Finished, ...] = ()
    happened: tuple[Happened, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Tell once what happened from what was said: half a dozen places ask for it."""
        happened = tuple(effect for effect in self.effects if isinstance(effect, Happened))
        object.__setattr__(self, "happened", happened)
