"""What must be forgotten so that nobody can tell who voted how, or what somebody's PIN is."""

from __future__ import annotations

from flows.conversation import Conversation, Turn
from gateway.services.acting import Acting
from gateway.store import members
from gateway.store.database import Tx
from gateway.store.messages_erasure import erase_last_inbound, erase_talk, note_talk
from gateway.store.polls import Poll

FLOW = "vote"
"""The flow in which votes are talked about."""


def note_vote_talk(acting: Acting, poll: Poll | None = None) -> None:
    """Note that what is written from here on is about voting, and about which poll once that is known."""
    note_talk(acting.tx, acting.resident.id, secret=poll is not None and poll.secret)


def hides_words(before: Conversation | None, turn: Turn) -> bool:
    """Tell whether a turn's words may say how somebody votes, so that nobody on duty is sent them.

    A cry for help is told whatever it was said amid.
    """
    if before is None or before.status != "active" or before.flow != FLOW:
        return False
    return all(effect.type != "emergency" for effect in turn.happened)


def forget_pin(acting: Acting) -> None:
    """Erase the text that has just brought a PIN."""
    erase_last_inbound(acting.tx, acting.resident.id)


def forget_vote(acting: Acting, poll: Poll) -> None:
    """Erase what the handset wrote and read on its way to a secret vote."""
    if poll.secret:
        erase_talk(acting.tx, acting.resident.id)


def forget_unfinished_votes(tx: Tx, poll: Poll) -> None:
    """Erase the same for those who are about to vote when a secret poll closes."""
    for resident_id in members.residents_on_roll(tx, poll.id) if poll.secret else ():
        erase_talk(tx, resident_id)
