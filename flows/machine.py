"""A flow as one shared state machine: steps are states, outcomes triggers, guards conditions."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from transitions import Machine

from flows.load import ANY
from flows.model import Flow, Way

_AT = "at_step"


class StepMachine(Machine):
    """A flow's machine. `guarding` names by step and trigger the answers that guards look for.

    `known` remembers where the machine went, by step, trigger and which of those answers were held.
    """

    def __init__(
        self, *args: Any, guarding: Mapping[tuple[str, str], tuple[str, ...]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.guarding = guarding
        self.known: dict[tuple[str, str, tuple[bool, ...]], str] = {}


@dataclass(slots=True)
class Cursor:
    """The tiny model a machine moves: where a conversation stands and which answers it holds."""

    at_step: str
    held: Container[str]


def build(flow: Flow) -> StepMachine:
    """Compile a flow; the machine has no model of its own, so every conversation can share it."""
    transitions = [
        {"trigger": outcome, "source": step.name, "dest": way.to, "conditions": _guard(way)}
        for step in flow.steps.values()
        for outcome, ways in step.ways.items()
        for way in ways
    ]
    return StepMachine(
        model=None,
        states=list(flow.steps),
        initial=flow.start,
        transitions=transitions,
        auto_transitions=False,
        model_attribute=_AT,
        guarding={
            (step.name, outcome): tuple(way.when.split()[1] for way in ways if way.when)
            for step in flow.steps.values()
            for outcome, ways in step.ways.items()
        },
    )


def follow(machine: StepMachine, flow: Flow, step: str, outcome: str, held: Container[str]) -> str:
    """Give the step that `outcome` leads to from `step` (an empty string: no way leads on)."""
    ways = flow.steps[step].ways
    trigger = outcome if outcome in ways else ANY
    if trigger not in ways:
        return ""
    case = (step, trigger, tuple(name in held for name in machine.guarding[step, trigger]))
    if case not in machine.known:
        cursor = Cursor(step, held)
        machine.known[case] = cursor.at_step if machine.events[trigger].trigger(cursor, cursor) else ""
    return machine.known[case]


def _guard(way: Way) -> list[Callable[[Any], bool]]:
    if not way.when:
        return []
    kind, name = way.when.split()
    if kind == "known":
        return [lambda cursor: name in cursor.held]
    return [lambda cursor: name not in cursor.held]
