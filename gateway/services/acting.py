"""What a service action is given: the open transaction, the resident, the moment, and ways to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Json, Value
from gateway.store.database import Tx
from gateway.store.outbound import Lane
from gateway.store.people import Resident


class Tell(Protocol):
    """Queues a text to somebody other than the one whose turn it is, in that person's language."""

    def __call__(self, number: str, *prompts: Prompt, ref: str = "", lane: Lane = Lane.NOTICE) -> None:
        """Queue one notice made of `prompts` to `number` (E.164)."""
        ...


class Emit(Protocol):
    """Writes an event in the same transaction; webhooks and pages read it from there."""

    def __call__(self, type: str, subject: str, /, **data: Json) -> None:  # noqa: A002
        """Write event `type` (`lift.booked`) about `subject` (`trip:12`)."""
        ...


class Invite(Protocol):
    """Starts a flow with somebody whose turn it is not."""

    def __call__(self, number: str, flow: str, answers: Mapping[str, Value], /) -> bool:
        """Give False where `number` (E.164) is busy with something else: ask again later.

        Whoever said STOP is asked nothing, and there is no later.
        """
        ...


class Label(Protocol):
    """Gives what a flow calls one of its choices, in a language."""

    def __call__(self, language: str, flow: str, name: str, key: str, /) -> str:
        """Give the label of choice `key` of question `name` of `flow`."""
        ...


def unnamed(language: str, flow: str, name: str, key: str, /) -> str:  # noqa: ARG001
    """Call a choice by its key."""
    return key


def nobody(number: str, flow: str, answers: Mapping[str, Value], /) -> bool:  # noqa: ARG001
    """Invite nobody: everybody is busy."""
    return False


@dataclass(frozen=True, slots=True)
class Acting:
    """Everything an action may use. `now` is aware, UTC; `zone` is where the community lives.

    `usual_language` is spoken with whoever has named none.
    """

    tx: Tx
    resident: Resident
    language: str
    now: datetime
    zone: ZoneInfo
    random: Random
    emit: Emit
    tell: Tell
    invite: Invite = nobody
    label: Label = unnamed
    usual_language: str = "en"


@dataclass(frozen=True, slots=True)
class Action:
    """A service action: what the checker knows of it, and what runs inside the turn's transaction."""

    spec: ActionSpec
    run: Callable[[Acting, Mapping[str, Value]], Outcome]


@dataclass(frozen=True, slots=True)
class Timing:
    """What a service's timed work is given: no resident, otherwise as `Acting`."""

    tx: Tx
    now: datetime
    zone: ZoneInfo
    random: Random
    emit: Emit
    tell: Tell
    invite: Invite = nobody
    label: Label = unnamed
    usual_language: str = "en"


# Does what is due at `timing.now` and says when it next wants to be called (None: only when
# something changes; it is called after every start and at least once a minute anyway).
Timed = Callable[[Timing], datetime | None]

# Tells whether a command (a flow's, naming a code or words) is the resident's to give.
Heeded = Callable[[Acting, str], bool]
