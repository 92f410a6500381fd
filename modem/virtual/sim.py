"""A SIM card: who it is, its PIN, and the slots texts lie in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

PIN_TRIES, PUK_TRIES = 3, 10


class Lock(StrEnum):
    """What the card asks for, in the words of `AT+CPIN?`."""

    READY = "READY"
    PIN = "SIM PIN"
    PUK = "SIM PUK"


@dataclass(slots=True)
class Slot:
    """One stored PDU: `state` 0 unread, 1 read, 2 unsent, 3 sent; `length` is the TPDU's octets."""

    pdu: str
    length: int
    state: int = 0


@dataclass(slots=True)
class Storage:
    """A numbered row of slots, such as `SM` on the card or `ME` in the modem."""

    name: str
    size: int
    first: int = 1
    slots: dict[int, Slot] = field(default_factory=dict)

    def put(self, slot: Slot) -> int | None:
        """Store in the lowest free place and give its number; None when full."""
        if len(self.slots) >= self.size:
            return None
        place = next(n for n in range(self.first, self.first + self.size) if n not in self.slots)
        self.slots[place] = slot
        return place

    def has(self, place: int) -> bool:
        """Whether `place` is one of its numbers, used or not."""
        return self.first <= place < self.first + self.size


@dataclass(slots=True)
class Sim:
    """The card of `number` (E.164); `pin` empty when it asks for none."""

    number: str
    imsi: str
    pin: str = ""
    puk: str = "12345678"
    lock: Lock = Lock.READY
    pin_tries: int = PIN_TRIES
    puk_tries: int = PUK_TRIES

    def __post_init__(self) -> None:
        self.power_up()

    def power_up(self) -> None:
        """Ask for the PIN again, as after every loss of power."""
        if self.pin_tries == 0:
            self.lock = Lock.PUK
        else:
            self.lock = Lock.PIN if self.pin else Lock.READY

    def enter(self, code: str, new_pin: str = "") -> bool:
        """Try a PIN, or a PUK with a new PIN; False and one try fewer when wrong."""
        if self.lock is Lock.PUK:
            if code != self.puk or not new_pin:
                self.puk_tries = max(self.puk_tries - 1, 0)
                return False
            self.pin = new_pin
        elif code != self.pin:
            self.pin_tries -= 1
            if self.pin_tries == 0:
                self.lock = Lock.PUK
            return False
        self.pin_tries, self.puk_tries, self.lock = PIN_TRIES, PUK_TRIES, Lock.READY
        return True
