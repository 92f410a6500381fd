"""The lifecycle of a record: one shared machine over state names, no object a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transitions import Machine, MachineError

from gateway.errors import GatewayError


class IllegalMove(GatewayError):
    """A record cannot go this way from where it stands: nothing was changed. Look at it again first."""


class _Cursor:
    """The one thing a shared machine moves: a state name."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def lifecycle(initial: str, moves: Mapping[str, Mapping[str, Sequence[str]]]) -> Machine:
    """Make the shared machine of a kind of record.

    `moves` maps a trigger to its target states, each with the states it leads there from:
    `{"withdraw": {"withdrawn": ("new", "looking")}}`.
    """
    transitions = [
        {"trigger": trigger, "source": list(sources), "dest": target}
        for trigger, targets in moves.items()
        for target, sources in targets.items()
    ]
    states = {initial} | {
        s for t in moves.values() for target, sources in t.items() for s in (target, *sources)
    }
    return Machine(
        model=None, states=sorted(states), initial=initial, transitions=transitions, auto_transitions=False
    )


def advance(machine: Machine, state: str, trigger: str) -> str:
    """Give the state that `trigger` leads to from `state`; raises IllegalMove when it leads nowhere."""
    cursor = _Cursor(state)
    try:
        machine.events[trigger].trigger(cursor)
    except (KeyError, MachineError) as error:
        raise IllegalMove(
            f"What is {state} cannot {trigger}, so nothing was changed. Ask for its status and try again."
        ) from error
    return cursor.state
