"""What coordinators do in a resident's thread: take over, reply, hand back, close, assign."""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.conversation import ByPerson, Closed, HandedBack, TakenOver
from flows.gsm7 import parts
from gateway.errors import GatewayError
from gateway.store import people, threads
from gateway.store.conversations import latest_conversation
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.outbound import Lane, queue_text
from gateway.turns import Turns

LONGEST_REPLY_PARTS = 4
# Whoever answers on the dashboard has this long before the people on duty are told by text.
UNANSWERED_FOR = timedelta(minutes=15)


class NotSent(GatewayError):
    """A reply cannot be sent; the `key` names why for the page: stopped, empty, long."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def take_over(tx: Tx, turns: Turns, resident_id: int, account_id: int, now: datetime) -> None:
    """Have a coordinator answer a resident from here on, instead of the flow."""
    threads.ensure_thread(tx, resident_id, now)
    threads.assign(tx, resident_id, account_id)
    if not _person_answers(tx, resident_id):
        _turn(tx, turns, resident_id, TakenOver(), now)
        threads.assign(tx, resident_id, account_id)


def reply(tx: Tx, turns: Turns, resident_id: int, account_id: int, body: str, now: datetime) -> int:
    """Text a resident in a coordinator's own words, taking over first; give the text's id.

    Raises NotSent: to somebody who said STOP, of nothing, or of more than four parts.
    """
    body = body.strip().replace("\r\n", "\n")
    resident = people.resident_by_id(tx, resident_id)
    if resident.stopped:
        raise NotSent("stopped", "They texted STOP, so nothing may be sent until they text START.")
    if not body:
        raise NotSent("empty", "There is nothing to send. Write something first.")
    if parts(body) > LONGEST_REPLY_PARTS:
        raise NotSent("long", f"It is longer than {LONGEST_REPLY_PARTS} texts. Make it shorter.")
    take_over(tx, turns, resident_id, account_id, now)
    text_id = queue_text(
        tx,
        number=resident.number,
        body=body,
        parts=parts(body),
        kind="statement",
        lane=Lane.ANSWER,
        now=now,
        resident_id=resident_id,
    )
    threads.mark_author(tx, text_id, account_id)
    threads.no_longer_waits(tx, resident_id)
    write_event(tx, "message.replied", f"resident:{resident_id}", {"message": text_id}, now)
    return text_id


def hand_back(tx: Tx, turns: Turns, resident_id: int, now: datetime) -> None:
    """Let the flow go on where it stood: its question is asked again."""
    _turn(tx, turns, resident_id, HandedBack(), now)
    threads.assign(tx, resident_id, None)
    threads.no_longer_waits(tx, resident_id)
    write_event(tx, "person.handed_back", f"resident:{resident_id}", {}, now)


def close(tx: Tx, turns: Turns, resident_id: int, now: datetime) -> None:
    """End what a person answered: nothing is said, and the resident's next text begins anew."""
    if _person_answers(tx, resident_id):
        _turn(tx, turns, resident_id, Closed(), now)
    threads.assign(tx, resident_id, None)
    threads.no_longer_waits(tx, resident_id)
    write_event(tx, "person.closed", f"resident:{resident_id}", {}, now)


def assign(tx: Tx, resident_id: int, account_id: int, now: datetime) -> None:
    """Ask another coordinator to answer a resident."""
    threads.ensure_thread(tx, resident_id, now)
    threads.assign(tx, resident_id, account_id)
    write_event(tx, "person.assigned", f"resident:{resident_id}", {}, now)


def tell_unanswered(tx: Tx, turns: Turns, now: datetime) -> None:
    """Text the people on duty about residents who wait for someone who does not answer on the dashboard."""
    for resident_id in threads.waiting_untold(tx, now - UNANSWERED_FOR):
        threads.note_told(tx, resident_id, now)
        if threads.assigned_to(tx, resident_id) is not None:
            resident = people.resident_by_id(tx, resident_id)
            turns.notices(tx, now).tell_duty("duty_message", resident, _last_words(tx, resident_id))


def _last_words(tx: Tx, resident_id: int) -> str:
    thread = threads.thread_of(tx, resident_id)
    return thread.last if thread else ""


def _person_answers(tx: Tx, resident_id: int) -> bool:
    kept = latest_conversation(tx, resident_id)
    return kept is not None and kept.conversation.status == "person"


def _turn(tx: Tx, turns: Turns, resident_id: int, what: ByPerson, now: datetime) -> None:
    turns.take(tx, people.resident_by_id(tx, resident_id), what, now)
