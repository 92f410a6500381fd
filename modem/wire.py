"""What the gateway and the modem process say to each other: one JSON object a datagram.

The socket is a SOCK_SEQPACKET pair: messages arrive whole, in order, or not at all, and either
side learns at once that the other is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from modem import driver

LONGEST = 131_072
"""Octets of the longest message; a listing of a full SIM is cut into several to stay below."""

INBOX_SECONDS = 20.0
"""How often the inbox is read although no notice came, because notices get lost."""

_PARTS_A_MESSAGE = 40


@dataclass(frozen=True, slots=True)
class Configure:
    """The first message to a modem process: the device, its baud, the seconds between looks at the inbox."""

    device: str
    baud: int
    inbox_seconds: float = INBOX_SECONDS


@dataclass(frozen=True, slots=True)
class Command:
    """Ask for `name`, a method of the driver, with `argument`; answered by `Done` with the same id."""

    id: int
    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the stored messages at `places`, when there is time; not answered.

    `marks` (see `driver.mark`) are as many: a place where another message lies by now is passed over.
    """

    places: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reread:
    """Announce everything that is stored once more; not answered."""


@dataclass(frozen=True, slots=True)
class Done:
    """Command `id` is done: its answer's `lines`, or the `error` (a class of `modem.errors`) in words."""

    id: int
    lines: tuple[str, ...] = ()
    error: str = ""
    words: str = ""
    kind: str = ""
    code: int = -1


@dataclass(frozen=True, slots=True)
class Begun:
    """The next part of message `id` is about to be handed to the modem: from now on it may have left."""

    id: str


@dataclass(frozen=True, slots=True)
class Beat:
    """The modem process lives; it has been in `call` ("" when idle) since CLOCK_MONOTONIC `since`."""

    call: str
    since: float


@dataclass(frozen=True, slots=True)
class Dying:
    """The modem process gives up, in words a coordinator understands."""

    why: str


ToModem = Configure | Command | Delete | Reread | driver.Send
FromModem = driver.Event | Done | Begun | Beat | Dying
Message = ToModem | FromModem

_CLASSES: dict[str, type[Any]] = {
    cls.__name__: cls
    for cls in (
        *(Configure, Command, Delete, Reread, Done, Begun, Beat, Dying),
        *(driver.Send, driver.Inbox, driver.Part, driver.BrokenPart, driver.Report, driver.PartSent),
        *(driver.Sent, driver.SendFailed, driver.Ringing, driver.CallEnded, driver.Tone, driver.Ussd),
        driver.Status,
    )
}
_ENUMS = {("Status", "pin"): driver.PinState, ("Status", "network"): driver.Network}


def encode(message: Message) -> bytes:
    """`message` as one datagram."""
    return json.dumps(_plain(message), separators=(",", ":")).encode("ascii")


def decode(datagram: bytes) -> Any:
    """The message a datagram of `encode` holds."""
    return _rich(json.loads(datagram))


def pieces(inbox: driver.Inbox) -> Iterator[driver.Inbox]:
    """`inbox` cut into ones that fit a datagram each; nothing when it is empty."""
    for at in range(0, len(inbox.parts), _PARTS_A_MESSAGE):
        yield replace(inbox, parts=inbox.parts[at : at + _PARTS_A_MESSAGE], broken=())
    for at in range(0, len(inbox.broken), _PARTS_A_MESSAGE):
        yield replace(inbox, parts=(), broken=inbox.broken[at : at + _PARTS_A_MESSAGE])


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        name = type(value).__name__
        return {"": name} | {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return {"": "datetime", "at": value.isoformat()}
    return value


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rich(each) for each in value)
    if not isinstance(value, dict):
        return value
    name = value.pop("")
    if name == "datetime":
        return datetime.fromisoformat(value["at"])
    values = {field: _rich(each) for field, each in value.items()}
    for (owner, field), kind in _ENUMS.items():
        if owner == name:
            values[field] = kind(values[field])
    return _CLASSES[name](**values)
