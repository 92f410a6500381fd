"""What still needs what is held about one person, and erasing it."""

from __future__ import annotations

from datetime import datetime

from gateway.store.announcements import forget_choices
from gateway.store.board import forget_whose
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.people import meet, set_stopped
from gateway.store.shifts import leave_shifts

FORGOTTEN = "forgotten:"
"""Stands before a number that is none any more."""


def roles(tx: Tx, resident_id: int) -> tuple[str, ...]:
    """Give what a resident is in the community's own lists: coordinator, volunteer, driver, member."""
    found = [
        ("coordinator", "SELECT COUNT(*) FROM coordinator WHERE resident_id = :id"),
        ("volunteer", "SELECT COUNT(*) FROM volunteer WHERE resident_id = :id AND active = 1"),
        ("driver", "SELECT COUNT(*) FROM driver WHERE resident_id = :id"),
        # Whoever became one by text stands in no file, from which the next start would bring them back.
        (
            "member",
            "SELECT COUNT(*) FROM member WHERE resident_id = :id AND left_at IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM enrolment WHERE enrolment.resident_id = :id AND enrolment.name = member.name "
            "AND enrolment.decided_at IS NOT NULL)",
        ),
    ]
    return tuple(role for role, sql in found if _count(tx, sql, resident_id))


def running_matters(tx: Tx, resident_id: int) -> tuple[str, ...]:
    """Say what still needs a resident's number: request, lift, foodbank, urgent, vote; none: nothing does."""
    found = [
        ("request", "SELECT COUNT(*) FROM help_request WHERE resident_id = :id AND closed_at IS NULL"),
        (
            "lift",
            "SELECT COUNT(*) FROM trip WHERE resident_id = :id AND state IN "
            "('requested', 'standby', 'offered', 'booked', 'reminded', 'on_board')",
        ),
        ("foodbank", "SELECT COUNT(*) FROM food_referral WHERE resident_id = :id AND closed_at IS NULL"),
        ("urgent", "SELECT COUNT(*) FROM urgent WHERE resident_id = :id AND taken_at IS NULL"),
        (
            "vote",
            "SELECT COUNT(*) FROM member JOIN roll ON roll.member_id = member.id "
            "JOIN poll ON poll.id = roll.poll_id WHERE member.resident_id = :id AND poll.state = 'open'",
        ),
    ]
    return tuple(matter for matter, sql in found if _count(tx, sql, resident_id))


def is_told_something(tx: Tx, resident_id: int) -> bool:
    """Whether a text to a resident has not gone yet."""
    row = tx.one(
        "SELECT 1 FROM outbound WHERE number = (SELECT number FROM resident WHERE id = :id) "
        "AND ended_at IS NULL LIMIT 1",
        id=resident_id,
    )
    return row is not None


def ask_to_forget(tx: Tx, resident_id: int, now: datetime) -> None:
    """Note that a resident wants to be forgotten."""
    tx.run(
        "UPDATE resident SET forget_asked_at = COALESCE(forget_asked_at, :now) WHERE id = :id",
        now=to_text(now),
        id=resident_id,
    )


def asked_to_forget(tx: Tx) -> list[int]:
    """Give those who want to be forgotten, and are not yet in every trace."""
    return [int(row["id"]) for row in tx.all("SELECT id FROM resident WHERE forget_asked_at IS NOT NULL")]


def erase_words(tx: Tx, resident_id: int) -> None:
    """Erase what somebody wrote and said, and what was answered; the record of matters stays.

    What is on its way out stays until it has gone. Recordings lose their transcript at once, and
    their file with the next sweep.
    """
    number = tx.one("SELECT number FROM resident WHERE id = :id", id=resident_id)
    tx.run(
        "UPDATE inbound_part SET body = '', raw = '', key = 'gone:' || id, twin = 'gone:' || id "
        "WHERE inbound_id IN (SELECT id FROM inbound WHERE resident_id = :id)",
        id=resident_id,
    )
    tx.run("UPDATE inbound SET body = '' WHERE resident_id = :id", id=resident_id)
    if number is not None:
        ended = "SELECT id FROM outbound WHERE number = :number AND ended_at IS NOT NULL"
        tx.run(f"DELETE FROM sent_part WHERE outbound_id IN ({ended})", number=number["number"])  # noqa: S608
        tx.run(
            "DELETE FROM outbound WHERE number = :number AND ended_at IS NOT NULL", number=number["number"]
        )
    tx.run("UPDATE recording SET transcript = '', erase_at = made_at WHERE resident_id = :id", id=resident_id)
    tx.run("DELETE FROM flow_result WHERE resident_id = :id", id=resident_id)
    tx.run("UPDATE urgent SET words = '' WHERE resident_id = :id AND taken_at IS NOT NULL", id=resident_id)
    tx.forget_log()


