"""Members: how somebody becomes one, who decides, and what becomes of a PIN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.errors import GatewayError
from gateway.services.acting import Acting, Action, Timing
from gateway.services.codes import new_code
from gateway.services.lifecycle import advance, lifecycle
from gateway.services.secrecy import forget_pin
from gateway.store import enrolments, members, people
from gateway.store.enrolments import Enrolment
from gateway.store.members import Member
from gateway.store.pin import is_pin, seal_pin

FLOW = "enrol"
PIN_DIGITS = 4
MOST_LISTED = 8
# As many people as share a handset may wait for a decision at a time.
MOST_WAITING = 4

LIFECYCLE = lifecycle(
    "waiting",
    {"approve": {"approved": ("waiting",)}, "refuse": {"refused": ("waiting",)}},
)

_NOTHING = text("")


class NoSuchMember(GatewayError):
    """There is no such member: nothing was changed. Look at the list of members again."""


@dataclass(frozen=True, slots=True)
class Approved:
    """A new member's id, and the names on the handset that need a PIN before they can vote from it."""

    member_id: int
    without_pin: tuple[str, ...]


def approve(timing: Timing | Acting, wish: Enrolment, *, by: str) -> Approved:
    """Make somebody who asked a member, and tell them. Raises IllegalMove where that is decided already."""
    state = advance(LIFECYCLE, wish.state, "approve")
    member_id = members.add_member(timing.tx, wish.resident_id, wish.name, wish.pin_hash)
    enrolments.decide(timing.tx, wish.id, state, by, timing.now)
    timing.emit("enrolment.approved", f"enrolment:{wish.id}", member=member_id, by=by)
    timing.emit("member.added", f"member:{member_id}", by=by)
    sharing = members.members_on(timing.tx, wish.resident_id)
    without = tuple(member.name for member in sharing if not member.pin_hash) if len(sharing) > 1 else ()
    key = "approved_without_pin" if wish.name in without else "approved"
    timing.tell(wish.number, Prompt(FLOW, key, values={"name": Value("name", wish.name)}))
    return Approved(member_id, without)


def refuse(timing: Timing | Acting, wish: Enrolment, *, by: str) -> None:
    """Turn somebody's wish down, and tell them. Raises IllegalMove where that is decided already."""
    state = advance(LIFECYCLE, wish.state, "refuse")
    enrolments.decide(timing.tx, wish.id, state, by, timing.now)
    timing.emit("enrolment.refused", f"enrolment:{wish.id}", by=by)
    timing.tell(wish.number, Prompt(FLOW, "refused", values={"name": Value("name", wish.name)}))


def reset_pin(timing: Timing, member_id: int, *, by: str) -> str:
    """Give a member a new PIN, and a locked one the vote back; give the PIN, which is kept nowhere.

    It is to be told in person: a text would be read by all who share the handset. Raises NoSuchMember.
    """
    member = _member(timing, member_id)
    others = [m for m in members.members_on(timing.tx, member.resident_id) if m.id != member.id]
    pin = _new_pin(timing, others)
    members.set_pin(timing.tx, member.id, seal_pin(pin))
    members.unlock(timing.tx, member.id)
    timing.emit("member.pin_reset", f"member:{member.id}", by=by)
    return pin


def leave(timing: Timing, member_id: int, *, by: str) -> None:
    """End a membership: the member is on no later roll. Raises NoSuchMember."""
    member = _member(timing, member_id)
    if members.end_membership(timing.tx, member.id, timing.now):
        timing.emit("member.left", f"member:{member.id}", by=by)


def admit(timing: Timing, name: str, number: str, *, by: str) -> Approved:
    """Make somebody a member without having been asked; `number` is E.164."""
    resident = people.meet(timing.tx, number, timing.now)
    member_id = members.add_member(timing.tx, resident.id, name, "")
    timing.emit("member.added", f"member:{member_id}", by=by)
    sharing = members.members_on(timing.tx, resident.id)
    without = tuple(member.name for member in sharing if not member.pin_hash) if len(sharing) > 1 else ()
    return Approved(member_id, without)


