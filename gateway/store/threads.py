"""Threads: one a resident, with every text and call, and whether a person is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text

# A search for words looks at this many texts, the newest: enough for months, and never for seconds.
WORDS_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Thread:
    """A resident's thread in a list; `last` is the resident's last text, "" after a call.

    `flow` and `step` are where the conversation stands, "" when none is open; `status` is the
    conversation's. `waiting_since` is set while a person is waited for.
    """

    resident_id: int
    name: str
    number: str
    last_at: datetime
    last: str
    waiting_since: datetime | None
    assigned_to: int | None
    assignee: str
    status: str
    flow: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a thread: `kind` is text_in, text_out, call, recording or happening.

    `state` is how it went; `by` is the coordinator who wrote a text; `seconds` a recording's length.
    """

    kind: str
    id: int
    at: datetime
    body: str = ""
    state: str = ""
    by: str = ""
    parts: int = 0
    seconds: float = 0.0
    direction: str = ""
    reason: str = ""


def touch_thread(tx: Tx, resident_id: int, now: datetime) -> None:
    """Note that a resident has just texted or rung."""
    tx.run(
        "INSERT INTO thread (resident_id, last_at) VALUES (:id, :now) "
        "ON CONFLICT (resident_id) DO UPDATE SET last_at = excluded.last_at",
        id=resident_id,
        now=to_text(now),
    )


def ensure_thread(tx: Tx, resident_id: int, now: datetime) -> None:
    """Begin the thread of a resident who has never texted or rung; any other stays as it is."""
    tx.run(
        "INSERT INTO thread (resident_id, last_at) VALUES (:id, :now) ON CONFLICT (resident_id) DO NOTHING",
        id=resident_id,
        now=to_text(now),
    )


def wait_for_person(tx: Tx, resident_id: int, now: datetime) -> bool:
    """Note that a person is waited for; give whether one who answers here already was told.

    Whoever answers on the dashboard sees it there, and no text need be paid for at once.
    """
    row = tx.one(
        "INSERT INTO thread (resident_id, last_at, waiting_since) VALUES (:id, :now, :now) "
        "ON CONFLICT (resident_id) DO UPDATE SET waiting_since = COALESCE(thread.waiting_since, :now), "
        "told_at = CASE WHEN thread.waiting_since IS NULL THEN NULL ELSE thread.told_at END "
        "RETURNING assigned_to",
        id=resident_id,
        now=to_text(now),
    )
    return row is not None and row["assigned_to"] is not None


def waiting_untold(tx: Tx, before: datetime) -> list[int]:
    """Give the residents who have waited since before a moment and of whom nobody was told by text."""
    rows = tx.all(
        "SELECT resident_id FROM thread WHERE waiting_since IS NOT NULL AND waiting_since < :before "
        "AND told_at IS NULL",
        before=to_text(before),
    )
    return [int(row["resident_id"]) for row in rows]


def note_told(tx: Tx, resident_id: int, now: datetime) -> None:
    """Note that the people on duty were told by text who waits."""
    tx.run("UPDATE thread SET told_at = :now WHERE resident_id = :id", now=to_text(now), id=resident_id)


def no_longer_waits(tx: Tx, resident_id: int) -> None:
    """Note that a person has answered."""
    tx.run("UPDATE thread SET waiting_since = NULL, told_at = NULL WHERE resident_id = :id", id=resident_id)


def assign(tx: Tx, resident_id: int, account_id: int | None) -> None:
    """Give a thread to a coordinator, or to nobody."""
    tx.run(
        "UPDATE thread SET assigned_to = :account WHERE resident_id = :id "
        "AND COALESCE(assigned_to, 0) <> COALESCE(:account, 0)",
        account=account_id,
        id=resident_id,
    )


def assigned_to(tx: Tx, resident_id: int) -> int | None:
    """Give the account that answers a thread, None while no person does."""
    row = tx.one("SELECT assigned_to FROM thread WHERE resident_id = :id", id=resident_id)
    return None if row is None or row["assigned_to"] is None else int(row["assigned_to"])


def mark_author(tx: Tx, text_id: int, account_id: int) -> None:
    """Note who wrote a text that no flow wrote."""
    tx.run("UPDATE outbound SET account_id = :account WHERE id = :id", account=account_id, id=text_id)


def waiting_threads(tx: Tx, limit: int = 100) -> list[Thread]:
    """Give the threads in which a person is waited for, the longest waiting first."""
    rows = tx.all(
        f"{_THREADS} WHERE t.waiting_since IS NOT NULL ORDER BY t.waiting_since LIMIT :limit",
        limit=limit,
    )
    return [_thread(row) for row in rows]


def count_waiting(tx: Tx) -> int:
    """Count the threads in which a person is waited for."""
    row = tx.one("SELECT COUNT(*) AS n FROM thread WHERE waiting_since IS NOT NULL")
    return int(row["n"]) if row else 0


def threads_before(tx: Tx, before: tuple[str, int] | None, limit: int) -> list[Thread]:
    """Give a page of threads, the newest first; `before` is the `cursor` of the last one seen."""
    at, resident = before or ("9999", 0)
    rows = tx.all(
        f"{_THREADS} WHERE (t.last_at, t.resident_id) < (:at, :resident) "
        "ORDER BY t.last_at DESC, t.resident_id DESC LIMIT :limit",
        at=at,
        resident=resident,
        limit=limit,
    )
    return [_thread(row) for row in rows]


def cursor(thread: Thread) -> tuple[str, int]:
    """Give where the page after a thread begins."""
    return to_text(thread.last_at), thread.resident_id


