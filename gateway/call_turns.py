"""A turn on a call: the same turn a text takes, said instead of sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.conversation import Again, Input
from flows.listening import Expectation, expects
from flows.spoken import Sentence, spoken
from gateway.store import calls
from gateway.store.database import Tx
from gateway.store.people import resident_by_id
from gateway.turns import Turns


@dataclass(frozen=True, slots=True)
class CallTurn:
    """What a turn on a call came to: what is said, what may come then, and what happened.

    `again` asks for the sentences before this turn once more. `flow` and `step` are where the
    conversation stands; with `for_person` what is said there is a message for one.
    """

    sentences: tuple[Sentence, ...]
    expectation: Expectation
    happened: frozenset[str]
    again: bool
    slow: bool
    flow: str
    step: str
    for_person: bool


def take_call_turn(tx: Tx, turns: Turns, resident_id: int, event: Input, now: datetime) -> CallTurn:
    """Take one turn with whoever is on the call and keep all that came of it."""
    resident = resident_by_id(tx, resident_id)
    library = turns.library_for(resident)
    turn = turns.take(tx, resident, event, now, medium="call")
    happened = frozenset(effect.type for effect in turn.happened)
    if "speech.slower" in happened:
        calls.set_slow(tx, resident_id)
    if "call.cut_off" in happened:
        turns.say_cut_off(tx, resident, turn.language, now)
    setting = turns.setting(tx, resident_by_id(tx, resident_id), turn.language, now, "call")
    after = turn.conversation
    return CallTurn(
        sentences=tuple(spoken(library, turn.effects, turn.language, turns.community.zone)),
        expectation=expects(library, after, setting),
        happened=happened,
        again=any(isinstance(effect, Again) for effect in turn.effects),
        slow=calls.wants_slow(tx, resident_id),
        flow=after.flow if after else "",
        step=after.step if after else "",
        for_person=after is not None and after.status == "person",
    )
