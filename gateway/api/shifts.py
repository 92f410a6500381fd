"""The rota: shifts made, given to people and taken away, and who is on duty now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from gateway.api.kinds import Cursor, Id, Limit, PersonId, Words
from gateway.api.operations import Call, Operation
from gateway.api.people import person_row
from gateway.api.problems import Refused, not_found
from gateway.services import shifts
from gateway.store import api_read, people
from gateway.store import shifts as store
from gateway.store.database import Tx

LONGEST_WHAT = 60
LONGEST_SHIFT = timedelta(days=7)
FURTHEST = timedelta(days=2 * 366)
ShiftState = Literal["open", "taken", "swap", "on", "over", "missed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift. `person` has it; `duty`: whoever has it hears of urgent matters meanwhile."""

    id: Id
    state: ShiftState
    what: str
    starts_at: datetime
    ends_at: datetime
    duty: bool
    person: PersonId | None


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """Shifts, the first made first, and the cursor of the next page."""

    items: list[Shift]
    next: str | None


@dataclass(frozen=True, slots=True)
class ShiftPath:
    """Which shift."""

    id: Id


@dataclass(frozen=True, slots=True)
class ShiftQuery:
    """Which shifts."""

    state: ShiftState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class NewShift:
    """A shift to put into the rota; `duty` where whoever takes it is to hear of urgent matters."""

    what: Annotated[str, Words(LONGEST_WHAT, 1, example="Phone desk")]
    starts_at: datetime
    ends_at: datetime
    duty: bool = False


@dataclass(frozen=True, slots=True)
class ShiftHolder:
    """Who is to have a shift: a volunteer or coordinator who agreed to it."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class OnDutyPerson:
    """Somebody who hears of urgent matters now; `name` is null without `people:read`."""

    person: PersonId
    name: str | None


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who hears of urgent matters now: whoever has such a shift, else the coordinators on duty."""

    people: list[OnDutyPerson]


def list_shifts(tx: Tx, call: Call) -> ShiftPage:
    """Give a page of shifts."""
    query: ShiftQuery = call.query
    filters = {"state": query.state}
    page = api_read.shift_page(tx, call.begins("listShifts", filters), query.limit, query.state)
    found = [_known(tx, row["id"]) for row in page.rows]
    return ShiftPage([_view(call, one) for one in found], call.next("listShifts", filters, page.more_after))


def read_shift(tx: Tx, call: Call) -> Shift:
    """Give one shift."""
    return _view(call, _named(tx, call))


def make_shift(tx: Tx, call: Call) -> Shift:
    """Put a shift into the rota; raises Refused."""
    new: NewShift = call.body
    if not new.what.strip():
        raise Refused(422, "no_words", "Say what the shift is for.")
    lasts = new.ends_at - new.starts_at
    if new.starts_at <= call.now or not timedelta(0) < lasts <= LONGEST_SHIFT:
        raise Refused(422, "bad_times", "A shift lies ahead, ends after it starts and is a week at most.")
    if new.starts_at > call.now + FURTHEST:
        raise Refused(422, "bad_times", "A rota is made for two years at most.")
    made = shifts.add(call.timing(tx), new.what.strip(), new.starts_at, new.ends_at, duty=new.duty)
    call.journal(tx, "api.shift_made", f"shift:{made}")
    return _view(call, _known(tx, made))


def assign_shift(tx: Tx, call: Call) -> Shift:
    """Give a shift to somebody who agreed to it, and tell them; raises IllegalMove, Refused."""
    found, holder = _named(tx, call), call.body
    person = person_row(tx, call, holder.person)
    if not shifts.may_take(tx, person["id"]):
        raise Refused(403, "not_allowed", "Only volunteers and coordinators can be on the rota.")
    shifts.assign(call.timing(tx), found, person["id"])
    return _done(tx, call, found, "api.shift_assigned")


def release_shift(tx: Tx, call: Call) -> Shift:
    """Take a shift from whoever has it, and tell them; raises IllegalMove."""
    found = _named(tx, call)
    shifts.free(call.timing(tx), found)
    return _done(tx, call, found, "api.shift_released")


def cancel_shift(tx: Tx, call: Call) -> Shift:
    """Take a shift off the rota, and tell whoever has it; raises IllegalMove."""
    found = _named(tx, call)
    shifts.cancel(call.timing(tx), found)
    return _done(tx, call, found, "api.shift_cancelled")


def read_on_duty(tx: Tx, call: Call) -> OnDuty:
    """Give who is on duty now."""
    named = call.may("people:read")
    found = people.coordinators_on_duty(tx)
    return OnDuty([OnDutyPerson(call.person(one.id), one.name if named else None) for one in found])


def _done(tx: Tx, call: Call, found: store.Shift, action: str) -> Shift:
    call.journal(tx, action, f"shift:{found.id}")
    return _view(call, _known(tx, found.id))


def _named(tx: Tx, call: Call) -> store.Shift:
    path: ShiftPath = call.path
    return _known(tx, path.id)


def _known(tx: Tx, shift_id: int) -> store.Shift:
    found = store.shift(tx, shift_id)
    if found is None:
        raise not_found("shift")
    return found


def _view(call: Call, found: store.Shift) -> Shift:
    state: ShiftState = found.state  # type: ignore[assignment]
    return Shift(
        id=found.id,
        state=state,
        what=found.what,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        duty=found.duty,
        person=call.person(found.resident_id) if found.resident_id is not None else None,
    )


OPERATIONS = (
    Operation(
        "listShifts",
        "GET",
        "/shifts",
        "List shifts",
        "shift",
        ShiftPage,
        scope="shifts:read",
        work=list_shifts,
        query=ShiftQuery,
    ),
    Operation(
        "readShift",
        "GET",
        "/shifts/{id}",
        "Read one shift",
        "shift",
        Shift,
        scope="shifts:read",
        work=read_shift,
        params=ShiftPath,
    ),
    Operation(
        "makeShift",
        "POST",
        "/shifts",
        "Put a shift into the rota",
        "shift",
        Shift,
        scope="shifts:write",
        work=make_shift,
        body=NewShift,
        status=201,
    ),
    Operation(
        "assignShift",
        "POST",
        "/shifts/{id}/assign",
        "Give a shift to somebody who agreed to it",
        "shift",
        Shift,
        scope="shifts:write",
        work=assign_shift,
        params=ShiftPath,
        body=ShiftHolder,
        errors=(409,),
        about="They hear of it by text. A shift that somebody has is released first.",
    ),
    Operation(
        "releaseShift",
        "POST",
        "/shifts/{id}/release",
        "Take a shift from whoever has it",
        "shift",
        Shift,
        scope="shifts:write",
        work=release_shift,
        params=ShiftPath,
        errors=(409,),
        about="They hear of it by text, and others can take it.",
    ),
    Operation(
        "cancelShift",
        "POST",
        "/shifts/{id}/cancel",
        "Take a shift off the rota",
        "shift",
        Shift,
        scope="shifts:write",
        work=cancel_shift,
        params=ShiftPath,
        errors=(409,),
        about="Whoever has it hears of it by text.",
    ),
    Operation(
        "readOnDuty",
        "GET",
        "/on-duty",
        "Read who is on duty now",
        "shift",
        OnDuty,
        scope="shifts:read",
        work=read_on_duty,
    ),
)
