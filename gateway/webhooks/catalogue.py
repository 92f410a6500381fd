"""Every type of event the gateway writes: what it means and what a webhook of it may carry.

Whoever writes a new type of event (`write_event`, `emit`, `happened`) adds its line here; a test
compares both. `sent` always goes out, `offered` only where an organiser ticked it for an endpoint,
`kept` never: what an event holds and neither names stays at home.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.value import Json
from gateway.webhooks.fields import FIELDS, KINDS, LOOKED_UP

EVERYTHING = "*"
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event. `about` says how its subject begins (`trip`); `state` is what its subject is now."""

    type: str
    words: str
    about: str
    state: str = ""
    sent: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def carried(self) -> frozenset[str]:
        """What the event itself may hold."""
        return frozenset((*self.sent, *self.offered, *self.kept, "state")) - LOOKED_UP


_WHO = ("name", "number")
_REQUEST = ("person", *_WHO, "words")
_TRIP = (
    "person", *_WHO, "pickup", "dropoff", "date", "time", "seats", "wheelchairs", "run",
)  # fmt: skip


def _help(name: str, state: str, words: str, *more: str, kept: tuple[str, ...] = ()) -> EventType:
    offered = (*_REQUEST, *more)
    return EventType(f"help.{name}", words, "help", state, ("code",), offered, kept)


def _lift(state: str, words: str) -> EventType:
    return EventType(f"lift.{state}", words, "trip", state, ("code",), _TRIP, ("resident",))


def _message(name: str, words: str, *, state: str = "", offered: tuple[str, ...] = ("reason",)) -> EventType:
    return EventType(f"message.{name}", words, "message", state or name, (), offered)


def _person(name: str, words: str, *offered: str, kept: tuple[str, ...] = ()) -> EventType:
    return EventType(name, words, "resident", "", (), offered, kept)


def _endpoint(name: str, words: str, state: str = "") -> EventType:
    return EventType(f"webhook.{name}", words, "webhook", state, (), ("endpoint",))


