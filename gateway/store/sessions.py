"""Browsers that are signed in, what their next page says, and how long the next try to sign in waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.value import Json
from gateway.store.accounts import Account, account_by_id
from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
# Between a password and the code that goes with it.
CODE_WITHIN = timedelta(minutes=10)
# Each look at a page would otherwise cost a wait for the disk.
SEEN_AGAIN = timedelta(minutes=5)

# Tries that fail before the next one has to wait, how long the first wait is, and the longest.
FREE_TRIES = {"account": 4, "address": 20, "setup": 4}
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = {
    "account": timedelta(minutes=5),
    "address": timedelta(minutes=15),
    "setup": timedelta(minutes=15),
}
FAILURES_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser of an account. `stage` is `in`, or `code` while only the password was given."""

    id: int
    account: Account
    stage: str
    agent: str
    created_at: datetime
    seen_at: datetime
    flash: Sequence[Mapping[str, Json]]


def begin_session(tx: Tx, token_hash: str, account_id: int, stage: str, agent: str, now: datetime) -> int:
    """Keep a session by the hash of its token and give its id."""
    return tx.insert(
        "INSERT INTO session (token_hash, account_id, stage, agent, created_at, seen_at) "
        "VALUES (:hash, :account, :stage, :agent, :now, :now) RETURNING id",
        hash=token_hash,
        account=account_id,
        stage=stage,
        agent=agent,
        now=to_text(now),
    )


def session_by_token(tx: Tx, token_hash: str, now: datetime) -> Session | None:
    """Find the session with a token's hash, unless it, or the account's access, has ended."""
    row = tx.one(
        "SELECT id, account_id, stage, agent, created_at, seen_at, flash FROM session "
        "WHERE token_hash = :hash",
        hash=token_hash,
    )
    if row is None:
        return None
    account = account_by_id(tx, row["account_id"])
    created, seen = from_text(row["created_at"]), from_text(row["seen_at"])
    if account is None or not _lives(row["stage"], created, seen, now):
        return None
    return Session(row["id"], account, row["stage"], row["agent"], created, seen, tuple(unpack(row["flash"])))


def sessions_of(tx: Tx, account: Account, now: datetime) -> list[Session]:
    """Give the sessions in which an account is signed in, the one seen last first."""
    rows = tx.all(
        "SELECT id, stage, agent, created_at, seen_at FROM session "
        "WHERE account_id = :account AND stage = 'in' ORDER BY seen_at DESC, id DESC",
        account=account.id,
    )
    found = [
        Session(
            row["id"],
            account,
            row["stage"],
            row["agent"],
            from_text(row["created_at"]),
            from_text(row["seen_at"]),
            (),
        )
        for row in rows
    ]
    return [one for one in found if _lives(one.stage, one.created_at, one.seen_at, now)]


def touch_session(tx: Tx, session_id: int, now: datetime) -> None:
    """Remember that somebody is still there."""
    tx.run("UPDATE session SET seen_at = :now WHERE id = :id", now=to_text(now), id=session_id)


def end_session(tx: Tx, session_id: int, account_id: int) -> bool:
    """End one session of an account; False where it has no such session."""
    return bool(
        tx.run(
            "DELETE FROM session WHERE id = :id AND account_id = :account", id=session_id, account=account_id
        )
    )


def end_sessions(tx: Tx, account_id: int, *, but: int | None = None) -> list[int]:
    """End every session of an account, but for one, and give the ids of those that ended."""
    rows = tx.all(
        "DELETE FROM session WHERE account_id = :account AND id <> :but RETURNING id",
        account=account_id,
        but=but if but is not None else 0,
    )
    return [int(row["id"]) for row in rows]


def forget_sessions(tx: Tx, now: datetime) -> None:
    """Forget the sessions and failed tries that no longer count."""
    tx.run("DELETE FROM session WHERE seen_at < :before", before=to_text(now - IDLE))
    tx.run("DELETE FROM login_failure WHERE last_at < :before", before=to_text(now - FAILURES_KEPT))


def add_flash(tx: Tx, session_id: int, kind: str, key: str, values: Mapping[str, Json]) -> None:
    """Have the next page of a session say the words `key` once; `kind` is done or problem."""
    row = tx.one("SELECT flash FROM session WHERE id = :id", id=session_id)
    if row is None:
        return
    waiting = [*unpack(row["flash"]), {"kind": kind, "key": key, "values": dict(values)}]
    tx.run("UPDATE session SET flash = :flash WHERE id = :id", flash=pack(waiting), id=session_id)


def clear_flash(tx: Tx, session_id: int) -> None:
    """Forget what was said."""
    tx.run("UPDATE session SET flash = '[]' WHERE id = :id", id=session_id)


def wait_left(tx: Tx, key: str, now: datetime) -> timedelta:
    """Give how long the next try must wait, zero where it need not. `key` is `account:…` or `address:…`."""
    row = tx.one("SELECT failures, last_at FROM login_failure WHERE key = :key", key=key)
    if row is None:
        return timedelta()
    wait = _wait(key.partition(":")[0], row["failures"])
    since = now - from_text(row["last_at"])
    # A clock that was set back must not lock anybody out for longer than the wait itself.
    return min(max(wait - since, timedelta()), wait)


def note_failure(tx: Tx, key: str, now: datetime) -> None:
    """Count a try that failed."""
    tx.run(
        "INSERT INTO login_failure (key, failures, last_at) VALUES (:key, 1, :now) "
        "ON CONFLICT (key) DO UPDATE SET failures = login_failure.failures + 1, last_at = excluded.last_at",
        key=key,
        now=to_text(now),
    )


def take_back_failure(tx: Tx, key: str) -> None:
    """Count one failed try less: it did not fail."""
    tx.run("UPDATE login_failure SET failures = failures - 1 WHERE key = :key AND failures > 0", key=key)


def forgive(tx: Tx, key: str) -> None:
    """Forget the failed tries under a key: somebody signed in."""
    tx.run("DELETE FROM login_failure WHERE key = :key", key=key)


def _wait(kind: str, failures: int) -> timedelta:
    beyond = failures - FREE_TRIES[kind]
    if beyond <= 0:
        return timedelta()
    doublings: int = 2 ** min(beyond - 1, 20)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT[kind])


def _lives(stage: str, created: datetime, seen: datetime, now: datetime) -> bool:
    # Either way: a session that a wrong clock began in the future must not last until then.
    longest, idle = (LONGEST, IDLE) if stage == "in" else (CODE_WITHIN, CODE_WITHIN)
    return abs(now - created) <= longest and abs(now - seen) <= idle
