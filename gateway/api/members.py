"""Members: made one, given a new PIN, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from gateway import policy
from gateway.api.kinds import Id, PersonId, Words
from gateway.api.operations import Call, Operation
from gateway.api.people import PageQuery
from gateway.api.problems import Refused, not_found
from gateway.services import membership
from gateway.services.lifecycle import IllegalMove
from gateway.store import api_read, members, people
from gateway.store.database import Tx


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a vote. `person` has the handset, which members may share; `locked`: too many wrong PINs.

    `name` is null without `people:read`.
    """

    id: Id
    person: PersonId
    name: str | None
    has_pin: bool
    locked: bool
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Members, the first to become one first, and the cursor of the next page."""

    items: list[Member]
    next: str | None


@dataclass(frozen=True, slots=True)
class MemberPath:
    """Which member."""

    id: Id


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who is to have a vote, on the handset with a number."""

    name: Annotated[str, Words(80, 1, example="Zoe Marsh")]
    number: Annotated[str, Words(24, 3, "^[0-9 +().-]*$", example="+447700900777")]


@dataclass(frozen=True, slots=True)
class AdmittedMember:
    """The new member. `need_pins`: members on that handset who need a PIN before they can vote from it."""

    member: Member
    need_pins: list[Id]


@dataclass(frozen=True, slots=True)
class NewPin:
    """A member's new PIN, to be told in person: a text would be read by all who share the handset."""

    member: Member
    pin: str


def list_members(tx: Tx, call: Call) -> MemberPage:
    """Give a page of members."""
    query: PageQuery = call.query
    page = api_read.member_page(tx, call.begins("listMembers", {}), query.limit)
    found = [_member(tx, row["id"]) for row in page.rows]
    return MemberPage([_view(call, one) for one in found], call.next("listMembers", {}, page.more_after))


def read_member(tx: Tx, call: Call) -> Member:
    """Give one member."""
    return _view(call, _named(tx, call))


def admit_member(tx: Tx, call: Call) -> AdmittedMember:
    """Make somebody a member who did not ask by telephone; raises Refused."""
    new: NewMember = call.body
    name, number = " ".join(new.name.split()), policy.e164(new.number, call.room.turns.community.region)
    if number is None or not name:
        raise Refused(422, "bad_member", "A member has a name and a telephone number.")
    sharing = members.members_on(tx, people.meet(tx, number, call.now).id)
    if name in {one.name for one in sharing}:
        raise Refused(409, "known", "There is a member of that name on that handset already.")
    made = membership.admit(call.timing(tx), name, number, by=call.by).member_id
    call.journal(tx, "api.member_admitted", f"member:{made}")
    found = _member(tx, made)
    return AdmittedMember(_view(call, found), without_pins(tx, found.resident_id))


def end_membership(tx: Tx, call: Call) -> Member:
    """End a membership: the member is on no later roll."""
    found = _named(tx, call)
    membership.leave(call.timing(tx), found.id, by=call.by)
    call.journal(tx, "api.member_left", f"member:{found.id}")
    return _view(call, _member(tx, found.id))


def reset_pin(tx: Tx, call: Call) -> NewPin:
    """Give a member a new PIN, and a locked one the vote back; raises IllegalMove."""
    found = _named(tx, call)
    if found.left_at is not None:
        raise IllegalMove("They are no member any more, so they get no PIN.")
    pin = membership.reset_pin(call.timing(tx), found.id, by=call.by)
    call.journal(tx, "api.pin_reset", f"member:{found.id}")
    return NewPin(_view(call, _member(tx, found.id)), pin)


def without_pins(tx: Tx, resident_id: int) -> list[int]:
    """Give the members who share a handset and cannot vote from it before they have a PIN."""
    sharing = members.members_on(tx, resident_id)
    return [one.id for one in sharing if not one.pin_hash] if len(sharing) > 1 else []


def _named(tx: Tx, call: Call) -> members.Member:
    path: MemberPath = call.path
    return _member(tx, path.id)


def _member(tx: Tx, member_id: int) -> members.Member:
    found = members.member_by_id(tx, member_id)
    if found is None:
        raise not_found("member")
    return found


def _view(call: Call, found: members.Member) -> Member:
    return Member(
        id=found.id,
        person=call.person(found.resident_id),
        name=found.name if call.may("people:read") else None,
        has_pin=bool(found.pin_hash),
        locked=found.locked,
        left_at=found.left_at,
    )


OPERATIONS = (
    Operation(
        "listMembers",
        "GET",
        "/members",
        "List members",
        "member",
        MemberPage,
        scope="members:read",
        work=list_members,
        query=PageQuery,
    ),
    Operation(
        "readMember",
        "GET",
        "/members/{id}",
        "Read one member",
        "member",
        Member,
        scope="members:read",
        work=read_member,
        params=MemberPath,
    ),
    Operation(
        "admitMember",
        "POST",
        "/members",
        "Make somebody a member",
        "member",
        AdmittedMember,
        scope="members:write",
        work=admit_member,
        body=NewMember,
        status=201,
        errors=(409,),
        about="For who asked on paper or by word. They are told nothing by text.",
    ),
    Operation(
        "endMembership",
        "POST",
        "/members/{id}/leave",
        "End a membership",
        "member",
        Member,
        scope="members:write",
        work=end_membership,
        params=MemberPath,
        about="The member is on no roll made later; on those of open polls they stay.",
    ),
    Operation(
        "resetPin",
        "POST",
        "/members/{id}/pin",
        "Give a member a new PIN",
        "member",
        NewPin,
        scope="members:write",
        work=reset_pin,
        params=MemberPath,
        errors=(409,),
        about="The PIN is in this answer and nowhere else: tell it in person.",
        kept=False,
    ),
)
