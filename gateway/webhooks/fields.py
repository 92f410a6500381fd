"""What a webhook may carry besides type, time, id and state: every field with its schema and an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.value import Json

LOOKED_UP = frozenset({"person", "name", "number", "words"})
"""Fields that no event carries: they are looked up when a webhook goes out, as they are then."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: what it says, its JSON Schema, an example. `personal` ones tell something of a resident."""

    about: str
    schema: Mapping[str, Json]
    example: Json
    personal: bool = False


def _text(about: str, example: str, *, personal: bool = False) -> Field:
    return Field(about, {"type": "string"}, example, personal)


def _whole(about: str, example: int) -> Field:
    return Field(about, {"type": "integer"}, example)


def _flag(about: str) -> Field:
    return Field(about, {"type": "boolean"}, example=True)


def _one_of(about: str, *values: str) -> Field:
    return Field(about, {"type": "string", "enum": list(values)}, values[0])


_MOMENT: Mapping[str, Json] = {"type": "string", "format": "date-time"}
_PERSON: Mapping[str, Json] = {"type": "string", "pattern": "^p[0-9a-f]{32}$"}

FIELDS: Mapping[str, Field] = {
    "code": _text("The reference that residents and coordinators use, such as 4F.", "4F"),
    "key": _text("The poll's key in the community's files.", "bench"),
    "person": Field(
        "The resident's pseudonym, the same as in the API.", _PERSON, "p" + "0123456789abcdef" * 2, True
    ),
    "name": _text("The resident's name, empty while it is not known.", "Edith Baker", personal=True),
    "number": _text("The resident's number (E.164).", "+447700900123", personal=True),
    "words": _text("What the resident asked for, in their words.", "Shopping on Friday", personal=True),
    "category": _text("What kind of help, by its key in the flow; empty until told.", "shopping"),
    "urgency": _text("How soon, by its key in the flow; empty until told.", "today"),
    "wanted_on": Field(
        "The day help is wanted on, if one is.",
        {"type": ["string", "null"], "format": "date"},
        "2026-03-06",
    ),
    "pickup": _text("The key of the place to be picked up at.", "church-hall", personal=True),
    "dropoff": _text("The key of the place to go to.", "surgery", personal=True),
    "date": Field("The day of the trip.", {"type": "string", "format": "date"}, "2026-03-06"),
    "time": Field(
        "The time of the trip, local.", {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"}, "14:30"
    ),
    "seats": _whole("Seats: of a trip those it takes, of a run those it has.", 1),
    "wheelchairs": _whole("Wheelchair spaces taken.", 0),
    "run": Field("The run the trip is part of, if any.", {"type": ["integer", "null"]}, 3),
    "result": Field(
        "How the trip ended, as transport schemes say it.",
        {"enum": ["COMP", "NS", "CANC", "UNMET", None]},
        "COMP",
    ),
    "vehicle": _text("The vehicle's key.", "minibus"),
    "starts_at": Field(
        "When the run starts.", {"type": "string", "format": "date-time"}, "2026-03-06T08:00:00+00:00"
    ),
    "ends_at": Field(
        "When the run ends.", {"type": "string", "format": "date-time"}, "2026-03-06T12:00:00+00:00"
    ),
    "wheelchair_spaces": _whole("Wheelchair spaces there are.", 1),
    "happened": _flag("Whether the resident said that it happened."),
    "did": _text("What a coordinator did: offer, assign, take, or a move.", "assign"),
    "reference": _text("What another system calls it.", "CASE-2026-17"),
    "secret": _flag("Whether nobody can tell who voted how."),
    "roll": _whole("How many may vote.", 120),
    "voted": _whole("How many voted.", 61),
    "quorate": _flag("Whether enough voted."),
    "flow": _text("The flow's name.", "help"),
    "status": _text("How the conversation ended.", "completed"),
    "language": _text("The language (BCP 47).", "en"),
    "reason": _text("Why, in words.", "the network refused it"),
    "count": _whole("How often in a row.", 1),
    "answered": _flag("Whether the resident was answered."),
    "error": _text("The kind of fault, for the developers.", "KeyError"),
    "direction": _one_of("Who rang.", "in", "out"),
    "purpose": _text("What a call of ours was for; empty for one that came in.", "ring_back"),
    "how": _text("How the call ended.", "finished"),
    "why": _text("Why, in words; empty where there was nothing in the way.", ""),
    "ring_back": _flag("Whether the caller is rung back."),
    "call": _whole("The call's id.", 21),
    "kind": _text("What was recorded: an answer, a message for a person, voicemail.", "voicemail"),
    "endpoint": _text("The endpoint's name.", "Case system"),
}
"""Every field there is, by name."""

KINDS: Mapping[str, str] = {
    "help": "request",
    "trip": "trip",
    "run": "run",
    "referral": "referral",
    "board": "idea",
    "shift": "shift",
    "announcement": "announcement",
    "poll": "poll",
    "member": "member",
    "enrolment": "enrolment",
    "resident": "person",
    "message": "message",
    "inbound": "inbound",
    "link": "link",
    "call": "call",
    "recording": "recording",
    "reading_code": "reading_code",
    "webhook": "endpoint",
    "source": "source",
}
"""What a subject is called towards other systems, by how it begins: the names the API has, too."""
