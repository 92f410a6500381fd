"""Checks a flow's steps: where they lead, what can happen, what cannot, and that nothing runs in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz.process import extractOne

from flows.answers import TYPES
from flows.answers.options import problems as option_problems
from flows.errors import Problem
from flows.facts import FACT_TYPES
from flows.library import Library
from flows.limits import ANSWERED, CHAIN_MAX, CHOICE_TYPES, CORRECTED, UNCLEAR, WORDS
from flows.load import ANY
from flows.model import ActionSpec, Ask, Flow, Step, Way

CHAIN_FLOW_MAX = CHAIN_MAX // 3 - 1
"""Steps without a question in a row: three rows, each with the question after it, are one turn's most."""


def check_graph(library: Library, flow: Flow, actions: Mapping[str, ActionSpec]) -> list[Problem]:
    """Check one flow's steps against each other, the answer types, the actions and the other flows."""
    return [
        *_ends_of_thread(flow),
        *(problem for step in flow.steps.values() for problem in _step(library, flow, step, actions)),
        *_unreached(flow),
    ]


def outcomes(step: Step, actions: Mapping[str, ActionSpec]) -> frozenset[str] | None:
    """Give what a step can come to (None: that is known only when it happens)."""
    if step.ask is not None:
        return _ask_outcomes(step.ask)
    if step.do:
        spec = actions.get(step.do)
        return frozenset(spec.outcomes) if spec else None
    return frozenset({ANY}) if step.say else frozenset()


def reached(flow: Flow) -> set[str]:
    """Give the steps that some way from the start leads to."""
    found: set[str] = set()
    waiting = [flow.start]
    while waiting:
        name = waiting.pop()
        if name in flow.steps and name not in found:
            found.add(name)
            waiting.extend(way.to for way in _all_ways(flow.steps[name]))
    return found


def _all_ways(step: Step) -> Iterable[Way]:
    return (way for ways in step.ways.values() for way in ways)


def _ask_outcomes(ask: Ask) -> frozenset[str] | None:
    if ask.type == "yes_no":
        return frozenset({"yes", "no"})
    if ask.type == "choice":
        keys = ask.own_choices
        return frozenset(keys) if keys else None
    return frozenset({ANSWERED})


def _ends_of_thread(flow: Flow) -> Iterable[Problem]:
    """Check that start and argument name steps and that some way leads to an end."""
    if flow.start not in flow.steps:
        near = _nearest(flow.start, flow.steps)
        yield Problem(flow.path, flow.lines.get("start", 1), f"`start` names no step: `{flow.start}`{near}")
        return
    yield from _argument(flow)
    found = reached(flow)
    if not any(flow.steps[name].end or flow.steps[name].go for name in found):
        line = flow.lines.get("start", 1)
        yield Problem(
            flow.path, line, "no way from the start leads to an end; add a step with `end: completed`"
        )


def _argument(flow: Flow) -> Iterable[Problem]:
    """Check that words after the keyword have a question to answer, and several one they can be told by."""
    line = flow.lines.get("argument", 1)
    for name in sorted({name for name in flow.argument if flow.argument.count(name) > 1}):
        yield Problem(flow.path, line, f"`argument`: `{name}` stands there twice; remove one")
    for name in flow.argument:
        ask = flow.steps[name].ask if name in flow.steps else None
        if ask is None:
            near = _nearest(name, [name for name, step in flow.steps.items() if step.ask])
            yield Problem(flow.path, line, f"`argument` must name a step that asks: `{name}` does not{near}")
        elif len(flow.argument) > 1 and (ask.type not in FACT_TYPES or _given(ask)):
            message = f"`{name}` cannot be one of several in `argument`: {ask.type} is not told by its words"
            yield Problem(flow.path, line, f"{message}; only {', '.join(sorted(FACT_TYPES))} are")


def _given(ask: Ask) -> bool:
    return ask.type in CHOICE_TYPES and not ask.own_choices


def _unreached(flow: Flow) -> Iterable[Problem]:
    if flow.start not in flow.steps:
        return
    found = reached(flow)
    for name, step in flow.steps.items():
        if name not in found:
            message = f"no way from the start leads to step `{name}`; remove it, or name it in some `then`"
            yield Problem(flow.path, step.line, message)


def _step(library: Library, flow: Flow, step: Step, actions: Mapping[str, ActionSpec]) -> Iterable[Problem]:
    for way in _all_ways(step):
        if way.to not in flow.steps:
            near = _nearest(way.to, flow.steps)
            yield Problem(
                flow.path, way.line, f"step `{step.name}` leads to `{way.to}`, which is no step{near}"
            )
    if step.go and step.go not in library.flows:
        near = _nearest(step.go, library.flows)
        yield Problem(flow.path, step.line, f"step `{step.name}` goes to `{step.go}`, which is no flow{near}")
    if step.do and step.do not in actions:
        near = _nearest(step.do, actions)
        yield Problem(
            flow.path, step.line, f"step `{step.name}` does `{step.do}`, which no service offers{near}"
        )
    if step.ask is not None:
        yield from _ask(flow, step, step.ask)
    yield from _handled(flow, step, actions)
    yield from _guards(flow, step, actions)


def _ask(flow: Flow, step: Step, ask: Ask) -> Iterable[Problem]:
    if ask.type not in TYPES:
        near = _nearest(ask.type, TYPES)
        yield Problem(
            flow.path, step.line, f"step `{step.name}` asks for `{ask.type}`, which is no answer type{near}"
        )
        return
    for complaint in option_problems(ask.type, ask.options):
        yield Problem(flow.path, step.line, f"step `{step.name}`: {complaint}")
    if ask.type in CHOICE_TYPES:
        yield from _options(flow, step, ask)


