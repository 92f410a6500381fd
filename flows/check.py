"""Finds what is wrong with flows before a resident does; everything at once, with file, line and remedy."""

from __future__ import annotations

from collections.abc import Mapping

from flows.check_choices import check_choices, check_commands, check_keywords
from flows.check_ear import check_ear
from flows.check_graph import check_circles, check_graph
from flows.check_texts import check_common, check_texts
from flows.deeds import HELP
from flows.errors import Problem
from flows.library import COMMON, Library
from flows.model import ActionSpec, Flow
from flows.words import MENU

NEEDED = (MENU, HELP)
"""Flows the engine starts itself, so that every library must have them."""


def check(library: Library, actions: Mapping[str, ActionSpec]) -> list[Problem]:
    """Give every problem of every flow, ordered by file and line; none means the engine can run them all."""
    problems = list(library.problems)
    problems += [
        Problem(f"{name}/flow.yaml", 1, f"there is no flow `{name}`; every library needs it")
        for name in NEEDED
        if name not in library.flows
    ]
    problems += _menu(library)
    problems += check_common(library)
    problems += check_keywords(library)
    problems += check_commands(library)
    problems += _versions(library)
    for flow in library.versions.values():
        problems += check_graph(library, flow, actions)
        problems += check_texts(library, flow, actions)
        problems += check_choices(library, flow)
    problems += check_circles(library)
    problems += check_ear(library)
    return sorted(set(problems))


def _menu(library: Library) -> list[Problem]:
    """Conversations that begin with a person stand at the menu's start, so it has to be a question."""
    menu = library.flows.get(MENU)
    start = menu.steps.get(menu.start) if menu else None
    if menu is None or start is None or start.ask is not None:
        return []
    return [Problem(menu.path, start.line, f"the menu must start with a question, not with `{start.name}`")]


def _versions(library: Library) -> list[Problem]:
    return [
        Problem(
            flow.path, flow.lines.get("flow", 1), f"no flow may be called `{COMMON}`; choose another name"
        )
        for flow in library.versions.values()
        if flow.name == COMMON
    ] + [problem for flow in library.versions.values() for problem in _given(library, flow)]


def _given(library: Library, flow: Flow) -> list[Problem]:
    """A flow that needs values to begin with can only be started by a service."""
    line = flow.lines.get("given", 1)
    if not flow.given:
        return []
    texts = [texts for texts in flow.texts.values() if texts.keywords]
    found = [
        Problem(own.path, 1, "a flow with `given` values cannot have keywords; remove them") for own in texts
    ]
    for other in library.versions.values():
        for step in other.steps.values():
            if step.go == flow.name:
                message = (
                    f"step `{step.name}` goes to `{flow.name}`, which needs values given (line {line} there)"
                )
                found.append(Problem(other.path, step.line, f"{message}; start it from a service instead"))
    return found
