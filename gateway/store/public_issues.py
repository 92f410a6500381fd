"""What stands on the public board, for Open311: nothing else in this database is public.

Only what a coordinator let through is on it. Requests for help are personal, whatever they say: they
never get here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.store import board
from gateway.store.board import Idea
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


_IDEAS = {
    "en": PublicService("idea", "Somebody should", "What neighbours would like to do together."),
    "es": PublicService("idea", "Habría que", "Lo que la gente del pueblo quiere hacer."),
    "ko": PublicService("idea", "누군가 하면 좋을 일", "이웃이 함께 하고 싶은 일입니다."),
}
# So many are looked at for those of one state.
_MOST_READ = 5000


def services(tx: Tx, language: str) -> list[PublicService]:  # noqa: ARG001
    """Give the kinds of issue that can stand on the board."""
    return [_service(language)]


def issue(tx: Tx, issue_id: int, language: str) -> PublicIssue | None:
    """Find a public issue by its id."""
    found = board.idea(tx, issue_id) if issue_id < 2**63 else None
    return _issue(found, language) if found is not None and found.listed_at is not None else None


def issues(
    tx: Tx,
    language: str,
    *,
    since: datetime,
    until: datetime,
    service: str | None,
    states: Sequence[str],
    limit: int,
) -> list[PublicIssue]:
    """Give public issues put up between two moments, the newest first."""
    if service not in (None, _service(language).code):
        return []
    found = (_issue(one, language) for one in board.public_ideas(tx, since, until, _MOST_READ))
    return [one for one in found if ("open" if one.open else "closed") in states][:limit]


def _service(language: str) -> PublicService:
    return _IDEAS.get(language, _IDEAS["en"])


def _issue(found: Idea, language: str) -> PublicIssue:
    return PublicIssue(
        id=found.id,
        service=_service(language),
        text=found.what,
        place=found.place,
        open=found.state in board.PUBLIC,
        notes=found.outcome,
        put_up_at=found.listed_at or found.opened_at,
        changed_at=found.changed_at,
    )
