"""What is written down of calls on one modem: those that begin, are missed, or find it busy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.conversation import Prompt
from gateway.call_life import How
from gateway.call_rules import CallRules
from gateway.store import calls, people
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.turns import Turns

RING_BACK_DELAY = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class CallBook:
    """The calls of the modem `name`; each function runs inside a transaction."""

    name: str
    turns: Turns
    rules: CallRules

    def begin(
        self, tx: Tx, number: str, direction: str, purpose: str, now: datetime, *, answered: bool = True
    ) -> tuple[int, int]:
        """Write down a call that begins; give the resident and the call."""
        resident = people.meet(tx, number, now)
        call_id = calls.begin_call(tx, self.name, direction, purpose, resident.id, now)
        write_event(tx, "call.began", f"call:{call_id}", {"direction": direction, "purpose": purpose}, now)
        if answered:
            calls.answer_call(tx, call_id, now)
        return resident.id, call_id

    def miss(self, tx: Tx, number: str, now: datetime) -> None:
        """Write down who hung up while it rang, and ring them back where the rules allow it."""
        resident = people.meet(tx, number, now)
        call_id = calls.begin_call(tx, self.name, "in", "", resident.id, now)
        calls.end_call(tx, call_id, How.GAVE_UP.value, now)
        refusal = self.rules.ring_back_refusal(tx, resident, now)
        write_event(tx, "call.missed", f"call:{call_id}", {"ring_back": not refusal, "why": refusal}, now)
        if not refusal:
            calls.queue_call(tx, resident.id, "ring_back", now, delay=RING_BACK_DELAY)

    def refuse(self, tx: Tx, number: str, now: datetime) -> None:
        """Write down who found the line busy, and text them so."""
        resident = people.meet(tx, number, now)
        call_id = calls.begin_call(tx, self.name, "in", "", resident.id, now)
        calls.end_call(tx, call_id, "line busy", now)
        write_event(tx, "call.busy", f"call:{call_id}", {}, now)
        self.turns.notices(tx, now).tell(number, Prompt("common", "busy"))


def end_call(tx: Tx, call_id: int, how: How, now: datetime) -> None:
    """Write down how a call ended."""
    calls.end_call(tx, call_id, how.value, now)
    write_event(tx, "call.ended", f"call:{call_id}", {"how": how.value}, now)
