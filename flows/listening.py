"""What the ears of a call need to know for the question a conversation stands at."""

from __future__ import annotations

from dataclasses import dataclass

from flows.conversation import Conversation, Setting
from flows.library import Library


@dataclass(frozen=True, slots=True)
class Keypad:
    """How keys become entries.

    An entry has at most `longest` digits and is over at once when it has them, at #, or when no key
    came for `pause_ms`. A key of `at_once` is an entry by itself when no digit stands before it.
    With `longest` 0 nothing but these is an entry.
    """

    longest: int
    at_once: str
    pause_ms: int = 2500


@dataclass(frozen=True, slots=True)
class Expectation:
    """What may come now, and what to do with it.

    `type` is the answer type, or `` where the call asks something of its own. `phrases` are the
    grammar in `language`, global words among them; empty where `open` (any words). An utterance is
    over after `silence_ms` without speech; `Silence` is due when nothing came for `patience_ms`
    after the prompt. `keys_only`: do not listen to speech at all. `record`: keep the sound
    (encrypted) and transcribe it beside; # ends it. `secret`: neither sound nor words nor keys may
    be kept or logged anywhere.
    """

    type: str
    language: str
    phrases: tuple[str, ...]
    open: bool
    keypad: Keypad
    silence_ms: int
    patience_ms: int
    keys_only: bool = False
    record: bool = False
    secret: bool = False


def expects(library: Library, conversation: Conversation | None, setting: Setting) -> Expectation:
    """Give what may come now that the turn before left `conversation` so."""
    raise NotImplementedError
