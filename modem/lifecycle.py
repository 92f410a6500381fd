"""The life of a link to a modem: its states, what leads from one to the next, and words for each.

absent -> opening -> pin -> searching -> ready -> lost -> waiting -> opening …
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from transitions import Machine

_log = logging.getLogger(__name__)


class LinkState(StrEnum):
    """Where in its life the link to a modem is."""

    ABSENT = "absent"
    OPENING = "opening"
    PIN = "pin"
    SEARCHING = "searching"
    READY = "ready"
    LOST = "lost"
    WAITING = "waiting"


_OPEN = [LinkState.OPENING, LinkState.PIN, LinkState.SEARCHING, LinkState.READY]
_MACHINE = Machine(
    model=None,
    states=LinkState,
    initial=LinkState.ABSENT,
    auto_transitions=False,
    transitions=[
        ["found", [LinkState.ABSENT, LinkState.WAITING], LinkState.OPENING],
        ["missing", LinkState.WAITING, LinkState.ABSENT],
        ["locked", _OPEN, LinkState.PIN],
        ["unregistered", _OPEN, LinkState.SEARCHING],
        ["registered", _OPEN, LinkState.READY],
        ["failed", _OPEN, LinkState.LOST],
        ["backed_off", LinkState.LOST, LinkState.WAITING],
        ["stopped", "*", LinkState.ABSENT],
    ],
)


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link went from `previous` to `state`, or stays there for another reason.

    `why` is a sentence, "" when it went as it should.
    """

    state: LinkState
    previous: LinkState
    why: str


class Lifecycle:
    """The state of the link to modem `name`; `now` gives the time in words for coordinators."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.state = LinkState.ABSENT
        self._name = name
        self._now = now
        self._why = ""
        self._was_ready = False
        self._since = now()

    def go(self, trigger: str, why: str = "") -> LinkChanged | None:
        """Follow `trigger`; None when neither the state nor the reason for it changes."""
        previous, known_why, self._why = self.state, self._why, why
        _MACHINE.events[trigger].trigger(self)
        if self.state is previous:
            return LinkChanged(self.state, previous, why) if why != known_why else None
        if self.state is not LinkState.WAITING:
            self._since = self._now()
        self._was_ready = self.state is LinkState.READY or (
            self._was_ready and self.state is LinkState.SEARCHING
        )
        _log.info("modem %s: %s -> %s%s", self._name, previous, self.state, f" ({why})" if why else "")
        return LinkChanged(self.state, previous, why)

    def explain(self) -> str:
        """The state in plain words, for a coordinator."""
        modem, since, texts_wait = (
            f"The modem {self._name}",
            f"{self._since:%H:%M}",
            "Texts wait; none is lost.",
        )
        match self.state:
            case LinkState.ABSENT:
                return f"{modem} is not plugged in (since {since}). {texts_wait}"
            case LinkState.OPENING:
                return f"{modem} is starting."
            case LinkState.PIN:
                return f"{modem} cannot use its SIM: {self._why} {texts_wait}"
            case LinkState.SEARCHING:
                how = f"lost the network at {since} and is searching" if self._was_ready else "is searching"
                return f"{modem} {how} for one. {self._why} {texts_wait}".replace("  ", " ")
            case LinkState.READY:
                return f"{modem} is ready."
            case _:
                return f"{modem} failed at {since} and is being started again. {self._why} {texts_wait}"
