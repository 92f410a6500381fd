"""Random flows meet random residents: nobody is ever stuck, left without an answer, or asked by a circle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.check import check
from flows.conversation import Conversation, Expired, Happened, Outcome, Page, Prompt, Started, TextIn, Turn
from flows.engine import take_turn
from flows.facts import FACT_TYPES
from flows.gsm7 import parts
from flows.library import Library, load_library
from flows.limits import CHAIN_MAX, CORRECTED, UNCLEAR
from flows.model import ActionSpec, Ask, Flow, OptionText, Phrase, Step, Texts, Way
from flows.render import PARTS_MAX, respond
from flows.value import Value, text
from tests.unit.flow_making import LONDON, setting

ASKS = (
    Ask("yes_no", "sure"),
    Ask("number", "seats", {"min": 1, "max": 8}),
    Ask("date", "day", {"within": "28d"}),
    Ask("time", "time"),
    Ask("place", "place"),
    Ask("name", "name"),
    Ask("phone", "phone"),
    Ask("pin", "pin"),
    Ask("free_text", "what"),
    Ask("choice", "fruit", {"options": ["apple", "cherry", "plum"]}),
    Ask("ranking", "order", {"options": ["apple", "cherry", "plum"]}),
    Ask("choice", "run", {"options": {"from": "runs"}}),
)
BESIDE = (CORRECTED, UNCLEAR)
FRUIT = {key: OptionText(key.title()) for key in ("apple", "cherry", "plum")}
RUNS = Value("options", [["r1", "Morning run"], ["r2", "Evening run"]])
ACTIONS: Mapping[str, ActionSpec] = {
    "thing.look": ActionSpec("thing.look", {"found": ("extra",), "none": ()}),
    "thing.bind": ActionSpec("thing.bind", {"done": ("ref",)}, binding=True),
    "thing.runs": ActionSpec("thing.runs", {"some": ("runs",)}),
}
WORDS = (
    """
