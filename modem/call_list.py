"""What a modem answers to AT+CLCC (3GPP TS 27.007): its calls, of which two may stand at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

COMMAND = "AT+CLCC"
_VOICE = "0"


class CallState(StrEnum):
    """How far a call is, in the numbers of the answer."""

    ACTIVE = "0"
    HELD = "1"
    DIALLING = "2"
    ALERTING = "3"
    INCOMING = "4"
    WAITING = "5"


@dataclass(frozen=True, slots=True)
class ListedCall:
    """One voice call; `outgoing` when it was dialled here."""

    outgoing: bool
    state: CallState


def listed_calls(lines: Iterable[str]) -> list[ListedCall]:
    """Give the voice calls in an answer; a data session that some modems list among them is none."""
    found = []
    for line in lines:
        fields = [field.strip() for field in line.partition(":")[2].split(",")]
        if (
            line.startswith("+CLCC")
            and len(fields) > 3
            and fields[3] == _VOICE
            and fields[2] in set(CallState)
        ):
            found.append(ListedCall(fields[1] == "0", CallState(fields[2])))
    return found