def find_threads(tx: Tx, wanted: str, limit: int = 50) -> list[Thread]:
    """Find threads by a name, a number, or words of a recent text, the newest first."""
    digits = "".join(character for character in wanted if character.isdigit()).lstrip("0")
    rows = tx.all(
        f"{_THREADS} WHERE r.name LIKE :words ESCAPE '!' "  # noqa: S608
        "OR (:digits <> '' AND length(:digits) >= 3 AND r.number LIKE :number) "
        "OR t.resident_id IN (SELECT resident_id FROM inbound WHERE id > "
        "(SELECT COALESCE(MAX(id), 0) - :most FROM inbound) AND body LIKE :words ESCAPE '!' "
        "AND NOT EXISTS (SELECT 1 FROM vote_talk v WHERE v.resident_id = inbound.resident_id "
        "AND v.secret = 1 AND v.first_inbound <= inbound.id)) "
        "ORDER BY t.last_at DESC LIMIT :limit",
        words=f"%{_plain(wanted)}%",
        digits=digits,
        number=f"%{digits}%",
        most=WORDS_LOOKED_AT,
        limit=limit,
    )
    return [_thread(row) for row in rows]


def thread_of(tx: Tx, resident_id: int) -> Thread | None:
    """Give one resident's thread."""
    row = tx.one(f"{_THREADS} WHERE t.resident_id = :id", id=resident_id)
    return _thread(row) if row else None


def entries(tx: Tx, resident_id: int, before: datetime | None, limit: int) -> list[Entry]:
    """Give a page of a thread in the order in which it happened: the newest `limit` before a moment."""
    until = to_text(before) if before else "9999"
    rows = tx.all(_ENTRIES, id=resident_id, subject=f"resident:{resident_id}", before=until, limit=limit)
    return [_entry(row) for row in reversed(rows)]


def _plain(wanted: str) -> str:
    return wanted.replace("!", "!!").replace("%", "!%").replace("_", "!_")


_THREADS = (
    "SELECT t.resident_id, r.name, r.number, t.last_at, t.waiting_since, t.assigned_to, "
    "a.name AS assignee, c.status, c.flow, "
    "(SELECT CASE WHEN v.secret = 1 AND v.first_inbound <= i.id THEN '' ELSE i.body END FROM inbound i "
    "LEFT JOIN vote_talk v ON v.resident_id = i.resident_id "
    "WHERE i.resident_id = t.resident_id ORDER BY i.id DESC LIMIT 1) AS last "
    "FROM thread t JOIN resident r ON r.id = t.resident_id "
    "LEFT JOIN account a ON a.id = t.assigned_to "
    "LEFT JOIN conversation c ON c.resident_id = t.resident_id AND c.status IN ('active', 'person')"
)

# What is being written about a secret vote is nobody's to read.
# Each kind gives its own newest ones from an index; the newest of them all are the page. A reply counts
# from the moment its text came, whatever the network's time of that was.
_ENTRIES = """
SELECT * FROM (
    SELECT * FROM (SELECT 'text_in' AS kind, id, received_at AS at,
        CASE WHEN EXISTS (SELECT 1 FROM vote_talk v WHERE v.resident_id = :id
        AND v.secret = 1 AND v.first_inbound <= inbound.id) THEN '' ELSE body END AS body, state,
        '' AS by_name, 0 AS parts, 0.0 AS seconds, '' AS direction, '' AS reason
        FROM inbound WHERE resident_id = :id AND received_at < :before ORDER BY id DESC LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT 'text_out', o.id, COALESCE(i.received_at, o.created_at),
        CASE WHEN o.kind = 'secret' OR EXISTS (SELECT 1 FROM vote_talk v WHERE v.resident_id = :id
        AND v.secret = 1 AND v.first_outbound <= o.id) THEN '' ELSE o.body END, o.state,
        COALESCE(a.name, ''), o.parts, 0.0, '', o.reason
        FROM outbound o LEFT JOIN account a ON a.id = o.account_id LEFT JOIN inbound i ON i.id = o.inbound_id
        WHERE o.number = (SELECT number FROM resident WHERE id = :id)
        AND COALESCE(i.received_at, o.created_at) < :before
        ORDER BY o.created_at DESC LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT 'call', id, began_at, purpose, how, '', 0, 0.0, direction, ''
        FROM call WHERE resident_id = :id AND began_at < :before ORDER BY id DESC LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT 'recording', id, made_at, transcript, kind, '', 0, seconds, '', ''
        FROM recording WHERE resident_id = :id AND made_at < :before ORDER BY id DESC LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT 'happening', id, at, data, type, '', 0, 0.0, '', ''
        FROM event WHERE subject = :subject AND at < :before ORDER BY id DESC LIMIT :limit)
) ORDER BY at DESC, kind DESC, id DESC LIMIT :limit
"""


def _thread(row: Row) -> Thread:
    return Thread(
        row["resident_id"],
        row["name"],
        row["number"],
        from_text(row["last_at"]),
        row["last"] or "",
        from_text(row["waiting_since"]) if row["waiting_since"] else None,
        row["assigned_to"],
        row["assignee"] or "",
        row["status"] or "",
        row["flow"] or "",
    )


def _entry(row: Row) -> Entry:
    return Entry(
        row["kind"],
        row["id"],
        from_text(row["at"]),
        row["body"],
        row["state"],
        row["by_name"],
        row["parts"],
        row["seconds"],
        row["direction"],
        row["reason"],
    )
