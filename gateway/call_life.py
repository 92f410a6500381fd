"""The life of a call, whoever began it: its states, and every way it can end."""

from __future__ import annotations

from enum import StrEnum

from transitions import Machine


class CallStage(StrEnum):
    """Where a call is. Keys are heard in `speaking` too: whoever presses one is listened to at once.

    In `through` the caller talks to a person, and nobody listens.
    """

    RINGING = "ringing"
    ANSWERED = "answered"
    SPEAKING = "speaking"
    LISTENING = "listening"
    THROUGH = "through"
    ENDED = "ended"


class How(StrEnum):
    """How a call ended, in the words the database and the coordinator get."""

    FINISHED = "finished"
    GAVE_UP = "caller gave up while it rang"
    NOT_ANSWERED = "nobody answered"
    HUNG_UP = "caller hung up"
    SILENT = "nobody spoke"
    PUT_THROUGH = "put through to a person"
    MACHINE = "a machine answered"
    LINE_LOST = "sound device lost"
    MODEM_LOST = "modem lost"
    TOO_LONG = "longest call reached"
    FAULT = "fault"
    STOPPED = "gateway stopped"


_TALKING = [CallStage.ANSWERED, CallStage.SPEAKING, CallStage.LISTENING]
_MACHINE = Machine(
    model=None,
    states=CallStage,
    initial=CallStage.RINGING,
    auto_transitions=False,
    transitions=[
        ["pick_up", CallStage.RINGING, CallStage.ANSWERED],
        ["speak", _TALKING, CallStage.SPEAKING],
        ["listen", _TALKING, CallStage.LISTENING],
        ["put_through", _TALKING, CallStage.THROUGH],
        ["end", [CallStage.RINGING, *_TALKING, CallStage.THROUGH], CallStage.ENDED],
    ],
)


class CallLife:
    """The state of one call; `how` says how it ended, the first reason given being the true one."""

    def __init__(self) -> None:
        self.state = CallStage.RINGING
        self.how: How | None = None

    def go(self, trigger: str) -> None:
        """Follow a trigger: `pick_up`, `speak`, `listen`, `put_through`.

        Raises `transitions.MachineError` where it cannot be.
        """
        _MACHINE.events[trigger].trigger(self)

    def end(self, how: How) -> None:
        """End the call, once: a second reason changes nothing."""
        if self.state is not CallStage.ENDED:
            _MACHINE.events["end"].trigger(self)
            self.how = how
