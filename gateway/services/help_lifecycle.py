"""The life of a request for help, and the one way to move it on: a state, and an event that tells of it."""

from __future__ import annotations

from typing import Any, TypeAlias

from flows.value import Json
from gateway.services.acting import Acting, Timing
from gateway.services.lifecycle import advance, lifecycle
from gateway.store import help as store
from gateway.store.help import OPEN, HelpRequest
from gateway.store.urgent import close_urgent

Doing: TypeAlias = Acting | Timing
"""Whoever acts: a resident in a turn, time, or a coordinator at the dashboard."""

CLOSED = ("done", "failed", "withdrawn", "duplicate")
OPENED = "new"
LIFECYCLE = lifecycle(
    OPENED,
    {
        "look": {"looking": ("new", "offered", "matched")},
        "offer": {"offered": ("new", "looking", "offered")},
        "match": {"matched": ("new", "looking", "offered")},
        "complete": {"done": OPEN},
        "fail": {"failed": OPEN},
        "withdraw": {"withdrawn": OPEN},
        "merge": {"duplicate": OPEN},
        "reopen": {"looking": ("done", "failed")},
    },
)


def move(
    doing: Doing, request: HelpRequest, trigger: str, told: dict[str, Json] | None = None, **columns: Any
) -> HelpRequest:
    """Move a request on and write the event that tells of it, with `told` besides; raises IllegalMove.

    `columns` change with it. What a state has no more use for is forgotten: whoever was matched, when
    time was to do something, how long nobody was to be found.
    """
    state = advance(LIFECYCLE, request.state, trigger)
    changes: dict[str, Any] = {"state": state, "due_at": None}
    if state != "matched":
        changes |= {"volunteer_id": None, "matched_at": None, "reminded_at": None, "address_asked_at": None}
    if state in CLOSED:
        changes |= {"closed_at": doing.now, "volunteer_id": request.volunteer_id}
        close_urgent(doing.tx, f"help:{request.id}", doing.now)
    elif request.closed_at is not None:
        changes |= {"closed_at": None, "asked_at": None}
    store.change_request(doing.tx, request.id, doing.now, **(changes | columns))
    doing.emit(f"help.{state}", f"help:{request.id}", code=request.code, before=request.state, **(told or {}))
    return store.request_by_id(doing.tx, request.id)
