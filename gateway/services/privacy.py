"""MY DATA and FORGET ME: what is held, in plain words, and erasing it as far as nothing needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.answers.words import say
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value
from gateway.services.acting import Acting, Action, Timing
from gateway.services.announcements import kind_label
from gateway.store import board, people, privacy, shifts
from gateway.store.database import Tx
from gateway.store.holdings import NUMBERED, Holdings, holdings

_FLOW = "my_data"


def my_data(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give what is held about the resident, a line a kind; of what there is nothing, nothing is said."""
    lines: list[Json] = list(_lines(acting, holdings(acting.tx, acting.resident.id)))
    return Outcome("held", {"held": Value("list", lines)}) if lines else Outcome("little")


def _lines(acting: Acting, held: Holdings) -> Iterator[str]:
    def named(key: str) -> str:
        return acting.label(acting.language, _FLOW, "kind", key)

    if known_as := [*([held.name] if held.name else []), *held.memberships]:
        yield f"{named('name')}: {', '.join(dict.fromkeys(known_as))}"
    if held.roles:
        yield f"{named('listed')}: {', '.join(named(role) for role in held.roles)}"
    for kind, count in held.counts.items():
        line = f"{named(kind)}: {count}" if kind in NUMBERED else named(kind)
        if kind == "texts" and held.since is not None:
            oldest = Value("date", held.since.astimezone(acting.zone).date().isoformat())
            line += f" ({named('since')} {say(oldest, acting.language, acting.zone)})"
        yield line
    if held.joined:
        yield f"{named('joined')}: {', '.join(map(str, held.joined))}"
    for key, wants, undo in (("stopped", False, "start"), ("wanted", True, "stop")):
        chosen = [
            kind_label(acting, acting.language, kind) for kind, want in held.chosen.items() if want == wants
        ]
        if chosen:
            yield f"{named(key)}: {', '.join(chosen)} ({named(undo)} {chosen[0]})"
    yield from (named(key) for key, so in (("slow", held.slow), ("rung", held.rung)) if so)


def matters(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Say whether something still needs the resident's number, or the community has them in its lists."""
    if privacy.roles(acting.tx, acting.resident.id):
        return Outcome("listed")
    return Outcome("running" if privacy.running_matters(acting.tx, acting.resident.id) else "free")


def forget(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Erase at once what nothing needs; the rest once its time has come, which the night looks after.

    The answer that says so has still to be sent, so who it goes to is erased the night after.
    """
    return Outcome("later" if begin_forgetting(acting, acting.resident.id) else "erased")


def begin_forgetting(doing: Acting | Timing, resident_id: int) -> bool:
    """Erase what somebody told us, by text or because they asked a coordinator; the night does the rest.

    Give whether something of theirs is open, and stays until it is over. Whoever is in the community's
    lists (`gateway.store.privacy.roles`) has to be taken off them first, or nights pass without effect.
    """
    privacy.ask_to_forget(doing.tx, resident_id, doing.now)
    privacy.erase_words(doing.tx, resident_id)
    doing.emit("resident.forget_asked", f"resident:{resident_id}")
    return bool(privacy.running_matters(doing.tx, resident_id))


def is_needed(tx: Tx, resident_id: int) -> bool:
    """Whether something still needs somebody: a matter, the community's lists, a text on its way to them."""
    return bool(
        privacy.running_matters(tx, resident_id)
        or privacy.roles(tx, resident_id)
        or privacy.is_told_something(tx, resident_id)  # its number would outlast its owner's
    )


def finish_forgetting(timing: Timing, resident_id: int) -> bool:
    """Erase somebody who asked for it, if nothing of them is needed any more; give whether it was done.

    What others were told of them has to be erased before (`gateway.forgetting`).
    """
    tx = timing.tx
    if is_needed(tx, resident_id):
        return False
    resident = people.resident_by_id(tx, resident_id)
    for idea in board.waiting_of(tx, resident_id):
        timing.emit("board.refused", f"board:{idea.id}")
    for shift in shifts.shifts_ahead(tx):
        if shift.resident_id == resident_id:
            timing.emit("shift.over" if shift.state == "on" else "shift.freed", f"shift:{shift.id}")
    privacy.erase_person(tx, resident_id, timing.now, keep_number=resident.stopped)
    timing.emit("resident.forgotten", f"resident:{resident_id}")
    return True


ACTIONS: Mapping[str, Action] = {
    "people.my_data": Action(ActionSpec("people.my_data", {"held": ("held",), "little": ()}), my_data),
    "people.matters": Action(
        ActionSpec("people.matters", {"listed": (), "running": (), "free": ()}), matters
    ),
    "people.forget": Action(ActionSpec("people.forget", {"erased": (), "later": ()}, binding=True), forget),
}