_OUTSIDE = ("token",)
_HELP = (
    _help("opened", "new", "A resident asked for help."),
    _help("described", "", "A resident said more about what they need.", "category", "urgency", "wanted_on"),
    _help("withdrawn", "withdrawn", "A resident took a request for help back.", "reference", kept=_OUTSIDE),
    _help("looking", "looking", "Somebody is looking for a helper.", "reference", kept=_OUTSIDE),
    _help("matched", "matched", "A helper was found.", "reference", kept=_OUTSIDE),
    _help("done", "done", "The help was given.", "reference", kept=_OUTSIDE),
    _help("failed", "failed", "Nobody could help.", "reference", kept=_OUTSIDE),
    _help("duplicate", "duplicate", "It was asked for twice.", "reference", kept=_OUTSIDE),
)
_LIFTS = (
    _lift("requested", "A resident asked for a lift. It is no booking until it has a seat."),
    _lift("booked", "A trip has a seat."),
    _lift("standby", "A trip waits for a seat to come free."),
    _lift("cancelled", "A trip was cancelled."),
    _lift("done", "A trip is over."),
    _lift("no_show", "Nobody was there to be picked up."),
    _lift("unmet", "No seat was found for a trip, or none that suited."),
)
# Of votes nothing goes out that tells of a choice, or of who voted: not even where somebody ticked it.
_VOTES = (
    EventType(
        "poll.opened", "A poll opened.", "poll", "open", ("key",), ("secret", "roll")
    ),
    EventType("poll.lapsed", "A poll passed while the gateway was off.", "poll", "lapsed", ("key",)),
    EventType("poll.closed", "A poll closed.", "poll", "closed", ("key",), ("voted", "roll")),
    EventType(
        "poll.counted",
        "A poll was counted: its results can be had from the API.",
        "poll",
        "counted",
        ("key",),
        ("quorate",),
        ("winner", "tied"),
    ),
    EventType("vote.cast", "One more vote in an open poll, or one that took another's place.", "poll", "open",
              kept=("member", "again")),
    EventType("ballot.cast", "One more vote in a secret poll.", "poll", "open"),
    EventType("member.locked", "A member gave too many wrong PINs.", "member", "locked"),
)  # fmt: skip
_PEOPLE = (
    _person("resident.named", "A resident said their name.", *_WHO),
    _person("resident.stopped", "A resident wants no more texts.", *_WHO),
    _person("resident.started", "A resident wants texts again.", *_WHO),
    _person("language.set", "A resident goes on in another language.", "language"),
    _person("speech.slower", "A resident wants calls spoken slower."),
    _person("person.wanted", "A resident wants to talk to a person.", "flow", "step", *_WHO),
    _person("person.message", "A resident wrote or said something to a person.", *_WHO),
    _person("emergency", "A resident used emergency words.", "answered", *_WHO),
    _person("machine.suspected", "A number seems to be answered by a machine.", "reason"),
)
_CONVERSATIONS = (
    _person("conversation.started", "A conversation began.", "flow", "language"),
    _person("conversation.ended", "A conversation ended.", "flow", "status"),
    _person("conversation.unclear", "An answer was not understood.", "flow", "step", "reason", "count"),
    _person("text.unknown", "A text outside a conversation was not understood."),
    _person("stopped.text", "A resident who wants no more texts wrote."),
    _person("turn.failed", "A fault kept a resident from being answered.", "error", kept=("inbound",)),
    _person("message.incomplete", "Only part of a long text came.", kept=("inbound",)),
)
_MESSAGES = (
    _message("sent", "The network took a text.", offered=()),
    _message("delivered", "A text reached the handset.", offered=()),
    _message("failed", "A text could not be sent."),
    _message("uncertain", "Nobody knows whether a text was sent."),
    _message("expired", "A text waited until nobody needed it any more.", offered=()),
    _message("held", "A text may not be sent."),
    _message("delayed", "A text has to wait.", state="queued"),
    EventType(
        "message.ignored", "A text came in that may not be answered.", "inbound", "ignored", (), ("reason",)
    ),
    EventType("message.broken", "A text came in that could not be read.", "link", "", (), ("reason",)),
)  # fmt: skip
_CALLS = (
    EventType("call.began", "A call began.", "call", "", (), ("direction", "purpose")),
    EventType("call.ended", "A call ended.", "call", "ended", (), ("how",)),
    EventType("call.missed", "A caller hung up while it rang.", "call", "", (), ("ring_back", "why")),
    EventType("call.busy", "Somebody rang while the line was busy.", "call"),
    EventType("call.failed", "A call of ours reached nobody.", "call", "failed", (), ("purpose", "why")),
    _person("call.goodbye", "A call came to its end in words."),
    _person("call.give_up", "A call was given up: nobody could be understood."),
    _person("call.cut_off", "A call was cut off in the middle."),
    EventType("recording.kept", "Something said on a call was kept.", "recording", "", (), ("call", "kind")),
)
_WEBHOOKS = (
    _endpoint("added", "An endpoint was added.", "on"),
    _endpoint("changed", "An endpoint was changed."),
    _endpoint("secret_changed", "An endpoint has a new secret, or its old one ended."),
    _endpoint("switched_on", "An endpoint was switched on.", "on"),
    _endpoint("switched_off", "An endpoint was switched off.", "off"),
    _endpoint("gone", "An endpoint answered that it is gone for good, and is told nothing more.", "gone"),
    _endpoint("removed", "An endpoint was removed.", "removed"),
    _endpoint("failing", "An endpoint has not taken webhooks for some time.", "on"),
    _endpoint("healed", "An endpoint takes webhooks again.", "on"),
    _endpoint("replayed", "Somebody had webhooks sent once more."),
    _endpoint("test", "Somebody tries an endpoint out."),
    EventType("source.added", "A system may send webhooks to us.", "source", "on"),
    EventType("source.changed", "A system that sends webhooks was changed, or has a new secret.", "source"),
    EventType("source.switched_on", "A system may send webhooks to us again.", "source", "on"),
    EventType("source.switched_off", "A system may send no webhooks to us for now.", "source", "off"),
    EventType("source.removed", "A system may send no more webhooks to us.", "source", "removed"),
)

EVENT_TYPES: Mapping[str, EventType] = {
    kind.type: kind
    for kind in (
        *_HELP, *_LIFTS, *_VOTES, *_PEOPLE, *_CONVERSATIONS, *_MESSAGES, *_CALLS, *_WEBHOOKS
    )
}  # fmt: skip
"""Every type of event, by name."""


def wants(types: Iterable[str], type: str) -> bool:  # noqa: A002
    """Whether an endpoint that asked for `types` is told of a type; a test goes to nobody but the tested."""
    if type == TEST:
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


def served() -> dict[str, Json]:
    """Give the whole catalogue as JSON: for each type a sentence, an example and a JSON Schema."""
    return {
        "events": [
            {
                "type": kind.type,
                "description": kind.words,
                "offered": {name: FIELDS[name].about for name in kind.offered},
                "example": example(kind),
                "schema": schema(kind),
            }
            for kind in EVENT_TYPES.values()
        ]
    }


def example(kind: EventType) -> dict[str, Json]:
    """Give a webhook of a type as it is sent where everything on offer is ticked."""
    data: dict[str, Json] = {"id": _example_id(kind), "object": KINDS[kind.about]}
    if kind.state:
        data["state"] = kind.state
    data |= {name: FIELDS[name].example for name in (*kind.sent, *kind.offered)}
    return {"type": kind.type, "timestamp": "2026-03-02T09:30:00.000Z", "data": data}


def schema(kind: EventType) -> dict[str, Json]:
    """Give the JSON Schema (2020-12) of a webhook of a type."""
    properties: dict[str, Json] = {
        "id": dict(FIELDS["person"].schema) if kind.about == "resident" else {"type": ["integer", "string"]},
        "object": {"const": KINDS[kind.about]},
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


def _example_id(kind: EventType) -> Json:
    if kind.about == "resident":
        return FIELDS["person"].example
    return "main" if kind.about == "link" else 12
