"""Calls: who rings whom, how far they are, and what a modem says about it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from modem.virtual.modem import VirtualModem
    from modem.virtual.sound import SoundEnd

NO_CARRIER, BUSY, NO_ANSWER = "NO CARRIER", "BUSY", "NO ANSWER"


@dataclass(slots=True)
class Rings:
    """How phones ring: seconds between two rings, and until the network gives up."""

    every: float = 3.0
    lasting: float = 60.0


class Party(Protocol):
    """One end of a call, with the connection that brings its sound, if it has one.

    `frames` counts the frames it `heard` and those of its own that were `late`, so that silence went.
    """

    call: Call | None
    sound: SoundEnd | None
    frames: Counter[str]

    def ring(self, call: Call) -> bool:
        """Start to ring; False when busy or switched off."""
        ...

    def answered(self) -> None:
        """The other end has answered."""
        ...

    def ended(self, call: Call, reason: str) -> None:
        """The other end or the network has ended the call."""
        ...

    def key(self, key: str) -> None:
        """The other end has pressed a key."""
        ...


@dataclass(slots=True, eq=False)
class Call:
    """A call from `caller`, whose number is `shown` ("" when withheld), to `callee`.

    `since` is when it was answered; `sounded` once a modem's line has carried its sound; `held` while a
    modem talks to somebody else.
    """

    caller: Party
    callee: Party
    shown: str
    dialled: str = ""
    since: datetime | None = None
    sounded: bool = False
    held: bool = False
    over: bool = False
    ended_by: Party | None = None

    def other(self, party: Party) -> Party:
        """The end that `party` is not."""
        return self.callee if party is self.caller else self.caller

    def answer(self) -> None:
        """The callee answers."""
        self.since = datetime.now(UTC)
        self.caller.answered()

    def end(self, by: Party | None, reason: str = NO_CARRIER) -> None:
        """End it; whoever did not end it is told, both when the network did."""
        if self.over:
            return
        self.over, self.ended_by = True, by
        for party in (self.caller, self.callee):
            if party is not by:
                party.ended(self, reason)

    @property
    def seconds(self) -> int:
        """How long it has been talked."""
        return round((datetime.now(UTC) - self.since).total_seconds()) if self.since else 0


def connect(caller: Party, callee: Party, shown: str, dialled: str, lasting: float) -> Call:
    """Ring `callee` for at most `lasting` seconds; when it cannot ring, the call ends at once with BUSY."""
    call = Call(caller, callee, shown, dialled)
    loop = asyncio.get_running_loop()
    if callee.ring(call):
        loop.call_later(lasting, lambda: None if call.since else call.end(None, NO_ANSWER))
    else:
        call.over = True
        loop.call_soon(caller.ended, call, BUSY)
    return call


def number_kind(number: str) -> int:
    """The type of a number in 3GPP TS 24.008: international, other, or withheld."""
    return 145 if number.startswith("+") else 129 if number else 128


class ModemVoice:
    """The modem's end of a call, told in its make's own lines."""

    def __init__(self, modem: VirtualModem) -> None:
        self._modem = modem
        self.call: Call | None = None
        self.waiting: Call | None = None
        self.held: Call | None = None
        self.joined: Call | None = None
        self.sound: SoundEnd | None = None
        self.frames: Counter[str] = Counter()

    @property
    def ringing(self) -> bool:
        """Whether somebody rings."""
        return self.call is not None and self.call.callee is self and self.call.since is None

    def ring(self, call: Call) -> bool:
        """Start to ring, or to wait while another call goes on; False when busy or out of reach."""
        if not self._modem.registered:
            return False
        if self.call is None:
            self.call = call
            self._ring_on(call)
            return True
        if self.waiting or not self.call.since or not self._modem.waits:
            return False
        self.waiting = call
        if self._modem.settings.get("+CCWA", "0") == "1":
            self._modem.say(
                self._modem.dialect.call_waits.format(number=call.shown, kind=number_kind(call.shown))
            )
        return True

    def dial(self, to: str) -> None:
        """Ring `to`."""
        modem = self._modem
        network = modem.network
        number = network.full_number(to)
        self.call = connect(self, network.party(to), modem.sim.number, number, network.rings.lasting)
        self._tell(modem.dialect.call_dials)

    def take(self) -> None:
        """Answer the ringing call."""
        if self.call:
            self.call.answer()
            self._tell(self._modem.dialect.call_begins)

    def hold(self) -> None:
        """Put the call on hold, go back to the one that is held, or change between the two."""
        self._settle()
        self.call, self.held = self.held, self.call
        for call in filter(None, (self.call, self.held)):
            call.held = call is self.held

    def join(self) -> None:
        """Let whoever is held hear and be heard too."""
        self._settle()
        self.joined, self.held = self.held, None
        if self.joined:
            self.joined.held = False

    def _settle(self) -> None:
        if self.sound and self.call:
            self.sound.settle(self.call.other(self).sound)

    def drop_held(self) -> None:
        """End the call that is held."""
        call, self.held = self.held, None
        if call:
            call.end(self)

    def hang_up(self) -> None:
        """End the call and whoever was joined to it, or refuse to answer; whoever waits rings then."""
        joined, self.joined = self.joined, None
        if joined:
            joined.end(self)
            self._tell(self._modem.dialect.call_ends, joined.seconds)
        call, self.call = self.call, None
        if call:
            call.end(self, BUSY if call.since is None and call.callee is self else NO_CARRIER)
            if call.since or call.caller is self:
                self._tell(self._modem.dialect.call_ends, call.seconds)
        self._next_rings()

    def refuse_waiting(self) -> None:
        """Give whoever waits the engaged tone."""
        call, self.waiting = self.waiting, None
        if call:
            call.end(self, BUSY)

    def swap(self) -> None:
        """End the call that goes on and answer the one that waits, or else go back to the one on hold."""
        if self.waiting is None:
            if self.call:
                self.hang_up()
            self.hold()
            return
        self.hang_up()
        self.take()

    def lost(self) -> None:
        """Out of the network's reach, or without power: every call ends, and nothing is said of it."""
        calls = (self.call, self.waiting, self.held, self.joined)
        self.call = self.waiting = self.held = self.joined = None
        for call in filter(None, calls):
            call.end(None)

    def answered(self) -> None:
        """Whoever was rung has answered."""
        self._tell(self._modem.dialect.call_begins)

    def ended(self, call: Call, reason: str) -> None:
        """The other end or the network has ended the call."""
        if call is self.waiting:
            self.waiting = None
            self._missed(self._modem.dialect.missed_waiting, call)
        elif call in (self.held, self.joined):
            self.held = None if call is self.held else self.held
            self.joined = None if call is self.joined else self.joined
            self._say_ended(call, reason)
        elif call is self.call and self.joined:
            self.call, self.joined = self.joined, None
            self._say_ended(call, reason)
        elif call is self.call:
            self.call = None
            self._say_ended(call, reason)
            self._next_rings()

    def _say_ended(self, call: Call, reason: str) -> None:
        dialect = self._modem.dialect
        if call.callee is self and call.since is None:
            if dialect.says_no_carrier:
                self._modem.say(NO_CARRIER)
            self._missed(dialect.missed, call)
            return
        self._tell(dialect.call_ends, call.seconds)
        if dialect.says_no_carrier or reason != NO_CARRIER:
            self._modem.say(reason)

    def _missed(self, line: str, call: Call) -> None:
        if line:
            now = f"{datetime.now(UTC):%I:%M%p}"
            self._modem.say(line.format(time=now, number=call.shown or "Unknown"))

    def _next_rings(self) -> None:
        self.call, self.waiting = self.waiting, None
        if self.call:
            self._ring_on(self.call)

    def key(self, key: str) -> None:
        """The other end has pressed a key."""
        needs, line = self._modem.dialect.key_needs, self._modem.dialect.key_heard
        if not needs or self._modem.settings.get(needs, "0").startswith("1"):
            self._modem.say(line.format(key=key, code=ord(key)))

    def _ring_on(self, call: Call) -> None:
        if self.call is not call or call.over or call.since:
            return
        extended = self._modem.settings.get("+CRC", "0") == "1"
        self._modem.say("+CRING: VOICE" if extended else "RING")
        if self._modem.settings.get("+CLIP", "0") == "1":
            withheld = 0 if call.shown else 1
            self._modem.say(f'+CLIP: "{call.shown}",{number_kind(call.shown)},"",,"",{withheld}')
        self._modem.terminal.later(self._modem.network.rings.every, lambda: self._ring_on(call))

    def _tell(self, lines: tuple[str, ...], seconds: int = 0) -> None:
        for line in lines:
            self._modem.say(line.format(seconds=seconds))
