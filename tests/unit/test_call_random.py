"""Random flows meet random callers: nobody is stuck or left in silence, and nothing is done unchecked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.by_ear import UNCHECKED_TYPES, asked
from flows.conversation import (
    RECORDED,
    Again,
    Called,
    Conversation,
    Expired,
    Happened,
    Heard,
    HungUp,
    Input,
    Keyed,
    Outcome,
    Page,
    Prompt,
    Silence,
    Started,
    TextIn,
    Turn,
)
from flows.engine import take_turn
from flows.library import Library
from flows.listening import expects
from flows.model import Flow, Phrase, Step, Texts, Way
from flows.spoken import spoken
from flows.value import Value, text
from tests.unit.flow_making import LONDON, setting
from tests.unit.test_flow_random import (
    ACTIONS,
    ASKS,
    FRUIT,
    RUNS,
    WORDS,
    delivered,
    libraries,
    stands_well,
)

SAID = (*WORDS, "slower", "repeat", "go on", "no", "bye", "the station", "half past two", RECORDED)
KEYS = ("", "*", *"0123456789", "12", "213", "4321", "0905", "1430", "07700900123", "7824", "99")

APT = {
    "yes_no": ("yes", "no"),
    "number": ("two", "four"),
    "date": ("tomorrow", "friday"),
    "time": ("half past two", "noon"),
    "place": ("the station", "surgery"),
    "name": ("Ann Example", "Bob"),
    "phone": ("oh seven seven double oh nine oh oh one two three",),
    "pin": ("4321",),
    "free_text": ("Something to do", RECORDED),
    "choice": ("apple", "cherry", "the first one"),
    "ranking": ("cherry apple plum", "plum apple cherry"),
}
"""Good answers, by the type of the question."""


@dataclass(frozen=True)
class Apt:
    """Whatever answers the present question."""

    which: int


callers = st.one_of(
    st.builds(Apt, st.integers(0, 5)),
    st.builds(Apt, st.integers(0, 5)),
    st.builds(Apt, st.integers(0, 5)),
    st.lists(st.sampled_from(SAID), max_size=3).map(lambda said: Heard(tuple(said))),
    st.lists(st.sampled_from(SAID), max_size=3).map(lambda said: Heard(tuple(said))),
    st.builds(Keyed, st.sampled_from(KEYS)),
    st.builds(Keyed, st.sampled_from(KEYS)),
    st.just(Silence()),
    st.just(Called()),
    st.just(HungUp()),
    st.builds(TextIn, st.sampled_from(WORDS)),
    st.builds(Started, st.sampled_from(["odd", "even"])),
    st.just(Expired()),
)


@dataclass
class Witness:
    """Sees what a caller said and what was read back, and what is done with it."""

    library: Library
    data: st.DataObject
    before: Conversation | None = None
    what: Input = field(default_factory=Expired)
    heard: set[str] = field(default_factory=set)
    read_back: set[str] = field(default_factory=set)
    acts: int = 0

    def act(self, name: str, answers: Mapping[str, Value], language: str) -> Outcome:
        """Do something; what binds is done with nothing that was heard and not read back."""
        self.acts += 1
        if ACTIONS[name].binding:
            unread = {key for key in self._answers(answers) if key in self._by_ear(answers)} - self.read_back
            assert not unread, f"{unread} was acted on unread"
        outcome = self.data.draw(st.sampled_from(sorted(ACTIONS[name].outcomes)))
        values = {key: RUNS if key == "runs" else text(key) for key in ACTIONS[name].outcomes[outcome]}
        return Outcome(outcome, values)

    def sees(self, turn: Turn) -> None:
        """Remember what was heard and what was said of it."""
        if turn.conversation is not None:
            self.heard = self._by_ear(turn.conversation.answers)
        values = [
            value for effect in turn.effects if isinstance(effect, Prompt) for value in effect.values.values()
        ]
        self.read_back |= {json.dumps(value.to_json()) for value in values}
        self.before = turn.conversation

    def _by_ear(self, answers: Mapping[str, Value]) -> set[str]:
        old = self._answers(self.before.answers) if self.before else set()
        fresh = self._answers(answers) - old if isinstance(self.what, Heard) else set()
        return (self.heard | fresh) & self._answers(answers)

    def _answers(self, answers: Mapping[str, Value]) -> set[str]:
        kinds = {name: kind for flow in self.library.versions.values() for name, kind in asked(flow).items()}
        checked = [name for name in answers if name in kinds and kinds[name] not in UNCHECKED_TYPES]
        return {json.dumps(answers[name].to_json()) for name in checked}


@settings(max_examples=100, deadline=None)
@given(libraries(), st.lists(callers, min_size=8, max_size=30), st.booleans(), st.booleans(), st.data())
def test_no_call_leaves_a_caller_stuck_in_silence_or_acted_for_unasked(
    library: Library, happenings: list[Input | Apt], hears: bool, known: bool, data: st.DataObject
) -> None:
    witness = Witness(library, data)
    conversation: Conversation | None = None
    stopped = False
    for happening in happenings:
        what = _apt(library, conversation, happening) if isinstance(happening, Apt) else happening
        witness.what, witness.acts = what, 0
        medium: Literal["text", "call"] = "text" if isinstance(what, TextIn | Expired) else "call"
        around = replace(
            setting(witness.act, stopped=stopped), medium=medium, hears=hears, language_known=known
        )
        turn = take_turn(library, conversation, what, around)
        witness.sees(turn)
        types = {effect.type for effect in turn.effects if isinstance(effect, Happened)}
        stopped = (stopped or "resident.stopped" in types) and "resident.started" not in types
        conversation = turn.conversation
        assert witness.acts < 32
        if isinstance(what, Called | Heard | Keyed | Silence):
            assert any(isinstance(effect, Prompt | Page | Again) for effect in turn.effects)
            over = types & {"call.goodbye", "call.give_up"}
            assert (
                over or stopped or (conversation is not None and conversation.status in ("active", "person"))
            )
        sentences = spoken(library, turn.effects, turn.language, LONDON)
        assert all(sentence.text for sentence in sentences)
        expectation = expects(library, conversation, replace(around, stopped=stopped))
        assert expectation.open or expectation.phrases or expectation.keys_only
        if conversation is not None:
            assert Conversation.from_json(json.loads(json.dumps(conversation.to_json()))).to_json()
            stands_well(library, conversation)


STATIC = [ask for ask in ASKS if not isinstance(ask.options.get("options"), Mapping)]


@st.composite
def binding_libraries(draw: st.DrawFn) -> Library:
    """Draw a library whose one flow asks a few things, reads some of them back, and then does it."""
    asks = draw(st.lists(st.sampled_from(STATIC), min_size=1, max_size=4, unique_by=lambda ask: ask.name))
    names = [f"s{n}" for n in range(len(asks))]
    steps = {
        name: Step(name, 1, ask=ask, ways={"*": (Way(after),)})
        for name, ask, after in zip(names, asks, [*names[1:], "look"], strict=True)
    }
    steps["look"] = Step("look", 1, do="thing.look", ways={"*": (Way("bind"),)})
    steps["bind"] = Step("bind", 1, do="thing.bind", ways={"done": (Way("end"),)})
    steps["end"] = Step("end", 1, end="completed")
    told = draw(st.lists(st.sampled_from(asks), max_size=2))
    words = "Words" + "".join(f" {{{ask.name}}}" for ask in told)
    phrases = {name: Phrase(f"{words} of {name}.") for name in steps}
    base = delivered()
    texts = {
        language: Texts(language, "odd.toml", ("odd",), phrases, {"fruit": FRUIT, "order": FRUIT})
        for language in base.languages
    }
    flow = Flow("odd", 1, "odd.yaml", "s0", timedelta(hours=1), steps, texts)
    menu, helped = base.flow("menu"), base.flow("help")
    kept = [
        replace(
            menu,
            steps={name: replace(step, go="odd") if step.go else step for name, step in menu.steps.items()},
        ),
        replace(
            helped,
            steps={
                helped.start: replace(helped.steps[helped.start], ways={"*": (Way("on"),)}),
                "on": Step("on", 1, go="odd"),
            },
        ),
    ]
    return Library([flow, *kept], base.common, binding=["thing.bind"])


answering = st.one_of(
    *(st.builds(Apt, st.integers(0, 5)) for _ in range(5)),
    st.builds(Keyed, st.sampled_from(("1", "2", "9", "1430"))),
    st.builds(TextIn, st.sampled_from(("yes", "no", "back", "2", "tomorrow", "apple"))),
    st.just(HungUp()),
    st.just(Called()),
)


@settings(max_examples=100, deadline=None)
@given(binding_libraries(), st.lists(answering, min_size=6, max_size=12), st.data())
def test_nothing_binding_is_done_with_what_was_heard_and_not_read_back(
    library: Library, happenings: list[Input | Apt], data: st.DataObject
) -> None:
    witness = Witness(library, data)
    conversation: Conversation | None = None
    for happening in [Started("odd"), *happenings]:
        what = _apt(library, conversation, happening) if isinstance(happening, Apt) else happening
        witness.what = what
        medium: Literal["text", "call"] = "text" if isinstance(what, TextIn) else "call"
        around = replace(setting(witness.act), medium=medium, language_known=True)
        turn = take_turn(library, conversation, what, around)
        witness.sees(turn)
        conversation = turn.conversation


def _apt(library: Library, conversation: Conversation | None, apt: Apt) -> Heard:
    """Say what answers the question a conversation stands at."""
    if conversation is None or conversation.status != "active":
        return Heard(("apple",))
    if conversation.call.check or conversation.call.asking == "stop":
        return Heard(("yes",) if apt.which else ("no",))
    ask = library.flow(conversation.flow, conversation.version).steps[conversation.step].ask
    said = APT[ask.type] if ask is not None else ("yes",)
    return Heard((said[apt.which % len(said)],))
