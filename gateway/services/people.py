"""What a flow may ask of the people side: a name, asked once and remembered."""

from __future__ import annotations

from collections.abc import Mapping

from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Value
from gateway.services.acting import Acting, Action
from gateway.store import people


def recall_name(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Say whether the resident's name is known already."""
    name = people.resident_by_id(acting.tx, acting.resident.id).name
    return Outcome("known", {"name": Value("name", name)}) if name else Outcome("unknown")


def know_name(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Remember the resident's name, so that it is never asked again."""
    people.set_name(acting.tx, acting.resident.id, str(values["name"].data))
    acting.emit("resident.named", f"resident:{acting.resident.id}")
    return Outcome("kept")


ACTIONS: Mapping[str, Action] = {
    "people.recall_name": Action(
        ActionSpec("people.recall_name", {"known": ("name",), "unknown": ()}), recall_name
    ),
    "people.know_name": Action(ActionSpec("people.know_name", {"kept": ()}), know_name),
}
