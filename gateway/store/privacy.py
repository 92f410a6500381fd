"""What is held about one person, what still needs it, and erasing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.announcements import forget_choices
from gateway.store.board import forget_whose
from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text
from gateway.store.shifts import leave_shifts

FORGOTTEN = "forgotten:"
"""Stands before a number that is none any more."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held about somebody; `since` is the oldest text's moment, None where there is no text."""

    name: str
    texts: int
    since: datetime | None
    calls: int
    recordings: int
    requests: int
    lifts: int
    memberships: tuple[str, ...]
    roles: tuple[str, ...]


def holdings(tx: Tx, resident_id: int) -> Holdings:
    """Count what is held about a resident."""
    person = tx.one("SELECT name FROM resident WHERE id = :id", id=resident_id)
    texts = tx.one(
        "SELECT COUNT(*) AS n, MIN(received_at) AS since FROM inbound WHERE resident_id = :id", id=resident_id
    )
    members = tx.all(
        "SELECT name FROM member WHERE resident_id = :id AND left_at IS NULL ORDER BY id", id=resident_id
    )
    return Holdings(
        name=person["name"] if person else "",
        texts=int(texts["n"]) if texts else 0,
        since=from_text(texts["since"]) if texts and texts["since"] else None,
        calls=_count(tx, "SELECT COUNT(*) FROM call WHERE resident_id = :id", resident_id),
        recordings=_count(tx, "SELECT COUNT(*) FROM recording WHERE resident_id = :id", resident_id),
        requests=_count(tx, "SELECT COUNT(*) FROM help_request WHERE resident_id = :id", resident_id),
        lifts=_count(tx, "SELECT COUNT(*) FROM trip WHERE resident_id = :id", resident_id),
        memberships=tuple(row["name"] for row in members),
        roles=roles(tx, resident_id),
    )


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

    With `keep_number` (after STOP) the number stays, alone, so that nothing is ever sent to it.
    """
    erase_words(tx, resident_id)
    for statement in (
        "UPDATE outbound SET inbound_id = NULL WHERE inbound_id IN "
        "(SELECT id FROM inbound WHERE resident_id = :id)",
        "DELETE FROM inbound_part WHERE inbound_id IN (SELECT id FROM inbound WHERE resident_id = :id)",
        "DELETE FROM inbound WHERE resident_id = :id",
        "UPDATE help_request SET what = '', area = '', address = '', reach_number = '' "
        "WHERE resident_id = :id",
        "UPDATE food_referral SET diet = '', allergies = '', cooking = '', voucher = '', address = '' "
        "WHERE resident_id = :id",
        "DELETE FROM help_note WHERE request_id IN (SELECT id FROM help_request WHERE resident_id = :id)",
        "DELETE FROM rider WHERE resident_id = :id",
        "DELETE FROM thread WHERE resident_id = :id",
        "DELETE FROM flow_consent WHERE resident_id = :id",
        "DELETE FROM outgoing_call WHERE resident_id = :id",
        "DELETE FROM conversation WHERE resident_id = :id",
        "DELETE FROM vote_talk WHERE resident_id = :id",
        "UPDATE enrolment SET name = '', pin_hash = '' WHERE resident_id = :id AND state <> 'waiting'",
        "DELETE FROM enrolment WHERE resident_id = :id AND state = 'waiting'",
        "UPDATE volunteer SET active = 0 WHERE resident_id = :id",
    ):
        tx.run(statement, id=resident_id)
    forget_whose(tx, resident_id)
    forget_choices(tx, resident_id)
    leave_shifts(tx, resident_id)
    tx.run(
        "UPDATE member SET left_at = COALESCE(left_at, :now), pin_hash = '', name = '#' || id "
        "WHERE resident_id = :id",
        now=to_text(now),
        id=resident_id,
    )
    tx.run(
        "UPDATE resident SET name = '', language = '', slow = 0, reads_no_texts = 0, forget_asked_at = NULL, "
        "number = CASE WHEN :keep THEN number ELSE :token || id END WHERE id = :id",
        keep=keep_number,
        token=FORGOTTEN,
        id=resident_id,
    )
    tx.forget_log()


def _count(tx: Tx, sql: str, resident_id: int) -> int:
    row = tx.one(sql, id=resident_id)
    return int(row[0]) if row else 0
