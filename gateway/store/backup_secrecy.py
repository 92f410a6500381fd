"""What a backup must not hold: the votes of polls that are still open.

Two copies made around one vote would tell how it was cast. So a copy holds of an open secret poll its
question and its roll, and no ballot and no mark; and of every open poll that it is a copy, so that a gateway
that begins again from it takes no votes until a coordinator has decided what is to become of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.call_state import NO_CALL
from flows.conversation import Conversation
from gateway.store.conversations import Kept, save_conversation
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.messages_erasure import end_talk
from gateway.store.packed import unpack

VOTE_FLOW = "vote"


def holds_votes_in_hand(tx: Tx) -> bool:
    """Tell whether votes are being cast, so that a copy of the database has to be cleared of them."""
    row = tx.one(
        "SELECT EXISTS (SELECT 1 FROM poll WHERE state = 'open') OR EXISTS (SELECT 1 FROM vote_talk) AS held"
    )
    return bool(row and row["held"])


def forget_votes_in_hand(tx: Tx, now: datetime) -> None:
    """Clear a copy of the database of the votes of open polls and of all talk about voting."""
    for poll in tx.all("SELECT id, options FROM poll WHERE state = 'open' AND secret = 1"):
        tx.run("UPDATE roll SET voted = 0 WHERE poll_id = :id", id=poll["id"])
        tx.run("DELETE FROM entered_vote WHERE poll_id = :id", id=poll["id"])
        tx.run(
            "UPDATE ballot SET marks = :blank, side = 0 WHERE poll_id = :id",
            blank=bytes(len(unpack(poll["options"]))),
            id=poll["id"],
        )
    tx.run("UPDATE poll SET state = 'copied', copied_at = :now WHERE state = 'open'", now=to_text(now))
    for talk in tx.all("SELECT resident_id FROM vote_talk"):
        end_talk(tx, talk["resident_id"])
    # What still waits to be sent cannot be sent without its words.
    tx.run(
        "UPDATE outbound SET body = '', state = 'expired', ended_at = :now "
        "WHERE kind = 'secret' AND state IN ('queued', 'sending')",
        now=to_text(now),
    )
    rows = tx.all(
        "SELECT id, state FROM conversation WHERE flow = :flow AND status IN ('active', 'person')",
        flow=VOTE_FLOW,
    )
    for row in rows:
        kept = Kept(row["id"], Conversation.from_json(unpack(row["state"])))
        ended = replace(
            kept.conversation,
            status="left",
            answers={},
            history=(),
            unclear=0,
            more=(),
            argument="",
            call=NO_CALL,
        )
        save_conversation(tx, kept, ended, now)
