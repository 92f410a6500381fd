"""Every type of event the gateway writes: what it means and what a webhook of it may carry.

Whoever writes a new type of event (`write_event`, `emit`, `happened`) gives it a line in
`events_of_services` or `events_of_gateway`; a test compares them with the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flows.value import Json
from gateway.webhooks.event_type import EventType
from gateway.webhooks.events_of_gateway import CALLS, CONVERSATIONS, MESSAGES, PEOPLE, WEBHOOKS
from gateway.webhooks.events_of_services import ANNOUNCEMENTS, BOARD, FOOD_BANK, HELP, LIFTS, SHIFTS, VOTES
from gateway.webhooks.fields import FIELDS, KINDS

EVERYTHING = "*"
TEST = "webhook.test"
_ID: Mapping[str, Json] = {"type": ["integer", "string", "null"], "description": "null: all of them."}


EVENT_TYPES: Mapping[str, EventType] = {
    kind.type: kind
    for kind in (
        *HELP,
        *FOOD_BANK,
        *BOARD,
        *ANNOUNCEMENTS,
        *SHIFTS,
        *LIFTS,
        *VOTES,
        *PEOPLE,
        *CONVERSATIONS,
        *MESSAGES,
        *CALLS,
        *WEBHOOKS,
    )
}
"""Every type of event, by name."""


def wants(types: Iterable[str], type: str) -> bool:  # noqa: A002
    """Whether an endpoint that asked for `types` is told of a type; a test goes to nobody but the tested."""
    known = EVENT_TYPES.get(type)
    if type == TEST or known is None or known.private:
        return False
    return any(
        asked in (EVERYTHING, type) or (asked.endswith(".*") and type.startswith(asked[:-1]))
        for asked in types
    )


def unknown_types(types: Iterable[str]) -> list[str]:
    """Give those of `types` that stand for no type of event."""
    return [asked for asked in types if not any(wants([asked], known) for known in EVENT_TYPES)]


def offered_fields(types: Iterable[str]) -> list[str]:
    """Give what may be ticked for an endpoint that asks for `types`, in the order of the field table."""
    asked = list(types)
    found = {name for kind in EVENT_TYPES.values() if wants(asked, kind.type) for name in kind.offered}
    return [name for name in FIELDS if name in found]


def example(kind: EventType) -> dict[str, Json]:
    """Give a webhook of a type as it is sent where everything on offer is ticked."""
    about = kind.subjects[0]
    data: dict[str, Json] = {"id": _example_id(about), "object": KINDS[about]}
    if kind.state:
        data["state"] = kind.state
    data |= {name: FIELDS[name].example for name in (*kind.sent, *kind.offered)}
    return {"type": kind.type, "timestamp": "2026-03-02T09:30:00.000Z", "data": data}


def schema(kind: EventType) -> dict[str, Json]:
    """Give the JSON Schema (2020-12) of a webhook of a type."""
    properties: dict[str, Json] = {
        "id": dict(FIELDS["person"].schema) if kind.about == "resident" else dict(_ID),
        "object": {"enum": [KINDS[about] for about in kind.subjects]},
    }
    required = ["id", "object", *kind.sent]
    if kind.state:
        properties["state"] = {"const": kind.state}
        required.append("state")
    for name in (*kind.sent, *kind.offered):
        properties[name] = {**FIELDS[name].schema, "description": FIELDS[name].about}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.type,
        "description": kind.words,
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": kind.type},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "required": list(required), "properties": properties},
        },
    }


def _example_id(about: str) -> Json:
    if about == "resident":
        return FIELDS["person"].example
    return "main" if about == "link" else 12
