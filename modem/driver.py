"""What a modem can be asked and what it tells: the protocol every driver keeps.

A driver is synchronous and lives in the modem process; the gateway meets the same
commands and events as messages over a socket pair (see `modem.wire`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol


class Network(StrEnum):
    """Registration as the modem reports it."""

    SEARCHING = "searching"
    HOME = "home"
    ROAMING = "roaming"
    DENIED = "denied"
    UNKNOWN = "unknown"


class PinState(StrEnum):
    """What the SIM asks for before it works."""

    READY = "ready"
    PIN = "pin"
    PUK = "puk"
    NO_SIM = "no_sim"


@dataclass(frozen=True, slots=True)
class Part:
    """One stored text message part, exactly as it lies in the modem.

    `place` names where (`"SM:3"`), "" when the modem handed the part over without storing it;
    `reference`, `total`, `number` are the concatenation header (0, 1, 1 when there is none);
    `smsc_time` is aware, None when unreadable; `header` is the raw user data header in hex;
    `raw` is the whole PDU in hex.
    """

    place: str
    sender: str
    body: str
    smsc_time: datetime | None
    header: str = ""
    reference: int = 0
    total: int = 1
    number: int = 1
    raw: str = ""


@dataclass(frozen=True, slots=True)
class BrokenPart:
    """A stored message that could not be decoded: kept raw by the gateway, then deleted."""

    place: str
    raw: str
    reason: str


def mark(raw: str) -> str:
    """What tells the message with PDU `raw` (hex) from another that takes its place later."""
    return sha256(raw.encode("ascii", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What one reading of the inbox found; `noticed` is CLOCK_MONOTONIC seconds of the modem's notice."""

    parts: tuple[Part, ...]
    broken: tuple[BrokenPart, ...] = ()
    noticed: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report for the part sent with message reference `reference` (0 to 255) to `number`."""

    number: str
    reference: int
    outcome: str  # "delivered" | "pending" | "failed"
    status: int  # TP-ST of GSM 03.40
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PartSent:
    """The network took part `part` (from 0) of message `id`; `reference` is its TP-MR."""

    id: str
    part: int
    reference: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Every part of message `id` was taken."""

    id: str


@dataclass(frozen=True, slots=True)
class SendFailed:
    """Part `part` of message `id` was not taken.

    `code` is the `+CMS ERROR` or `+CME ERROR` number (-1 when the modem gave none);
    `certain` is False when the part may have left all the same (no answer after the PDU).
    """

    id: str
    part: int
    code: int
    reason: str
    retryable: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class Ringing:
    """Somebody rings; `caller` is None when the number is withheld."""

    caller: str | None


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call, ringing or answered, is over; `reason` is the modem's word (`NO CARRIER`, `BUSY`, …)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Tone:
    """The modem heard a key: one of `0123456789*#ABCD`."""

    key: str


@dataclass(frozen=True, slots=True)
class Ussd:
    """The network's answer to a USSD request."""

    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """The modem's health; `signal` is percent, None when unknown; `sim_used`/`sim_size` count messages."""

    pin: PinState
    network: Network
    operator: str = ""
    signal: int | None = None
    imsi: str = ""
    imei: str = ""
    model: str = ""
    sim_used: int = 0
    sim_size: int = 0


Event = Inbox | Report | PartSent | Sent | SendFailed | Ringing | CallEnded | Tone | Ussd | Status


@dataclass(frozen=True, slots=True)
class Send:
    """Send `body` to `number` (E.164) as one or more parts.

    `reference` (0 to 255) is the concatenation reference, ours so that it never repeats
    towards one number; `first_part` resumes a message whose earlier parts were taken.
    """

    id: str
    number: str
    body: str
    reference: int
    first_part: int = 0
    report: bool = True


class Driver(Protocol):
    """A modem, synchronously. Every method may raise `modem.errors.ModemError`."""

    def open(self) -> Status:
        """Connect and initialise; do not enter the PIN."""
        ...

    def enter_pin(self, pin: str) -> None:
        """Enter the SIM PIN, once."""
        ...

    def fileno(self) -> int:
        """A descriptor that is readable when `poll` has something to take in."""
        ...

    def poll(self, timeout: float) -> list[Event]:
        """Wait at most `timeout` seconds for the modem to say something, and give what it said."""
        ...

    def inbox(self, again: bool = False) -> list[Event]:
        """Read the stored messages that were not announced yet, or all of them once `again`."""
        ...

    def delete(self, place: str, mark: str = "") -> None:
        """Delete one stored message, with a `mark` only that one; deleting what is gone is no error."""
        ...

    def send(self, message: Send) -> Iterator[Event]:
        """Send one message a part a step: `PartSent` for each part taken, then `Sent` or `SendFailed`."""
        ...

    def status(self) -> Status:
        """Ask the modem how it is."""
        ...

    def ussd(self, code: str) -> None:
        """Dial a USSD code (`*100#`); the answer comes as an event."""
        ...

    def dial(self, number: str) -> None:
        """Start a voice call."""
        ...

    def answer(self) -> None:
        """Answer the ringing call."""
        ...

    def hang_up(self) -> None:
        """End the call."""
        ...

    def hold(self) -> None:
        """Put the call on hold to dial a second one; `CallEnded` may be of either until `hang_up`.

        `Refused` where the network or the modem cannot.
        """
        ...

    def join(self) -> None:
        """Let whoever is on hold and whoever was dialled since talk to each other. `Refused` as `hold`."""
        ...

    def resume(self) -> None:
        """End the call that was dialled since, however far it is, and go back to the one on hold."""
        ...

    def raw(self, command: str) -> list[str]:
        """Run one AT command between gammu's and give the lines of its answer."""
        ...

    def close(self) -> None:
        """Let go of the modem; never blocks for long."""
        ...
