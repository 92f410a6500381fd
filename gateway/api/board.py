"""The board: what somebody should do, as other systems see it, let it through and close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from gateway.api.kinds import Cursor, Described, Id, Limit, PersonId, Whole, Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused, not_found
from gateway.services import board
from gateway.store import api_read
from gateway.store import board as store
from gateway.store.database import Tx

LONGEST_IDEA, LONGEST_PLACE = 300, 100
FURTHEST = timedelta(days=2 * 366)
IdeaState = Literal["waiting", "listed", "planned", "done", "dropped", "refused"]
NextIdeaState = Literal["listed", "refused", "planned", "done", "dropped"]
# The move that ends an idea in a state.
_ENDS = {"done": "complete", "dropped": "drop"}


@dataclass(frozen=True, slots=True)
class Idea:
    """What somebody should do. `what` is null without `people:read` until it was let through."""

    id: Id
    state: IdeaState
    person: PersonId | None
    language: Annotated[str, Described("BCP 47.")]
    what: str | None
    place: str
    joined: Annotated[int, Described("How many take part.")]
    enough: Annotated[int, Described("So many make it a plan.")]
    meets_at: datetime | None
    meets_where: str
    outcome: Annotated[str, Described("How it ended, for everybody to read.")]
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdeaPage:
    """Ideas, oldest first, and the cursor of the next page."""

    items: list[Idea]
    next: str | None


@dataclass(frozen=True, slots=True)
class IdeaPath:
    """Which idea."""

    id: Id


@dataclass(frozen=True, slots=True)
class IdeaQuery:
    """Which ideas."""

    state: IdeaState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class IdeaMove:
    """Where an idea goes. `what`, `place` and `enough` are for `listed`: what is not given stays as it was.

    `outcome` is for `done` and `dropped`.
    """

    state: NextIdeaState
    what: Annotated[str, Words(LONGEST_IDEA, 1)] | None = None
    place: Annotated[str, Words(LONGEST_PLACE)] | None = None
    enough: Annotated[int, Whole(2, 99)] | None = None
    outcome: Annotated[str, Words(LONGEST_IDEA)] = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where those who take part in a plan meet."""

    meets_at: datetime
    where: Annotated[str, Words(LONGEST_PLACE, 1, example="The church hall")]


def list_ideas(tx: Tx, call: Call) -> IdeaPage:
    """Give a page of ideas."""
    query: IdeaQuery = call.query
    filters = {"state": query.state}
    page = api_read.idea_page(tx, call.begins("listIdeas", filters), query.limit, query.state)
    found = [_known(tx, row["id"]) for row in page.rows]
    return IdeaPage([_view(call, one) for one in found], call.next("listIdeas", filters, page.more_after))


def read_idea(tx: Tx, call: Call) -> Idea:
    """Give one idea."""
    path: IdeaPath = call.path
    return _view(call, _known(tx, path.id))


def move_idea(tx: Tx, call: Call) -> Idea:
    """Move an idea on and tell those who take part; raises IllegalMove."""
    path: IdeaPath = call.path
    move: IdeaMove = call.body
    found, timing = _known(tx, path.id), call.timing(tx)
    match move.state:
        case "listed":
            what = found.what if move.what is None else move.what
            if not what.strip():
                raise Refused(422, "no_words", "An idea on the board needs words.")
            place = found.place if move.place is None else move.place
            board.let_through(timing, found.id, what, place, move.enough or found.enough)
        case "refused":
            board.refuse(timing, found.id)
        case "planned":
            board.plan(timing, found.id)
        case _:
            board.end(timing, found.id, _ENDS[move.state], move.outcome)
    call.journal(tx, "api.idea_moved", f"board:{found.id}", state=move.state)
    return _view(call, _known(tx, found.id))


def set_meeting(tx: Tx, call: Call) -> Idea:
    """Set when and where those who take part meet, and tell them; raises IllegalMove."""
    path: IdeaPath = call.path
    meeting: Meeting = call.body
    found = _known(tx, path.id)
    if not call.now < meeting.meets_at <= call.now + FURTHEST:
        raise Refused(422, "bad_moment", "A meeting lies ahead, two years at most.")
    if not meeting.where.strip():
        raise Refused(422, "no_words", "Say where the meeting is.")
    board.set_meeting(call.timing(tx), found.id, meeting.meets_at, meeting.where)
    call.journal(tx, "api.meeting_set", f"board:{found.id}")
    return _view(call, _known(tx, found.id))


def _known(tx: Tx, idea_id: int) -> store.Idea:
    found = store.idea(tx, idea_id)
    if found is None:
        raise not_found("idea")
    return found


def _view(call: Call, found: store.Idea) -> Idea:
    state: IdeaState = found.state  # type: ignore[assignment]
    public = found.listed_at is not None or call.may("people:read")
    return Idea(
        id=found.id,
        state=state,
        person=call.person(found.resident_id) if found.resident_id is not None else None,
        language=found.language,
        what=found.what if public else None,
        place=found.place,
        joined=found.joined,
        enough=found.enough,
        meets_at=found.meets_at,
        meets_where=found.meets_where,
        outcome=found.outcome,
        opened_at=found.opened_at,
        changed_at=found.changed_at,
        closed_at=found.closed_at,
    )


OPERATIONS = (
    Operation(
        "listIdeas",
        "GET",
        "/ideas",
        "List the ideas of the board",
        "idea",
        IdeaPage,
        scope="board:read",
        work=list_ideas,
        query=IdeaQuery,
    ),
    Operation(
        "readIdea",
        "GET",
        "/ideas/{id}",
        "Read one idea",
        "idea",
        Idea,
        scope="board:read",
        work=read_idea,
        params=IdeaPath,
    ),
    Operation(
        "moveIdea",
        "POST",
        "/ideas/{id}/state",
        "Let an idea through or not, make it a plan, close it",
        "idea",
        Idea,
        scope="board:write",
        work=move_idea,
        params=IdeaPath,
        body=IdeaMove,
        errors=(409,),
        about="Those who take part hear of it by text. A move that cannot be made answers 409.",
    ),
    Operation(
        "setMeeting",
        "PUT",
        "/ideas/{id}/meeting",
        "Set when and where those who take part meet",
        "idea",
        Idea,
        scope="board:write",
        work=set_meeting,
        params=IdeaPath,
        body=Meeting,
        errors=(409,),
        about="They hear of it by text. Only a plan has a meeting.",
    ),
)
