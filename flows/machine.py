"""A flow as one shared state machine: steps are states, outcomes triggers, guards conditions."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from transitions import Machine

from flows.load import ANY
from flows.model import Flow, Way

_AT = "at_step"


@dataclass(slots=True)
class Cursor:
    """The tiny model a machine moves: where a conversation stands and which answers it holds."""

    at_step: str
    held: Container[str]


def build(flow: Flow) -> Machine:
    """Compile a flow; the machine has no model of its own, so every conversation can share it."""
    transitions = [
        {"trigger": outcome, "source": step.name, "dest": way.to, "conditions": _guard(way)}
        for step in flow.steps.values()
        for outcome, ways in step.ways.items()
        for way in ways
    ]
    return Machine(
        model=None,
        states=list(flow.steps),
        initial=flow.start,
        transitions=transitions,
        auto_transitions=False,
        model_attribute=_AT,
    )


def follow(machine: Machine, flow: Flow, step: str, outcome: str, held: Container[str]) -> str:
    """Give the step that `outcome` leads to from `step` (an empty string: no way leads on)."""
    ways = flow.steps[step].ways
    trigger = outcome if outcome in ways else ANY
    if trigger not in ways:
        return ""
    cursor = Cursor(step, held)
    return cursor.at_step if machine.events[trigger].trigger(cursor, cursor) else ""


def _guard(way: Way) -> list[Callable[[Any], bool]]:
    if not way.when:
        return []
    kind, name = way.when.split()
    if kind == "known":
        return [lambda cursor: name in cursor.held]
    return [lambda cursor: name not in cursor.held]
