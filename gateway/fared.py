"""How residents fare at each question, counted in memory and written down now and then."""

from __future__ import annotations

from collections import Counter
from datetime import date

from flows.conversation import Conversation, Turn
from flows.library import Library
from gateway.store.database import Tx
from gateway.store.step_counts import Fared, count_steps

WENT_NO_FURTHER = frozenset({"left", "stopped", "expired", "failed"})


class FaredCounts:
    """Counts since the last time they were written down; a crash loses those, and nothing else."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, Fared]] = Counter()

    def count(self, library: Library, before: Conversation | None, turn: Turn) -> None:
        """Count what a turn made of the question that a conversation stood at."""
        if before is None or before.status != "active" or _is_secret(library, before):
            return
        what = _fared(before, turn)
        if what:
            self._counts[before.flow, before.step, what] += 1

    def write(self, tx: Tx, day: date) -> None:
        """Write down what was counted, under a local day."""
        counts, self._counts = self._counts, Counter()
        count_steps(tx, day, counts)


def _is_secret(library: Library, conversation: Conversation) -> bool:
    flow = library.versions.get((conversation.flow, conversation.version))
    return flow is None or flow.secret


def _fared(before: Conversation, turn: Turn) -> Fared | None:
    for effect in turn.happened:
        if effect.data.get("flow") == before.flow:
            if effect.type == "conversation.unclear":
                return "unclear"
            if effect.type == "conversation.ended":
                return "stopped" if effect.data.get("status") in WENT_NO_FURTHER else "passed"
    after = turn.conversation
    went_on = after is not None and after.flow == before.flow and len(after.history) > len(before.history)
    return "passed" if went_on else None