def erase_person(tx: Tx, resident_id: int, now: datetime, *, keep_number: bool) -> None:
    """Erase who somebody is: only counts without a person are left, and what others were told of them.

    With `keep_number` (after STOP) the number stays, alone, joined to nothing that was, so that nothing
    is ever sent to it. Whoever calls this has asked `running_matters` and `roles` before, and
    `is_told_something`: a text that is still to be sent is left to be sent.
    """
    person = tx.one("SELECT number FROM resident WHERE id = :id", id=resident_id)
    erase_words(tx, resident_id)
    for statement in _ERASING:
        tx.run(statement, id=resident_id)
    forget_whose(tx, resident_id)
    forget_choices(tx, resident_id)
    leave_shifts(tx, resident_id)
    for statement in _ENDING:
        tx.run(statement, id=resident_id, now=to_text(now))
    tx.run(
        "UPDATE resident SET name = '', language = '', slow = 0, reads_no_texts = 0, forget_asked_at = NULL, "
        "stopped = 1, number = :token || id WHERE id = :id",
        token=FORGOTTEN,
        id=resident_id,
    )
    if keep_number and person is not None:
        set_stopped(tx, meet(tx, person["number"], now).id, stopped=True)
    tx.forget_log()


_TEXTS = (
    "(SELECT id FROM inbound WHERE resident_id = :id "
    "UNION SELECT id FROM inbound WHERE sender = (SELECT number FROM resident WHERE id = :id))"
)
_ERASING = (
    f"UPDATE outbound SET inbound_id = NULL WHERE inbound_id IN {_TEXTS}",  # noqa: S608
    f"DELETE FROM inbound_part WHERE inbound_id IN {_TEXTS}",  # noqa: S608
    "DELETE FROM inbound_part WHERE inbound_id IS NULL "
    "AND sender = (SELECT number FROM resident WHERE id = :id)",
    f"DELETE FROM inbound WHERE id IN {_TEXTS}",  # noqa: S608
    "UPDATE help_request SET what = '', area = '', address = '', reach_number = '' WHERE resident_id = :id",
    "DELETE FROM help_note WHERE request_id IN (SELECT id FROM help_request WHERE resident_id = :id)",
    "UPDATE food_referral SET diet = '', allergies = '', cooking = '', voucher = '', address = '' "
    "WHERE resident_id = :id",
    "UPDATE urgent SET words = '' WHERE resident_id = :id",
    "DELETE FROM urgent_telling WHERE resident_id = :id",
    "DELETE FROM rider WHERE resident_id = :id",
    "DELETE FROM thread WHERE resident_id = :id",
    "DELETE FROM flow_consent WHERE resident_id = :id",
    "DELETE FROM outgoing_call WHERE resident_id = :id",
    "DELETE FROM conversation WHERE resident_id = :id",
    "DELETE FROM vote_talk WHERE resident_id = :id",
    "UPDATE enrolment SET name = '', pin_hash = '' WHERE resident_id = :id AND state <> 'waiting'",
    "DELETE FROM enrolment WHERE resident_id = :id AND state = 'waiting'",
    "UPDATE objection SET words = '' WHERE member_id IN (SELECT id FROM member WHERE resident_id = :id)",
    "UPDATE volunteer SET active = 0, categories = '[]', areas = '[]', hours = '[]', paused_until = NULL "
    "WHERE resident_id = :id",
    "DELETE FROM driver_hours WHERE driver_id = :id",
    "UPDATE driver SET name_told = 0 WHERE resident_id = :id",
    "DELETE FROM coordinator WHERE resident_id = :id",
)
_ENDING = (
    "UPDATE member SET left_at = COALESCE(left_at, :now), pin_hash = '', name = '#' || id "
    "WHERE resident_id = :id",
    "UPDATE api_token SET revoked_at = COALESCE(revoked_at, :now), name = '' WHERE driver_id = :id",
)


def _count(tx: Tx, sql: str, resident_id: int) -> int:
    row = tx.one(sql, id=resident_id)
    return int(row[0]) if row else 0
