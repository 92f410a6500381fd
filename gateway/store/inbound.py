"""Texts as they are taken from the modem: recognised, joined from parts, kept before they are deleted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from modem.driver import BrokenPart, Part
from modem.joined import joined

# A part that is later than this is not waited for: a person reads what came.
INCOMPLETE_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Inbound:
    """A whole text from `sender`, joined from its parts; `smsc_at` is the network's own time of it."""

    id: int
    sender: str
    body: str
    smsc_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """How a stored message is recognised again.

    `full` is IMSI, place, sender, network time, header and body; `twin` leaves out the place;
    `bodyless` leaves out the body besides and replaces both where the body had to be erased. Without
    a network time only `full` tells anything.
    """

    full: str
    twin: str
    bodyless: str


def keys_of(imsi: str, part: Part) -> Keys:
    """Make the keys of a stored message part."""
    time = to_text(part.smsc_time) if part.smsc_time else ""
    origin = f"{imsi}\0{part.sender}\0{time}\0{part.header}\0"
    return Keys(
        full=_digest(f"{origin}{part.place}\0{part.body}"),
        twin=_digest(origin + part.body),
        bodyless="erased:" + _digest(origin),
    )


def record_part(
    tx: Tx, link: str, imsi: str, part: Part, now: datetime, resident_id: int | None
) -> Inbound | None:
    """Keep one part; give the whole text if this part completes a new one, else None.

    A whole text begins as `handled`: its turn is taken in the same transaction.
    """
    tx.tell("message.received")
    keys = keys_of(imsi, part)
    body = storable(part.body)
    at = to_text(part.smsc_time) if part.smsc_time else None
    if part.total == 1:
        return _record_whole(tx, link, part, body, keys, at, now, resident_id)
    if _known_part(tx, keys, part):
        return None
    tx.run(
        "INSERT INTO inbound_part "
        "(key, twin, bodyless, link, sender, reference, total, number, body, raw, smsc_at, received_at) "
        "VALUES (:key, :twin, :bodyless, :link, :sender, :reference, :total, :number, :body, :raw, "
        ":at, :now)",
        key=keys.full,
        twin=keys.twin,
        bodyless=keys.bodyless,
        link=link,
        sender=part.sender,
        reference=part.reference,
        total=part.total,
        number=part.number,
        body=body,
        raw=part.raw,
        at=at,
        now=to_text(now),
    )
    return _join(tx, link, part.sender, part.reference, part.total, now, resident_id, whole_only=True)


def record_broken(tx: Tx, link: str, imsi: str, broken: BrokenPart, now: datetime) -> bool:
    """Keep a message that could not be decoded, raw; give whether it is new."""
    key = _digest(f"{imsi}\0{broken.place}\0{broken.raw}")
    return bool(
        tx.run(
            "INSERT INTO broken_part (key, link, raw, reason, received_at) "
            "VALUES (:key, :link, :raw, :reason, :now) ON CONFLICT (key) DO NOTHING",
            key=key,
            link=link,
            raw=broken.raw,
            reason=broken.reason,
            now=to_text(now),
        )
    )


def incomplete_before(tx: Tx, now: datetime) -> list[tuple[str, str, int, int]]:
    """Give link, sender, reference and total of long texts whose missing parts are overdue.

    Overdue are also those whose parts came, by a clock that was ahead, far in the future.
    """
    rows = tx.all(
        "SELECT link, sender, reference, total FROM inbound_part WHERE inbound_id IS NULL "
        "GROUP BY link, sender, reference, total "
        "HAVING MAX(received_at) < :before OR MAX(received_at) > :ahead",
        before=to_text(now - INCOMPLETE_AFTER),
        ahead=to_text(now + INCOMPLETE_AFTER),
    )
    return [(row["link"], row["sender"], row["reference"], row["total"]) for row in rows]


def join_incomplete(
    tx: Tx, link: str, sender: str, reference: int, total: int, now: datetime
) -> Inbound | None:
    """Make one text of what came of a long one, with ' … ' where a part is missing."""
    return _join(tx, link, sender, reference, total, now, None, whole_only=False)


def set_inbound_state(tx: Tx, inbound_id: int, state: str) -> None:
    """Write down what became of a text that was not handled: ignored or failed."""
    tx.run("UPDATE inbound SET state = :state WHERE id = :id", state=state, id=inbound_id)


