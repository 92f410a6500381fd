"""Erasing what was written back and forth, where keeping it would betray a vote or a PIN.

A row of `vote_talk` says from which messages on a handset has been talking about voting. Message
ids bound it, not times: a text has several times, and a clock can jump.
"""

from __future__ import annotations

from gateway.store.database import Row, Tx
from gateway.store.outbound import forget_length


def note_talk(tx: Tx, resident_id: int, *, secret: bool) -> None:
    """Note that the text whose turn it is belongs to talk about voting, and whether about a secret poll."""
    tx.run(
        "INSERT INTO vote_talk (resident_id, first_inbound, first_outbound, secret) "
        "SELECT :resident, COALESCE((SELECT MAX(id) FROM inbound WHERE resident_id = :resident), 0), "
        "COALESCE((SELECT MAX(id) FROM outbound), 0) + 1, :secret "
        "WHERE 1 ON CONFLICT (resident_id) DO UPDATE SET secret = MAX(vote_talk.secret, :secret)",
        resident=resident_id,
        secret=int(secret),
    )


def erase_talk(tx: Tx, resident_id: int) -> int:
    """Empty the texts of a handset's talk about a secret poll, if it has any; give how many."""
    talk = tx.one(
        "SELECT first_inbound, first_outbound FROM vote_talk WHERE resident_id = :resident AND secret = 1",
        resident=resident_id,
    )
    return erase_exchange(tx, resident_id, talk["first_inbound"], talk["first_outbound"]) if talk else 0


def end_talk(tx: Tx, resident_id: int) -> None:
    """Erase what a handset's talk about voting has to leave behind: the talk is over, however it ended."""
    erase_talk(tx, resident_id)
    tx.run("DELETE FROM vote_talk WHERE resident_id = :resident", resident=resident_id)


def erase_exchange(tx: Tx, resident_id: int, first_inbound: int, first_outbound: int) -> int:
    """Empty the texts from a resident and the answers to them, from two ids on; give how many.

    A cry for help stays: a person may still have to read it. An answer still on its way out
    stays whole so that it can be sent, and becomes `kind` `secret`: emptied once it has ended.
    """
    inbound = tx.all(
        "SELECT id, bodyless FROM inbound WHERE id >= :inbound AND sender IN "
        "(SELECT mine.sender FROM inbound mine WHERE mine.id >= :inbound AND mine.resident_id = :resident) "
        "AND id NOT IN (SELECT reply.inbound_id FROM outbound reply "
        "JOIN event ON event.subject = :subject AND event.type = 'emergency' AND event.at = reply.created_at "
        "WHERE reply.id >= :outbound AND reply.resident_id = :resident AND reply.inbound_id IS NOT NULL)",
        inbound=first_inbound,
        outbound=first_outbound,
        resident=resident_id,
        subject=f"resident:{resident_id}",
    )
    for row in inbound:
        _empty_inbound(tx, row)
    ended = tx.all(
        "UPDATE outbound SET body = '' WHERE resident_id = :resident AND id >= :first AND lane <= 0 "
        "AND state NOT IN ('queued', 'sending') RETURNING id",
        resident=resident_id,
        first=first_outbound,
    )
    for row in ended:
        forget_length(tx, row["id"])
    waiting = tx.run(
        "UPDATE outbound SET kind = 'secret' WHERE resident_id = :resident AND id >= :first AND lane <= 0 "
        "AND state IN ('queued', 'sending')",
        resident=resident_id,
        first=first_outbound,
    )
    tx.forget_log()
    return len(inbound) + len(ended) + waiting


def erase_last_inbound(tx: Tx, resident_id: int) -> None:
    """Empty the text whose turn it is: it was a PIN."""
    row = tx.one(
        "SELECT id, bodyless FROM inbound WHERE resident_id = :resident ORDER BY id DESC LIMIT 1",
        resident=resident_id,
    )
    if row is not None:
        _empty_inbound(tx, row)
        tx.forget_log()


def _empty_inbound(tx: Tx, row: Row) -> None:
    # The keys are hashes of the body too, and a body of one digit is soon guessed from its hash.
    for part in tx.all("SELECT id, bodyless FROM inbound_part WHERE inbound_id = :id", id=row["id"]):
        _empty(tx, "inbound_part", part)
    _empty(tx, "inbound", row)


def _empty(tx: Tx, table: str, row: Row) -> None:
    # Two texts in one second differ by nothing once their bodies are gone.
    taken = tx.one(
        f"SELECT 1 FROM {table} WHERE key = :key AND id <> :id",  # noqa: S608
        key=row["bodyless"],
        id=row["id"],
    )
    tx.run(
        f"UPDATE {table} SET body = '', twin = bodyless, key = :key WHERE id = :id",  # noqa: S608
        key=f"erased:{row['id']}" if taken else row["bodyless"],
        id=row["id"],
    )
