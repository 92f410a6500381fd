"""Which answers were taken by ear, and whether anything binding may yet be done with them."""

from __future__ import annotations

from collections.abc import Mapping

from flows.model import Flow
from flows.value import Value

RECORDED_TYPES = frozenset({"free_text", "name"})
"""Answer types whose sound is kept, so that a person can hear what was said."""

UNCHECKED_TYPES = RECORDED_TYPES | {"yes_no", "pin"}
"""Answer types that are not read back: a yes is itself the check, and a PIN is never said."""


class ByEar:
    """Tells the answers that were heard in this turn from those that were there before it."""

    def __init__(self, flow: Flow | None, answers: Mapping[str, Value]) -> None:
        self._flow = flow
        self._before = dict(answers)
        self.listens = False
        """Whether what comes in this turn comes by ear."""

    def settle(self, flow: Flow, answers: Mapping[str, Value]) -> None:
        """Take all answers as they are now for settled."""
        self._flow, self._before = flow, dict(answers)

    def fresh(self, flow: Flow, answers: Mapping[str, Value]) -> tuple[str, ...]:
        """Give the names of answers heard in this turn, in the order in which the flow asks for them."""
        if not self.listens:
            return ()
        before = self._before if flow is self._flow else {}
        return tuple(name for name in asked(flow) if name in answers and answers[name] != before.get(name))

    def unconfirmed(
        self, flow: Flow, answers: Mapping[str, Value], heard: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Give the names that a yes has yet to confirm: those `heard` in earlier turns and the fresh ones."""
        names = {*heard, *self.fresh(flow, answers)}
        if not names:  # as in every text
            return ()
        return tuple(
            name for name, kind in asked(flow).items() if name in names and kind not in UNCHECKED_TYPES
        )


def asked(flow: Flow) -> dict[str, str]:
    """Give the names of what a flow asks, with their answer types, in its own order."""
    return {step.ask.name: step.ask.type for step in flow.steps.values() if step.ask is not None}
