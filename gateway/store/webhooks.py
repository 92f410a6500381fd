"""Endpoints: the receivers that are told of events, as the database keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack

_COLUMNS = (
    "id, name, url, types, fields, secret, old_secret, old_secret_until, state, cursor, replay_from, "
    "replay_until, paused_until, failing_since, trouble, told_at, created_at"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a coordinator decides of an endpoint.

    `types` are event types, `lift.*` for a family of them, `*` for all; `fields` is what is sent
    besides the thin payload.
    """

    name: str
    url: str
    types: tuple[str, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver of events. `state`: on, off, gone (it answered 410), removed.

    `trouble` is a sentence for a coordinator, "" while deliveries are taken; it failed for the first
    time at `failing_since` (None: it does not) and somebody was texted about it at `told_at`. Until
    `paused_until` it asked to be left alone.
    """

    id: int
    wanted: Wanted
    secret: str = field(repr=False)
    old_secret: str = field(repr=False)
    old_secret_until: datetime | None
    state: str
    cursor: int
    replay: tuple[int, int] | None
    paused_until: datetime | None
    failing_since: datetime | None
    trouble: str
    told_at: datetime | None
    created_at: datetime

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """Give the secrets that sign just now, the newest first."""
        old = self.old_secret and self.old_secret_until is not None and now < self.old_secret_until
        return (self.secret, self.old_secret) if old else (self.secret,)


def add_endpoint(tx: Tx, wanted: Wanted, secret: str, now: datetime) -> int:
    """Write down a new endpoint, which is told of what happens from now on, and give its id."""
    return tx.insert(
        "INSERT INTO webhook_endpoint "
        "(name, url, types, fields, secret, state, cursor, created_at, changed_at) "
        "VALUES (:name, :url, :types, :fields, :secret, 'on', :cursor, :now, :now) RETURNING id",
        name=wanted.name,
        url=wanted.url,
        types=pack(wanted.types),
        fields=pack(wanted.fields),
        secret=secret,
        cursor=last_event(tx),
        now=to_text(now),
    )


def set_wanted(tx: Tx, endpoint_id: int, wanted: Wanted, now: datetime) -> None:
    """Write down what a coordinator decided anew."""
    tx.run(
        "UPDATE webhook_endpoint SET name = :name, url = :url, types = :types, fields = :fields, "
        "paused_until = NULL, changed_at = :now WHERE id = :id",
        name=wanted.name,
        url=wanted.url,
        types=pack(wanted.types),
        fields=pack(wanted.fields),
        now=to_text(now),
        id=endpoint_id,
    )


def set_secret(tx: Tx, endpoint_id: int, secret: str, old_until: datetime | None, now: datetime) -> None:
    """Put a new secret in the old one's place, which goes on signing until `old_until` (None: ends now)."""
    tx.run(
        "UPDATE webhook_endpoint SET old_secret = CASE WHEN :until IS NULL THEN '' ELSE secret END, "
        "old_secret_until = :until, secret = :secret, changed_at = :now WHERE id = :id",
        secret=secret,
        until=to_text(old_until) if old_until else None,
        now=to_text(now),
        id=endpoint_id,
    )


def forget_old_secret(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Sign with the newest secret alone."""
    tx.run(
        "UPDATE webhook_endpoint SET old_secret = '', old_secret_until = NULL, changed_at = :now "
        "WHERE id = :id",
        now=to_text(now),
        id=endpoint_id,
    )


def set_state(tx: Tx, endpoint_id: int, state: str, trouble: str, now: datetime) -> None:
    """Switch an endpoint on or off, or write down that it is gone; an old spell of failing is over with that.

    Switched on, it is told of what happens from now on; what waited for it when it was switched off
    goes out, too.
    """
    tx.run(
        "UPDATE webhook_endpoint SET state = :state, trouble = :trouble, failing_since = NULL, "
        "told_at = NULL, paused_until = NULL, "
        "cursor = CASE WHEN :state = 'on' THEN :last ELSE cursor END, changed_at = :now WHERE id = :id",
        state=state,
        trouble=trouble,
        last=last_event(tx),
        now=to_text(now),
        id=endpoint_id,
    )


def forget_endpoint(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Forget the address and the secrets of an endpoint; its deliveries go bit by bit (`trim`)."""
    tx.run(
        "UPDATE webhook_endpoint SET state = 'removed', url = '', secret = '', old_secret = '', "
        "trouble = '', replay_from = NULL, replay_until = NULL, changed_at = :now WHERE id = :id",
        now=to_text(now),
        id=endpoint_id,
    )


def endpoints(tx: Tx) -> list[Endpoint]:
    """Give every endpoint that was not removed, the oldest first."""
    rows = tx.all(f"SELECT {_COLUMNS} FROM webhook_endpoint WHERE state <> 'removed' ORDER BY id")  # noqa: S608
    return [_endpoint(row) for row in rows]


def endpoint_by_id(tx: Tx, endpoint_id: int) -> Endpoint | None:
    """Give an endpoint, None when there is none or it was removed."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM webhook_endpoint WHERE id = :id AND state <> 'removed'",  # noqa: S608
        id=endpoint_id,
    )
    return _endpoint(row) if row else None


def note_failing(tx: Tx, endpoint_id: int, trouble: str, now: datetime) -> None:
    """Write down that an endpoint fails, since now unless it did already."""
    tx.run(
        "UPDATE webhook_endpoint SET trouble = :trouble, failing_since = COALESCE(failing_since, :now) "
        "WHERE id = :id AND state = 'on'",
        trouble=trouble,
        now=to_text(now),
        id=endpoint_id,
    )


def note_pause(tx: Tx, endpoint_id: int, until: datetime) -> None:
    """Write down until when an endpoint asked to be left alone."""
    tx.run(
        "UPDATE webhook_endpoint SET paused_until = :until WHERE id = :id",
        until=to_text(until),
        id=endpoint_id,
    )


def note_told(tx: Tx, endpoint_id: int, now: datetime) -> bool:
    """Write down that somebody is texted about an endpoint that fails; False when that was done before."""
    return bool(
        tx.run(
            "UPDATE webhook_endpoint SET told_at = :now WHERE id = :id AND told_at IS NULL",
            now=to_text(now),
            id=endpoint_id,
        )
    )


def note_healed(tx: Tx, endpoint_id: int) -> bool:
    """Write down that an endpoint takes deliveries again; give whether somebody had been texted."""
    row = tx.one("SELECT told_at FROM webhook_endpoint WHERE id = :id", id=endpoint_id)
    tx.run(
        "UPDATE webhook_endpoint SET trouble = '', failing_since = NULL, told_at = NULL, paused_until = NULL "
        "WHERE id = :id",
        id=endpoint_id,
    )
    return row is not None and row["told_at"] is not None


def ask_replay(tx: Tx, endpoint_id: int, since: datetime) -> int:
    """Have every event since a moment gone through once more; give how many events that are at most."""
    first, last = first_event_since(tx, since), last_event(tx)
    tx.run(
        "UPDATE webhook_endpoint SET replay_from = :first, replay_until = :last WHERE id = :id",
        first=first - 1,
        last=last,
        id=endpoint_id,
    )
    return max(last - first + 1, 0)


def last_event(tx: Tx) -> int:
    """Give the id of the newest event, 0 when there is none."""
    row = tx.one("SELECT MAX(id) AS id FROM event")
    return int(row["id"] or 0) if row else 0


def first_event_since(tx: Tx, moment: datetime) -> int:
    """Give the id of the first event at or after a moment, one beyond the last when there is none.

    Ids grow with time, so halving finds it without an index on the time, which every turn would pay for.
    """
    at, low, high = to_text(moment), 1, last_event(tx) + 1
    while low < high:
        middle = (low + high) // 2
        row = tx.one("SELECT at FROM event WHERE id >= :id ORDER BY id LIMIT 1", id=middle)
        if row is not None and row["at"] < at:
            low = middle + 1
        else:
            high = middle
    return low


def endpoint_ids(tx: Tx) -> list[tuple[int, bool]]:
    """Give every endpoint there is something of, and whether it was removed."""
    return [
        (row["id"], row["state"] == "removed") for row in tx.all("SELECT id, state FROM webhook_endpoint")
    ]


def erase_endpoint(tx: Tx, endpoint_id: int) -> None:
    """Erase what is left of an endpoint that was removed; it has no deliveries any more."""
    tx.run("DELETE FROM webhook_endpoint WHERE id = :id AND state = 'removed'", id=endpoint_id)


def _endpoint(row: Row) -> Endpoint:
    return Endpoint(
        id=row["id"],
        wanted=Wanted(row["name"], row["url"], _texts(row["types"]), _texts(row["fields"])),
        secret=row["secret"],
        old_secret=row["old_secret"],
        old_secret_until=_moment(row["old_secret_until"]),
        state=row["state"],
        cursor=row["cursor"],
        replay=(row["replay_from"], row["replay_until"]) if row["replay_from"] is not None else None,
        paused_until=_moment(row["paused_until"]),
        failing_since=_moment(row["failing_since"]),
        trouble=row["trouble"],
        told_at=_moment(row["told_at"]),
        created_at=from_text(row["created_at"]),
    )


def _texts(packed: str) -> tuple[str, ...]:
    found: Iterable[str] = unpack(packed)
    return tuple(found)


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
