"""Faults on demand: armed for the next matching command or notice, or until cleared."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong. `Fault` says which of its values each kind reads."""

    SILENT = "silent"  # the command is not obeyed and not answered
    MUTE = "mute"  # the command is obeyed and not answered
    HANG = "hang"  # as silent, or as mute with `taken`, and nothing is answered until cleared or replugged
    ERROR = "error"  # answered with +CMS ERROR or +CME ERROR `code`, or ERROR when `code` is -1
    DELAY = "delay"  # the answer comes `ms` later
    GARBAGE = "garbage"  # `size` meaningless bytes before the answer
    ONE_BYTE = "one_byte"  # the answer comes byte by byte, `ms` apart
    CUT = "cut"  # only the first half of the answer's bytes comes
    LOST_LINE = "lost_line"  # the line of the answer or the notice that begins with `line` does not come
    DOUBLE_LINE = "double_line"  # every line of the answer or the notice comes twice
    GLUE = "glue"  # the unsolicited `line` comes in one write with the answer
    UNPLUG = "unplug"  # the stick goes away instead of answering
    DOUBLE_DELIVERY = "double_delivery"  # the network delivers the next text twice
    BROKEN_PDU = "broken_pdu"  # the next text is stored as the hex in `line` (or as nonsense)
    SOUND_GAP = "sound_gap"  # a frame of 20 ms that the modem hears is lost in the air
    ECHO = "echo"  # what the modem says comes back to it, `ms` later and `size` dB quieter
    SOUND_LOST = "sound_lost"  # the modem's sound goes away, at the next frame it should hear


_ON_DELIVERY = frozenset({Kind.DOUBLE_DELIVERY, Kind.BROKEN_PDU})
_ON_FRAME = frozenset({Kind.SOUND_GAP, Kind.SOUND_LOST, Kind.ECHO})
_ON_LINE = frozenset({Kind.LOST_LINE, Kind.DOUBLE_LINE})


@dataclass(slots=True)
class Fault:
    """One armed fault.

    `command` is such as `+CMGS`, `>` for the prompt before a PDU, "" for any; `line` is how the
    struck line begins, the line to glue or the hex to store; `times` is None for until cleared.
    """

    kind: Kind
    command: str = ""
    line: str = ""
    times: int | None = 1
    probability: float = 1.0
    code: int = 500
    ms: float = 0.0
    size: int = 24
    taken: bool = False


@dataclass(slots=True)
class Faults:
    """The faults of one modem; `chance` decides those with a probability below one."""

    chance: random.Random
    armed: list[Fault] = field(default_factory=list)

    def on_command(self, command: str) -> list[Fault]:
        """Take the faults that strike `command` and its answer."""
        if not self.armed:
            return []
        special = _ON_DELIVERY | _ON_LINE | _ON_FRAME
        return self._take([f for f in self.armed if f.kind not in special and f.command in ("", command)])

    def on_line(self, line: str, command: str = "") -> list[Fault]:
        """Take the faults that strike one `line` of the answer to `command`, or one notice."""
        if not self.armed:
            return []
        return self._take(
            [
                f
                for f in self.armed
                if f.kind in _ON_LINE and f.command in ("", command) and line.startswith(f.line)
            ]
        )

    def on_delivery(self) -> list[Fault]:
        """Take the faults that strike the next text the network delivers."""
        return self._take([f for f in self.armed if f.kind in _ON_DELIVERY])

    def on_frame(self) -> list[Fault]:
        """Take the faults that strike the next frame of sound the modem hears."""
        if not self.armed:
            return []
        return self._take([f for f in self.armed if f.kind in _ON_FRAME])

    def _take(self, matching: list[Fault]) -> list[Fault]:
        struck = [f for f in matching if f.probability >= 1 or self.chance.random() < f.probability]
        for fault in struck:
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.armed.remove(fault)
        return struck
