"""A flow as it is after loading: steps, what they ask or do, where their outcomes lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from flows.value import Json

MARKED = "…"
"""Stands for the answer in what marks it: `to …`."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where an outcome leads: to step `to`, if the guard `when` holds (empty: always).

    A guard is `known NAME` or `unknown NAME`: whether the conversation holds that answer.
    `line` is where the flow file says so.
    """

    to: str
    when: str = ""
    line: int = 0


@dataclass(frozen=True)
class Ask:
    """A question: an answer type, the name its answer is kept under, and the type's options.

    Options are the type's own (`within`, `min`, `max`, `options`, …); `options: {from: NAME}`
    takes the choices of an `options` value that an action gave.
    """

    type: str
    name: str = ""
    options: Mapping[str, Json] = field(default_factory=dict)

    @cached_property
    def own_choices(self) -> tuple[str, ...]:
        """The keys of the choices the question names itself; none when an action gives them."""
        options = self.options.get("options", ())
        if isinstance(options, Sequence) and not isinstance(options, str):
            return tuple(str(key) for key in options)
        return ()

    @cached_property
    def choices_from(self) -> str:
        """The name of the value that holds the choices an action gives; empty when none does."""
        options = self.options.get("options")
        return str(options.get("from", "")) if isinstance(options, Mapping) else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One state: exactly one of `ask`, `do`, `say`, `go`, `end` is set.

    `ask` asks and waits; `do` runs a service action, whose outcome is the trigger; `say` says
    something and goes on; `go` ends this flow and starts another; `end` ends the
    conversation with a status. `ways` maps an outcome to its guarded ways, tried in order;
    the outcome of an answered question is `answered`, or the answer itself for `yes_no` and
    for a `choice` whose `then` is a mapping; `*` stands for every outcome. A question may also
    have ways for `corrected` (a text that changes an answer given before) and `unclear` (a
    sentence it does not understand, then held as `words`).
    """

    name: str
    line: int
    ask: Ask | None = None
    do: str = ""
    say: bool = False
    go: str = ""
    end: str = ""
    ways: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text in one language: for SMS, for the voice where it differs, and the longer help."""

    sms: str
    voice: str = ""
    help: str = ""
    line: int = 0

    def variants(self) -> tuple[str, ...]:
        """Give the texts that are there: SMS, voice, help."""
        return tuple(text for text in (self.sms, self.voice, self.help) if text)


@dataclass(frozen=True, slots=True)
class OptionText:
    """A choice in one language: its label and what else people call it."""

    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything one flow says in one language.

    `marks` maps an answer's name to what stands around it in a sentence, folded, with `MARKED` in
    its place. `commands` are the words of a flow that is a command.
    """

    language: str
    path: str
    keywords: tuple[str, ...]
    phrases: Mapping[str, Phrase]
    options: Mapping[str, Mapping[str, OptionText]]  # answer name -> option key -> text
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One version of a flow. `argument` names the step that words after the keyword answer; where it
    names several, one text may answer any of them, at the keyword or later.

    `given` names the values whoever starts the flow brings along; nobody can start such a flow
    by a keyword. A flow with a `command` (its kind, as in `flows.commands`) is started by a whole
    text, whatever else is being talked about, and is given what the command names. Of a `secret`
    flow no call is recorded, written down or kept. Of one with `results` the answers are given when
    it ends, for whoever keeps them.
    `lines` are the lines of the file's top keys.
    """

    name: str
    version: int
    path: str
    start: str
    expires: timedelta
    steps: Mapping[str, Step]
    texts: Mapping[str, Texts]  # by language, BCP 47
    argument: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    secret: bool = False
    command: str = ""
    results: bool = False
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Common:
    """What every flow shares in one language: global words, emergency words and phrases.

    `words` maps a global word's name (`stop`, `help`, …) to how people write it; `languages`
    maps a language tag to its names, the first of which is the one shown.
    """

    language: str
    path: str
    words: Mapping[str, tuple[str, ...]]
    languages: Mapping[str, tuple[str, ...]]
    emergency: tuple[str, ...]
    phrases: Mapping[str, Phrase]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What the checker knows of a service action: its outcomes and the values each may rely on.

    `gives` names values an outcome puts into the conversation; `binding` says that the
    action changed the world, so BACK does not go behind it.
    """

    name: str
    outcomes: Mapping[str, tuple[str, ...]]  # outcome -> names of values it gives
    binding: bool = False