STOP|stop please|START|help|HELP ME|menu|person|back|more|language|español|한국어|English|ambulance|999
no puedo respirar|ayuda|atrás|persona|more|back|odd|odd one|even|hello|lift|1|2|3|yes|no|👍|two|tomorrow
next tuesday|31 December|half past two|noon|station|the surgery|Ann Example|07700 900123|1234|4321|apple
thanks|thank you ever so much|never mind|cancel|wrong number|and some bread please love|hello there odd
yes but make it 3 o'clock|no not tuesday wednesday|from the station to the surgery tomorrow at 2|odd tomorrow
i have been waiting an hour|please stop sending me texts|STATUS 4F
HELP my wife has collapsed|한국어로 해 주세요
Cherry please|plum apple cherry|2 1 3|r1|morning run|?|{ref}|{0.__class__}|%s|شكرا
""".strip()
    .replace("\n", "|")
    .split("|")
)
WORDS += ["", " ", "\x00", "\n\n", "a" * 700, "ok\n-- \nSent from my phone", "\ud800", "\u202e", "é" * 200]


@lru_cache(maxsize=1)
def delivered() -> Library:
    return load_library()


@st.composite
def flows(draw: st.DrawFn, name: str) -> Flow:
    """Draw a flow whose questions may lead anywhere, and whose other steps only ahead."""
    count = draw(st.integers(2, 9))
    names = [f"s{n}" for n in range(count)]
    asks = [draw(st.one_of(st.sampled_from(ASKS[:-1]), st.none())) for _ in names[:-1]]
    asks[0] = asks[0] or draw(st.sampled_from(ASKS[:-1]))
    steps: dict[str, Step] = {}
    for n, ask in enumerate(asks):
        anywhere, ahead = st.sampled_from(names), st.sampled_from(names[n + 1 :])
        steps[names[n]] = (
            _asking(draw, names[n], ask, anywhere) if ask else _passing(draw, names[n], ahead, name)
        )
    steps[names[-1]] = Step(names[-1], len(names), end="completed")
    return _pruned(draw, name, steps, names)


def _asking(draw: st.DrawFn, name: str, ask: Ask, anywhere: st.SearchStrategy[str]) -> Step:
    outcomes: Mapping[str, tuple[str, ...]] = {"yes_no": ("yes", "no"), "choice": tuple(FRUIT)}
    keys = outcomes.get(ask.type, ())
    by_answer: bool = draw(st.booleans())
    beside = {outcome: (Way(draw(anywhere)),) for outcome in draw(st.sets(st.sampled_from(BESIDE)))}
    if keys and by_answer:
        return Step(name, 1, ask=ask, ways={**{key: (Way(draw(anywhere)),) for key in keys}, **beside})
    if draw(st.booleans()):
        guard = f"{draw(st.sampled_from(['known', 'unknown']))} {ask.name}"
        return Step(name, 1, ask=ask, ways={"*": (Way(draw(anywhere), guard), Way(draw(anywhere)))})
    return Step(name, 1, ask=ask, ways={"*": (Way(draw(anywhere)),), **beside})


def _passing(draw: st.DrawFn, name: str, ahead: st.SearchStrategy[str], flow: str) -> Step:
    kind = draw(st.sampled_from(["say", "look", "bind", "go"]))
    if kind == "say":
        return Step(name, 1, say=True, ways={"*": (Way(draw(ahead)),)})
    if kind == "look":
        ways = {outcome: (Way(draw(ahead)),) for outcome in ("found", "none")}
        return Step(name, 1, do="thing.look", ways=ways)
    if kind == "bind":
        return Step(name, 1, do="thing.bind", ways={"done": (Way(draw(ahead)),)})
    return Step(name, 1, go="even" if flow == "odd" else "odd")


def _pruned(draw: st.DrawFn, name: str, steps: dict[str, Step], names: list[str]) -> Flow:
    """Leave out what no way leads to, make an end reachable, put a choice behind the action that gives it."""
    first = steps[names[0]]
    runs = Step("runs", 1, do="thing.runs", ways={"some": (Way("pick"),)})
    pick = Step("pick", 1, ask=ASKS[-1], ways={"*": (Way(names[-1]),)})
    ways = {
        key: (*found[:-1], Way(draw(st.sampled_from([found[-1].to, "runs"]))))
        for key, found in first.ways.items()
    }
    last = list(ways)[-1]
    ways[last] = (*ways[last][:-1], Way("runs"))
    steps = {**steps, names[0]: replace(first, ways=ways), "runs": runs, "pick": pick}
    reached: dict[str, Step] = {}
    waiting = [names[0]]
    while waiting:
        step = steps[waiting.pop()]
        if step.name not in reached:
            reached[step.name] = step
            waiting.extend(way.to for found in step.ways.values() for way in found)
    phrases = {
        step: Phrase(f"Words of {step}.", help=f"Help for {step}." if draw(st.booleans()) else "")
        for step in reached
    }
    options = {"fruit": FRUIT, "order": FRUIT}
    texts = {
        language: Texts(
            language, f"{language}.toml", (name, f"{name} one") if language == "en" else (), phrases, options
        )
        for language in delivered().languages
    }
    told_apart = [key for key, step in reached.items() if step.ask and step.ask.type in FACT_TYPES]
    argument = draw(st.sampled_from([(), (names[0],), tuple(key for key in told_apart if key != "pick")]))
    return Flow(name, 1, f"{name}.yaml", names[0], timedelta(hours=1), reached, texts, argument)


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    base = delivered()
    own = [draw(flows("odd")), draw(flows("even"))]
    kept = [
        _without_services(base.flow("menu"), own[0].name),
        _without_services(base.flow("help"), own[1].name),
    ]
    return Library([*own, *kept], base.common, binding=["thing.bind"])


def _without_services(flow: Flow, then: str) -> Flow:
    """Make the delivered menu and help lead into the random flows."""
    steps = {name: replace(step, go=then) if step.go else step for name, step in flow.steps.items()}
    if any(step.do for step in steps.values()):
        steps = {flow.start: steps[flow.start], "on": Step("on", 1, go=then)}
        steps[flow.start] = replace(steps[flow.start], ways={"*": (Way("on"),)})
    return replace(flow, steps=steps)


inputs = st.one_of(
    st.builds(TextIn, st.sampled_from(WORDS)),
    st.builds(TextIn, st.sampled_from(WORDS)),
    st.builds(TextIn, st.text(max_size=60)),
    st.builds(Started, st.sampled_from(["odd", "even"])),
    st.just(Expired()),
)


def answered(turn: Turn) -> bool:
    """Tell whether a turn said something."""
    return any(isinstance(effect, Prompt | Page) for effect in turn.effects)


@settings(max_examples=120, deadline=None)
@given(libraries(), st.lists(inputs, min_size=5, max_size=30), st.data())
def test_no_text_ever_leaves_a_resident_stuck_or_unanswered(
    library: Library, happenings: list[TextIn | Started | Expired], data: st.DataObject
) -> None:
    acts: list[str] = []

    def act(name: str, answers: Mapping[str, Value], language: str) -> Outcome:
        acts.append(name)
        outcome = data.draw(st.sampled_from(sorted(ACTIONS[name].outcomes)))
        values = {key: RUNS if key == "runs" else text(key) for key in ACTIONS[name].outcomes[outcome]}
        return Outcome(outcome, values)

    conversation: Conversation | None = None
    stopped = False
    for what in happenings:
        acts.clear()
        before = conversation.status if conversation else ""
        turn = take_turn(library, conversation, what, setting(act, stopped=stopped))
        reply = respond(library, turn, LONDON, cheap=True)
        types = [effect.type for effect in turn.effects if isinstance(effect, Happened)]
        stopped = (stopped or "resident.stopped" in types) and "resident.started" not in types

        if isinstance(what, TextIn):
            assert answered(turn) or (before == "person" and types == ["person.message"])
        assert len(acts) < CHAIN_MAX
        assert all(text_ and parts(text_) <= PARTS_MAX for text_ in reply.texts)
        assert bool(reply.texts) == answered(turn)
        conversation = reply.conversation
        if conversation is None:
            continue
        assert Conversation.from_json(conversation.to_json()) == conversation
        stands_well(library, conversation)


def stands_well(library: Library, conversation: Conversation) -> None:
    """Check that a conversation stands where the next text can move it, or is over and keeps nothing."""
    if conversation.status not in ("active", "person"):
        assert (conversation.answers, conversation.history, conversation.deadline) == ({}, (), None)
        return
    steps = library.flow(conversation.flow, conversation.version).steps
    assert conversation.deadline is not None
    assert steps[conversation.step].ask is not None
    assert len(set(conversation.history)) == len(conversation.history)
    assert conversation.step not in conversation.history


@settings(max_examples=30, deadline=None)
@given(libraries())
def test_the_checker_accepts_every_flow_that_can_be_walked(library: Library) -> None:
    graph = [
        p for p in check(library, ACTIONS) if p.path.endswith(".yaml") and p.path[:-5] in ("odd", "even")
    ]
    drawn = ("leads to an end", "gets past", "`corrected` cannot happen")  # what may be drawn at random
    assert [p for p in graph if not any(words in p.message for words in drawn)] == []
