"""A resident's thread as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store import people, threads
from gateway.store.conversations import latest_conversation
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.people import Resident
from gateway.store.threads import Entry, Thread

# Happenings that tell a coordinator something which the texts beside them do not.
TOLD = frozenset(
    {
        "emergency",
        "person.wanted",
        "person.answers",
        "person.handed_back",
        "person.closed",
        "resident.stopped",
        "resident.started",
        "turn.failed",
        "machine.suspected",
    }
)


@dataclass(frozen=True, slots=True)
class View:
    """A thread: `flow` and `step` are where the conversation stands, `older` begins the page before."""

    resident: Resident
    thread: Thread | None
    entries: tuple[Entry, ...]
    older: str
    status: str
    flow: str
    step: str

    @property
    def by_person(self) -> bool:
        """Whether a person answers, and no flow."""
        return self.status == "person"


def view_of(tx: Tx, resident_id: int, before: datetime | None, limit: int, *, names: bool) -> View | None:
    """Give a page of a thread; None for somebody unknown. Without `names` no words are loaded."""
    if not people.is_known(tx, resident_id):
        return None
    found = threads.entries(tx, resident_id, before, limit) if names else []
    kept = latest_conversation(tx, resident_id)
    open_one = kept.conversation if kept and kept.conversation.status in ("active", "person") else None
    return View(
        resident=people.resident_by_id(tx, resident_id),
        thread=threads.thread_of(tx, resident_id),
        entries=tuple(entry for entry in found if entry.kind != "happening" or entry.state in TOLD),
        older=to_text(found[0].at) if len(found) == limit else "",
        status=open_one.status if open_one else "",
        flow=open_one.flow if open_one else "",
        step=open_one.step if open_one else "",
    )
