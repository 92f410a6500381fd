"""The little network: it takes texts, holds those that cannot be delivered yet, and delivers the others."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from modem.virtual import pdu
from modem.virtual.faults import Kind
from modem.virtual.handset import Handset, Power
from modem.virtual.pdu import Content, Submit
from modem.virtual.voice import Party, Rings

if TYPE_CHECKING:
    from modem.virtual.modem import VirtualModem

AT_ONCE, REAL = "at once", "real"
_REAL_SECONDS = (2.0, 4.0)
_DELIVERED, _NOT_OBTAINABLE = 0x00, 0x43
_NONSENSE = "0791447779078404"


@dataclass(slots=True)
class Waiting:
    """A text or report the network holds for a modem; `raw` replaces the whole stored PDU."""

    tpdu: bytes
    raw: str = ""
    delivered: Callable[[], None] | None = None


class Network:
    """Phones and modems, found by their numbers, and the service centre between them."""

    def __init__(self, pace: str = AT_ONCE, country: str = "44", seed: int = 1) -> None:
        self.speed = pace
        self.rings = Rings()
        self.handsets: dict[str, Handset] = {}
        self.modems: dict[str, VirtualModem] = {}
        self._country = country
        self._chance = random.Random(seed)  # noqa: S311 - a repeatable pace, no secret
        self._texts: defaultdict[str, deque[Waiting]] = defaultdict(deque)
        self._reports: defaultdict[str, deque[Waiting]] = defaultdict(deque)
        self._delivering: set[str] = set()
        self._references: Counter[str] = Counter()

    def pace(self) -> float:
        """Seconds one step of a text takes, now."""
        return self._chance.uniform(*_REAL_SECONDS) if self.speed == REAL else 0.0

    def handset(self, number: str) -> Handset:
        """The phone with this number; it is there as soon as somebody asks for it."""
        return self.handsets.setdefault(number, Handset(number))

    def full_number(self, dialled: str) -> str:
        """What was dialled as E.164; short codes and names stay as they are."""
        if dialled.startswith("00"):
            return "+" + dialled[2:]
        if dialled.startswith("0") and dialled.isdigit():
            return f"+{self._country}{dialled[1:]}"
        return dialled

    def waiting_for(self, modem: VirtualModem) -> int:
        """How many texts and reports are held for `modem`."""
        number = modem.sim.number
        return len(self._texts[number]) + len(self._reports[number])

    # Texts.

    def text(
        self,
        sender: str,
        to: str,
        body: str,
        *,
        reference: int | None = None,
        smsc_time: datetime | None = None,
        parts: Sequence[int] | None = None,
        wide: bool = False,
    ) -> None:
        """Carry a text from a phone; `parts` are the parts to deliver, from 0, in that order."""
        if reference is None:
            self._references[sender] += 1
            reference = self._references[sender] % 256
        contents = pdu.split(body, reference, wide)
        at = smsc_time or datetime.now(UTC)
        for number in range(len(contents)) if parts is None else parts:
            self._carry(sender, self.full_number(to), contents[number], at, None)

    def raw(self, to: str, stored: str) -> None:
        """Deliver the PDU `stored` (hex, service centre address first), whatever it is."""
        self._texts[self.full_number(to)].append(Waiting(b"", stored))
        self.found(self.modems[self.full_number(to)])

    def take(self, modem: VirtualModem, submit: Submit, reference: int) -> None:
        """Take a text from a modem."""
        sent = datetime.now(UTC)

        def report(status: int) -> None:
            tpdu = pdu.encode_report(reference, submit.to, sent, datetime.now(UTC), status)
            self._reports[modem.sim.number].append(Waiting(tpdu))
            self.found(modem)

        loop = asyncio.get_running_loop()
        carry = (modem.sim.number, self.full_number(submit.to), submit.content, sent)
        loop.call_later(self.pace(), self._carry, *carry, report if submit.report else None)

    def found(self, modem: VirtualModem) -> None:
        """Start to deliver what is held for `modem`, if it can be reached."""
        number = modem.sim.number
        if number not in self._delivering and self.waiting_for(modem):
            self._delivering.add(number)
            asyncio.get_running_loop().call_later(self.pace(), self._deliver, modem)

    def lost(self, modem: VirtualModem) -> None:
        """The modem is out of reach: its calls end."""
        modem.voice.lost()

    def party(self, dialled: str) -> Party:
        """Whoever is called by this number."""
        number = self.full_number(dialled)
        return self.modems[number].voice if number in self.modems else self.handset(number)

    def switch(self, number: str, power: Power) -> None:
        """Switch a phone on or off, or make its number one that does not exist."""
        handset = self.handset(number)
        handset.power = power
        held, handset.held = handset.held, []
        for sender, content, at, report in held:
            self._carry(sender, number, content, at, report)

    def _carry(
        self, sender: str, to: str, content: Content, at: datetime, report: Callable[[int], None] | None
    ) -> None:
        modem = self.modems.get(to)
        if modem is not None:
            tpdu = pdu.encode_deliver(sender, content, at)
            delivered = None if report is None else lambda: report(_DELIVERED)
            self._texts[to].append(Waiting(tpdu, delivered=delivered))
            self.found(modem)
            return
        handset = self.handset(to)
        if handset.power is Power.OFF:
            handset.held.append((sender, content, at, report))
            return
        if handset.power is Power.ON:
            handset.receive(sender, content, at)
        if report is not None:
            report(_DELIVERED if handset.power is Power.ON else _NOT_OBTAINABLE)

    def _deliver(self, modem: VirtualModem) -> None:
        number = modem.sim.number
        for held, is_report in ((self._reports[number], True), (self._texts[number], False)):
            while held and modem.registered and self._hand_over(modem, held[0], is_report):
                done = held.popleft()
                if done.delivered:
                    done.delivered()
                if wait := self.pace():
                    asyncio.get_running_loop().call_later(wait, self._deliver, modem)
                    return
        self._delivering.discard(number)

    def _hand_over(self, modem: VirtualModem, waiting: Waiting, is_report: bool) -> bool:
        if not modem.accepts(is_report):
            return False
        raw, times = waiting.raw, 1
        for fault in [] if is_report else modem.faults.on_delivery():
            if fault.kind is Kind.BROKEN_PDU:
                raw = fault.line or _NONSENSE
            else:
                times = 2
        for _ in range(times):
            modem.deliver(waiting.tpdu, is_report, raw)
        return True