def check_name(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say whether somebody of that name may ask: `alone` on the handset, `shared`, or known already."""
    name = str(values["name"].data)
    mine = members.members_on(acting.tx, acting.resident.id)
    if any(member.name == name for member in mine):
        return Outcome("member")
    wishes = [wish for wish in enrolments.waiting(acting.tx) if wish.resident_id == acting.resident.id]
    if len(wishes) >= MOST_WAITING or any(wish.name == name for wish in wishes):
        return Outcome("waiting")
    return Outcome("shared" if mine or wishes else "alone")


def ask(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Write down that somebody wants to be a member, with the PIN they chose, and tell the people on duty."""
    name, pin = str(values["name"].data), str(values["pin"].data) if "pin" in values else ""
    if pin:
        forget_pin(acting)
    if enrolments.waiting_from(acting.tx, acting.resident.id, name):
        return Outcome("asked", {"pin": _NOTHING})
    taken = [wish.code for wish in enrolments.waiting(acting.tx)]
    code = new_code(acting.random, taken)
    wish_id = enrolments.ask(acting.tx, code, acting.resident.id, name, acting.now)
    mine = members.members_on(acting.tx, acting.resident.id)
    # To refuse a PIN that somebody else on the handset has would tell what it is: a coordinator gives
    # another one instead.
    if pin and not any(member.pin_hash and is_pin(member.pin_hash, pin) for member in mine):
        enrolments.seal(acting.tx, wish_id, seal_pin(pin))
    acting.emit("enrolment.asked", f"enrolment:{wish_id}")
    who = {"who": text(f"{name} {acting.resident.number}")}
    for reader in people.coordinators_on_duty(acting.tx):
        acting.tell(reader.number, Prompt(FLOW, "duty_enrolment", values=who))
    return Outcome("asked", {"pin": _NOTHING})


def list_waiting(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give a coordinator those who wait for a decision."""
    if not people.is_coordinator(acting.tx, acting.resident.id):
        return Outcome("stranger")
    found = enrolments.waiting(acting.tx)[:MOST_LISTED]
    if len(found) == 1:
        return Outcome("one", {"wish": Value("choice", _pair(found[0])), "number": _number(found[0])})
    if found:
        pairs: list[Json] = [_pair(wish) for wish in found]
        return Outcome("several", {"wishes": Value("options", pairs)})
    return Outcome("none")


def show_wish(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give the number of whoever was picked."""
    wish = _wish(acting, values)
    return Outcome("there", {"number": _number(wish)}) if wish else Outcome("gone")


def decide(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Do what a coordinator decided: `let_in` or `turn_down`."""
    wish = _wish(acting, values)
    if wish is None or wish.state != "waiting" or not people.is_coordinator(acting.tx, acting.resident.id):
        return Outcome("gone")
    by = f"coordinator:{acting.resident.id}"
    chosen = values["decision"].data
    if isinstance(chosen, (list, tuple)) and chosen[0] == "turn_down":
        refuse(acting, wish, by=by)
        return Outcome("turned_down")
    approved = approve(acting, wish, by=by)
    if approved.without_pin:
        return Outcome("pin_needed", {"names": text(", ".join(approved.without_pin))})
    return Outcome("let_in")


def _member(timing: Timing, member_id: int) -> Member:
    member = members.member_by_id(timing.tx, member_id)
    if member is None:
        raise NoSuchMember("There is no such member, so nothing was changed. Look at the list again.")
    return member


def _new_pin(timing: Timing, others: list[Member]) -> str:
    while True:
        pin = f"{timing.random.randrange(10**PIN_DIGITS):0{PIN_DIGITS}}"
        if not any(member.pin_hash and is_pin(member.pin_hash, pin) for member in others):
            return pin


def _pair(wish: Enrolment) -> list[Json]:
    return [str(wish.id), wish.name]


def _number(wish: Enrolment) -> Value:
    return Value("phone", wish.number)


def _wish(acting: Acting, values: Mapping[str, Value]) -> Enrolment | None:
    data = values["wish"].data if "wish" in values else None
    return enrolments.by_id(acting.tx, int(str(data[0]))) if isinstance(data, (list, tuple)) else None


ACTIONS: Mapping[str, Action] = {
    action.spec.name: action
    for action in (
        Action(
            ActionSpec("enrol.check_name", {"member": (), "waiting": (), "shared": (), "alone": ()}),
            check_name,
        ),
        Action(ActionSpec("enrol.ask", {"asked": ("pin",)}, binding=True), ask),
        Action(
            ActionSpec(
                "members.waiting",
                {"stranger": (), "one": ("wish", "number"), "several": ("wishes",), "none": ()},
            ),
            list_waiting,
        ),
        Action(ActionSpec("members.show", {"there": ("number",), "gone": ()}), show_wish),
        Action(
            ActionSpec(
                "members.decide",
                {"let_in": (), "pin_needed": ("names",), "turned_down": (), "gone": ()},
                binding=True,
            ),
            decide,
        ),
    )
}