def heard_from(
    tx: Tx, sender: str, before_id: int, since: datetime, until: datetime
) -> list[tuple[str, datetime]]:
    """Give bodies and moments of a sender's texts before one, between two moments, newest first."""
    rows = tx.all(
        "SELECT body, received_at FROM inbound WHERE sender = :sender AND id < :id "
        "AND received_at >= :since AND received_at <= :until ORDER BY received_at DESC, id DESC LIMIT 20",
        sender=sender,
        id=before_id,
        since=to_text(since),
        until=to_text(until),
    )
    return [(row["body"], from_text(row["received_at"])) for row in rows]


def storable(body: str) -> str:
    """Give a body as SQLite and every font can hold it: no NUL, no half of a surrogate pair."""
    if body.isascii() and "\0" not in body:
        return body
    return body.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _record_whole(
    tx: Tx,
    link: str,
    part: Part,
    body: str,
    keys: Keys,
    at: str | None,
    now: datetime,
    resident_id: int | None,
) -> Inbound | None:
    # The network repeats a delivery whose acknowledgement it lost; a resident cannot send the same
    # words twice in one second of its clock.
    known = tx.all(
        "SELECT key FROM inbound WHERE key = :full OR (key = :bodyless AND :timed) UNION ALL "
        "SELECT '' FROM inbound WHERE twin = :twin AND :timed",
        full=keys.full,
        bodyless=keys.bodyless,
        twin=keys.twin,
        timed=at is not None,
    )
    if any(row["key"] for row in known):
        return None
    inbound_id = tx.insert(
        "INSERT INTO inbound (key, twin, bodyless, link, sender, resident_id, body, smsc_at, received_at, "
        "state) VALUES (:key, :twin, :bodyless, :link, :sender, :resident, :body, :at, :now, :state) "
        "RETURNING id",
        key=keys.full,
        twin=keys.twin,
        bodyless=keys.bodyless,
        link=link,
        sender=part.sender,
        resident=resident_id,
        body=body,
        at=at,
        now=to_text(now),
        state="double" if known else "handled",
    )
    return None if known else Inbound(inbound_id, part.sender, body, part.smsc_time, now)


def _known_part(tx: Tx, keys: Keys, part: Part) -> bool:
    # A part that the network delivered twice belongs to the same long text, so it is known too.
    row = tx.one(
        "SELECT 1 FROM inbound_part WHERE key = :full OR ((key = :bodyless OR twin = :twin) AND :timed)",
        full=keys.full,
        bodyless=keys.bodyless,
        twin=keys.twin,
        timed=part.smsc_time is not None,
    )
    return row is not None


def _join(
    tx: Tx,
    link: str,
    sender: str,
    reference: int,
    total: int,
    now: datetime,
    resident_id: int | None,
    *,
    whole_only: bool,
) -> Inbound | None:
    rows = tx.all(
        "SELECT id, key, number, body, raw, smsc_at FROM inbound_part WHERE inbound_id IS NULL "
        "AND link = :link AND sender = :sender AND reference = :reference AND total = :total "
        "ORDER BY number, id",
        link=link,
        sender=sender,
        reference=reference,
        total=total,
    )
    bodies: dict[int, Row] = {}
    for row in rows:  # the first copy of a part that came twice is as good as the second
        bodies.setdefault(row["number"], row)
    if not bodies or (whole_only and len(bodies) < total):
        return None
    if len(bodies) == total:
        ordered = [bodies[n] for n in range(1, total + 1)]
        body = storable(joined([row["body"] for row in ordered], [row["raw"] for row in ordered]))
    else:
        body = "".join(bodies[n]["body"] if n in bodies else " … " for n in range(1, total + 1))
    at = bodies[min(bodies)]["smsc_at"]
    inbound_id = tx.insert(
        "INSERT INTO inbound (key, twin, bodyless, link, sender, resident_id, body, smsc_at, received_at, "
        "state) VALUES (:key, :key, :key, :link, :sender, :resident, :body, :at, :now, :state) RETURNING id",
        resident=resident_id,
        key=f"joined:{rows[0]['id']}",
        link=link,
        sender=sender,
        body=body,
        at=at,
        now=to_text(now),
        state="handled" if whole_only else "incomplete",
    )
    for row in rows:  # every copy belongs to this text, so that a late duplicate starts nothing new
        tx.run(
            "UPDATE inbound_part SET inbound_id = :inbound, body = '', raw = '' WHERE id = :id",
            inbound=inbound_id,
            id=row["id"],
        )
    return Inbound(inbound_id, sender, body, from_text(at) if at else None, now)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
