"""What must be forgotten so that nobody can tell who voted how, or what somebody's PIN is."""

from __future__ import annotations

from gateway.services.acting import Acting
from gateway.store import members
from gateway.store.database import Tx
from gateway.store.messages_erasure import began_at, erase_conversations, erase_exchange
from gateway.store.votes import Poll

FLOW = "vote"


def forget_pin(acting: Acting) -> None:
    """Erase the texts of this conversation so far: the last one was a PIN."""
    began = began_at(acting.tx, acting.resident.id)
    if began is not None:
        erase_exchange(acting.tx, acting.resident.id, began)


def forget_vote(acting: Acting, poll: Poll) -> None:
    """Erase what the handset wrote and read about voting since the poll opened."""
    erase_conversations(acting.tx, acting.resident.id, FLOW, poll.opened_at or acting.now)


def forget_all_votes(tx: Tx, poll: Poll) -> None:
    """Erase the same for every handset on the roll: some began to vote and never ended."""
    for resident_id in members.residents_on_roll(tx, poll.id):
        if poll.opened_at is not None:
            erase_conversations(tx, resident_id, FLOW, poll.opened_at)
