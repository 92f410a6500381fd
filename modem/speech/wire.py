"""What the gateway and the speech processes say to each other: one datagram a message.

A datagram is one line of JSON and, behind it, the message's sound as it is. The socket is a
SOCK_SEQPACKET pair: messages arrive whole, in order, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

LONGEST = 131_072
"""Octets of the longest datagram; phrases and sound are cut into several to stay below."""

_PHRASES_OCTETS = 32_768
_SOUND_OCTETS = 65_536


@dataclass(frozen=True, slots=True)
class Load:
    """Load the model of `language` from the folder `path`; answered by `Loaded`."""

    language: str
    path: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model of `language` is loaded, or not, and `why` not."""

    language: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Begin:
    """Utterance `id` begins; `more` says that more of its phrases follow in another `Begin`."""

    id: int
    language: str
    phrases: tuple[str, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound (8 kHz, 16 bit, mono) of utterance or sentence `id`."""

    id: int
    sound: bytes


@dataclass(frozen=True, slots=True)
class End:
    """Utterance `id` is over; answered by `Result`."""

    id: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Utterance `id` is of no interest any more; not answered."""

    id: int


@dataclass(frozen=True, slots=True)
class Result:
    """What utterance `id` may have been, the likeliest first; `why` it could not be listened to."""

    id: int
    alternatives: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Which words of `phrases` does the model of `language` not know? Answered by `Unknown`."""

    id: int
    language: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """The words the model does not know of what `Check` with the same id asked."""

    id: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """Speak `words`; answered by `Sound`s and `Said` with the same id."""

    id: int
    engine: str
    language: str
    words: str
    slow: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Sentence `id` was spoken, or not, and `why` not."""

    id: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Beat:
    """The process lives; `work` counts what it got done since it began."""

    work: int


@dataclass(frozen=True, slots=True)
class Dying:
    """The process gives up, in words a coordinator understands."""

    why: str


Message = Load | Loaded | Begin | Sound | End | Cancel | Result | Check | Unknown | Say | Said | Beat | Dying

_CLASSES: dict[str, type[Any]] = {
    cls.__name__: cls
    for cls in (Load, Loaded, Begin, Sound, End, Cancel, Result, Check, Unknown, Say, Said, Beat, Dying)
}


def encode(message: Message) -> bytes:
    """`message` as one datagram."""
    values: dict[str, Any] = {field.name: getattr(message, field.name) for field in fields(message)}
    sound: bytes = values.pop("sound", b"")
    head = json.dumps({"": type(message).__name__} | values, ensure_ascii=False, separators=(",", ":"))
    return head.encode() + b"\n" + sound


def decode(datagram: bytes) -> Any:
    """The message a datagram of `encode` holds."""
    head, _, sound = datagram.partition(b"\n")
    values: dict[str, Any] = json.loads(head)
    cls = _CLASSES[values.pop("")]
    if cls is Sound:
        values["sound"] = sound
    return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def phrase_pieces(phrases: Sequence[str]) -> list[tuple[str, ...]]:
    """`phrases` cut into pieces that fit a datagram each; one empty piece when there are none."""
    pieces: list[tuple[str, ...]] = []
    piece: list[str] = []
    octets = 0
    for phrase in phrases:
        octets += len(phrase.encode()) + 3
        if octets > _PHRASES_OCTETS and piece:
            pieces.append(tuple(piece))
            piece, octets = [], len(phrase.encode()) + 3
        piece.append(phrase)
    return [*pieces, tuple(piece)]


def sound_pieces(sound: bytes) -> Iterator[bytes]:
    """`sound` cut into pieces that fit a datagram each."""
    for at in range(0, len(sound), _SOUND_OCTETS):
        yield sound[at : at + _SOUND_OCTETS]
