"""The catalogue of events: what webhooks tell of, so that a receiver can be written against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from gateway.api.kinds import Described
from gateway.api.operations import Call, Operation
from gateway.store.database import Tx
from gateway.webhooks.catalogue import EVENT_TYPES, example, schema
from gateway.webhooks.fields import FIELDS


@dataclass(frozen=True, slots=True)
class EventKind:
    """A type of event. `offered` are the fields that are sent only where an organiser ticked them."""

    type: str
    description: str
    offered: dict[str, str]
    example: Annotated[Any, Described("A webhook of this type, with everything on offer ticked.")]
    schema: Annotated[Any, Described("The JSON Schema (2020-12) of a webhook of this type.")]


@dataclass(frozen=True, slots=True)
class EventCatalogue:
    """Every type of event that webhooks tell of."""

    events: list[EventKind]


def list_events(_tx: Tx, _call: Call) -> EventCatalogue:
    """Give the catalogue."""
    return EventCatalogue(
        [
            EventKind(
                kind.type,
                kind.words,
                {name: FIELDS[name].about for name in kind.offered},
                example(kind),
                schema(kind),
            )
            for kind in EVENT_TYPES.values()
            if not kind.private
        ]
    )


OPERATIONS = (
    Operation(
        "listEvents",
        "GET",
        "/events",
        "List the types of events that webhooks tell of",
        "webhook",
        EventCatalogue,
        work=list_events,
        about="Types may be added by an update: ignore those you do not know.",
    ),
)