def _options(flow: Flow, step: Step, ask: Ask) -> Iterable[Problem]:
    options = ask.options.get("options")
    keys = ask.own_choices
    if isinstance(options, Mapping) and isinstance(options.get("from"), str) and len(options) == 1:
        return
    if not keys:
        message = (
            f"step `{step.name}`: nothing to choose from; write `options: [one, other]` or `{{from: NAME}}`"
        )
        yield Problem(flow.path, step.line, message)
    for key in sorted({CORRECTED, UNCLEAR} & set(keys)):
        message = f"step `{step.name}`: `{key}` is an outcome of every question; call the option otherwise"
        yield Problem(flow.path, step.line, message)
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Problem(
            flow.path, step.line, f"step `{step.name}`: option `{key}` stands there twice; remove one"
        )


def _handled(flow: Flow, step: Step, actions: Mapping[str, ActionSpec]) -> Iterable[Problem]:
    """Compare what can happen with what `then` names."""
    if step.end or step.go or not step.ways:
        return
    possible = outcomes(step, actions)
    if possible is None:
        if step.ask is not None and ANY not in step.ways:
            message = f'step `{step.name}`: what is chosen is known only then; add `"*": STEP` for all others'
            yield Problem(flow.path, step.line, message)
        return
    if ANY not in step.ways:
        for missing in sorted(possible - set(step.ways)):
            message = (
                f"step `{step.name}`: nobody handles the outcome `{missing}`; add `{missing}: STEP` to `then`"
            )
            yield Problem(flow.path, step.line, message)
    for outcome, ways in step.ways.items():
        if outcome not in (ANY, *possible, *_beside(flow, step)):
            line = ways[0].line if ways else step.line
            names = ", ".join(sorted(possible))
            message = f"step `{step.name}`: the outcome `{outcome}` cannot happen; there is only: {names}"
            yield Problem(flow.path, line, message)


def _beside(flow: Flow, step: Step) -> tuple[str, ...]:
    """Give the outcomes a question may have besides its answers."""
    if step.ask is None:
        return ()
    return (UNCLEAR, CORRECTED) if len(flow.argument) > 1 else (UNCLEAR,)


def _guards(flow: Flow, step: Step, actions: Mapping[str, ActionSpec]) -> Iterable[Problem]:
    names = _names(flow, actions)
    for outcome, ways in step.ways.items():
        open_to: set[str] = set()
        for way in ways:
            if "" in open_to:
                message = f"step `{step.name}`: no answer gets past the way before `{way.to}`; put it before"
                yield Problem(flow.path, way.line, message)
            kind, _, name = way.when.partition(" ")
            if name and name not in names:
                near = _nearest(name, names)
                message = f"step `{step.name}`: nothing is ever called `{name}`, as `{way.when}` has it{near}"
                yield Problem(flow.path, way.line, message)
            opposite = f"{'unknown' if kind == 'known' else 'known'} {name}"
            open_to.add("" if opposite in open_to else way.when)
        if ways and "" not in open_to:
            message = f"step `{step.name}`: `{outcome}` leads nowhere when no `when` holds; end with a step"
            yield Problem(flow.path, ways[-1].line, message)


def _names(flow: Flow, actions: Mapping[str, ActionSpec]) -> set[str]:
    """Give every name a value may ever have in this flow."""
    names = set(flow.given)
    for step in flow.steps.values():
        if step.ask is not None:
            names.add(step.ask.name)
        if UNCLEAR in step.ways:
            names.add(WORDS)
        if step.do in actions:
            names.update(name for gives in actions[step.do].outcomes.values() for name in gives)
    return names


def check_circles(library: Library) -> list[Problem]:
    """Check that no flow, nor several in a row, can go on for ever, or for too long, without a question."""
    problems: list[Problem] = []
    lengths: dict[tuple[str, str], int] = {}
    for flow in library.flows.values():
        for name in flow.steps:
            _length(library, flow, name, lengths, [], problems)
    for (flow_name, step_name), length in sorted(lengths.items()):
        if length == CHAIN_FLOW_MAX + 1:
            flow = library.flows[flow_name]
            message = (
                f"from step `{step_name}` more than {CHAIN_FLOW_MAX} steps follow without a question; ask one"
            )
            problems.append(Problem(flow.path, flow.steps[step_name].line, message))
    return problems


def _length(
    library: Library,
    flow: Flow,
    name: str,
    lengths: dict[tuple[str, str], int],
    trail: list[tuple[str, str]],
    problems: list[Problem],
) -> int:
    """Count the steps without a question that may follow from here, this one included."""
    here = (flow.name, name)
    step = flow.steps.get(name)
    if step is None or step.ask is not None or step.end:
        return 0
    if here in lengths:
        return lengths[here]
    if here in trail:
        steps = " -> ".join(
            f"{a}.{b}" if a != flow.name else b for a, b in [*trail[trail.index(here) :], here]
        )
        message = f"a circle without a question in it: {steps}; let one of its steps ask something"
        problems.append(Problem(flow.path, step.line, message))
        return 0
    if step.go:
        targets = [(library.flows[step.go], library.flows[step.go].start)] if step.go in library.flows else []
    else:
        targets = [(flow, way.to) for way in _all_ways(step)]
    trail.append(here)
    longest = max((_length(library, there, to, lengths, trail, problems) for there, to in targets), default=0)
    trail.pop()
    lengths[here] = longest + 1
    return longest + 1


def _nearest(name: str, names: Iterable[str]) -> str:
    found = extractOne(name, list(names), score_cutoff=60)
    return f"; did you mean `{found[0]}`?" if found else "; see how it is spelt elsewhere"
