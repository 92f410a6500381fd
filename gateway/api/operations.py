"""An operation: one line of the table that routes, checks, documents and runs what the API can do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from flows.value import Json
from gateway.api.problems import Refused
from gateway.api.scopes import Scope
from gateway.api.secrets import Secrets
from gateway.config import Limits
from gateway.services.acting import Timing
from gateway.store.database import Store, Tx
from gateway.store.journal import journal
from gateway.store.tokens import Token
from gateway.turns import Turns


@dataclass(frozen=True, slots=True)
class Room:
    """What the operations work with. `countries` and `own` are as in `policy.judge`.

    `changed` is called after a write: something may wait to be sent.
    """

    store: Store
    turns: Turns
    countries: tuple[str, ...]
    own: tuple[str, ...]
    limits: Limits
    now: Callable[[], datetime]
    changed: Callable[[], None]
    address: Callable[[], str] = lambda: ""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that is allowed and understood. `base` is the address of the API as the caller knows it."""

    room: Room
    secrets: Secrets
    token: Token | None
    now: datetime
    base: str
    path: Any
    query: Any
    body: Any

    def may(self, scope: Scope) -> bool:
        """Whether the caller's token holds a scope."""
        return self.token is not None and scope in self.token.scopes

    def person(self, resident_id: int) -> str:
        """Give a resident's pseudonym."""
        return self.secrets.pseudonym(resident_id)

    @property
    def token_id(self) -> int:
        """The id of the caller's token; only for operations that ask for a scope."""
        assert self.token is not None, "the operation asks for a scope"  # noqa: S101
        return self.token.id

    @property
    def by(self) -> str:
        """How records name the caller: `token:5`."""
        return f"token:{self.token_id}"

    def timing(self, tx: Tx) -> Timing:
        """Give what a service needs that acts because the caller says so."""
        return self.room.turns.timing(tx, self.now)

    def journal(self, tx: Tx, action: str, subject: str, **detail: Json) -> None:
        """Write into the log that the caller's token did `action` (`api.idea_moved`) to `subject`."""
        journal(tx, None, action, subject, self.now, token=self.token_id, **detail)

    def begins(self, operation: str, filters: Mapping[str, object]) -> int:
        """Give the id after which the page begins that the cursor names, 0 for the first one."""
        cursor = self.query.cursor
        if cursor is None:
            return 0
        position = self.secrets.position(_list_name(operation, filters), cursor)
        if position is None:
            raise Refused(
                400,
                "bad_cursor",
                "That cursor is not one of this list with these filters. Begin again without it.",
            )
        return int(position)

    def next(self, operation: str, filters: Mapping[str, object], last_id: int | None) -> str | None:
        """Give the cursor of the page after the record `last_id`, None after the last page."""
        if last_id is None:
            return None
        return self.secrets.cursor(_list_name(operation, filters), str(last_id))


def _list_name(operation: str, filters: Mapping[str, object]) -> str:
    return "\0".join([operation, *(f"{name}={value}" for name, value in sorted(filters.items()))])


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer too long to hold: its pieces, as they are read from the database."""

    pieces: AsyncIterator[bytes]
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


Work: TypeAlias = Callable[[Tx, Call], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API can do. `work` runs whole in one transaction; `stream` reads in several.

    `scope` None: no token is asked for. `errors` are the statuses it may refuse with besides those
    everything may. `media` other than JSON: `work` gives the text itself. An answer that is not `kept` is
    written down nowhere, so that an Idempotency-Key cannot be given for it.
    """

    id: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    summary: str
    tag: str
    answer: Any
    scope: Scope | None = None
    work: Work | None = None
    stream: Callable[[Call], Stream] | None = None
    params: type = Nothing
    query: type = Nothing
    body: type | None = None
    status: int = 200
    errors: tuple[int, ...] = ()
    media: str = "application/json"
    about: str = ""
    error_media: str = "application/problem+json"
    kept: bool = True

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"
