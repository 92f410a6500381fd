"""MY DATA and FORGET ME: what is held, in plain words, and erasing it as far as nothing needs it."""

from __future__ import annotations

from collections.abc import Mapping

from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Value, text
from gateway.services.acting import Acting, Action, Timing
from gateway.store import people, privacy
from gateway.store.database import Tx


def my_data(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give what is held about the resident, a line a kind."""
    held = privacy.holdings(acting.tx, acting.resident.id)
    given: dict[str, Value] = {
        "texts": Value("number", held.texts),
        "requests": Value("number", held.requests),
        "lifts": Value("number", held.lifts),
        "calls": Value("number", held.calls),
        "recordings": Value("number", held.recordings),
    }
    if held.since is not None:
        given["since"] = Value("date", held.since.astimezone(acting.zone).date().isoformat())
    else:
        given["since"] = Value("date", acting.now.astimezone(acting.zone).date().isoformat())
    known_as = [*([held.name] if held.name else []), *held.memberships]
    given["name"] = text(", ".join(dict.fromkeys(known_as)) or "-")
    return Outcome("held", given)


def matters(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Say whether something still needs the resident's number, or the community has them in its lists."""
    if privacy.roles(acting.tx, acting.resident.id):
        return Outcome("listed")
    return Outcome("running" if privacy.running_matters(acting.tx, acting.resident.id) else "free")


def forget(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Erase at once what nothing needs; the rest once its time has come, which the night looks after.

    The answer that says so has still to be sent, so who it goes to is erased the night after.
    """
    resident = acting.resident.id
    privacy.ask_to_forget(acting.tx, resident, acting.now)
    privacy.erase_words(acting.tx, resident)
    running = bool(privacy.running_matters(acting.tx, resident))
    acting.emit("resident.forget_asked", f"resident:{resident}")
    return Outcome("later" if running else "erased")


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
    privacy.erase_person(tx, resident_id, timing.now, keep_number=resident.stopped)
    timing.emit("resident.forgotten", f"resident:{resident_id}")
    return True


HELD = ("texts", "since", "requests", "lifts", "calls", "recordings", "name")
ACTIONS: Mapping[str, Action] = {
    "people.my_data": Action(ActionSpec("people.my_data", {"held": HELD}), my_data),
    "people.matters": Action(
        ActionSpec("people.matters", {"listed": (), "running": (), "free": ()}), matters
    ),
    "people.forget": Action(ActionSpec("people.forget", {"erased": (), "later": ()}, binding=True), forget),
}
