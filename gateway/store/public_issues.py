"""What stands on the public board, for Open311: nothing else in this database is public.

Requests for help are personal, whatever they say: they never get here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Tx


@dataclass(frozen=True, slots=True)
class PublicService:
    """A kind of issue, in words everybody may read."""

    code: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class PublicIssue:
    """Something the community put up for all to read. `place` and `notes` may be empty."""

    id: int
    service: PublicService
    text: str
    place: str
    open: bool
    notes: str
    put_up_at: datetime
    changed_at: datetime


def services(tx: Tx, language: str) -> list[PublicService]:  # noqa: ARG001
    """Give the kinds of issue that can stand on the board."""
    return []


def issue(tx: Tx, issue_id: int, language: str) -> PublicIssue | None:  # noqa: ARG001
    """Find a public issue by its id."""
    return None


def issues(
    tx: Tx,  # noqa: ARG001
    language: str,  # noqa: ARG001
    *,
    since: datetime,  # noqa: ARG001
    until: datetime,  # noqa: ARG001
    service: str | None,  # noqa: ARG001
    states: Sequence[str],  # noqa: ARG001
    limit: int,  # noqa: ARG001
) -> list[PublicIssue]:
    """Give public issues put up between two moments, the newest first."""
    return []
