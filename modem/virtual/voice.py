"""Calls: who rings whom, how far they are, and what a modem says about it. No sound yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from modem.virtual.modem import VirtualModem

_RING_EVERY = 3.0  # seconds between two RING lines
RINGS_FOR = 60.0  # seconds until the network gives up
NO_CARRIER, BUSY, NO_ANSWER = "NO CARRIER", "BUSY", "NO ANSWER"


class Party(Protocol):
    """One end of a call."""

    def ring(self, call: Call) -> bool:
        """Start to ring; False when busy or switched off."""
        ...

    def answered(self) -> None:
        """The other end has answered."""
        ...

    def ended(self, reason: str) -> None:
        """The other end or the network has ended the call."""
        ...

    def key(self, key: str) -> None:
        """The other end has pressed a key."""
        ...


@dataclass(slots=True, eq=False)
class Call:
    """A call from `caller`, whose number is `shown` ("" when withheld), to `callee`."""

    caller: Party
    callee: Party
    shown: str
    since: datetime | None = None
    over: bool = False

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
        self.over = True
        for party in (self.caller, self.callee):
            if party is not by:
                party.ended(reason)

    @property
    def seconds(self) -> int:
        """How long it has been talked."""
        return round((datetime.now(UTC) - self.since).total_seconds()) if self.since else 0


def connect(caller: Party, callee: Party, shown: str) -> Call:
    """Ring `callee`; when it cannot ring, the call ends at once with BUSY."""
    call = Call(caller, callee, shown)
    loop = asyncio.get_running_loop()
    if callee.ring(call):
        loop.call_later(RINGS_FOR, lambda: None if call.since else call.end(None, NO_ANSWER))
    else:
        call.over = True
        loop.call_soon(caller.ended, BUSY)
    return call


class ModemVoice:
    """The modem's end of a call, told in its make's own lines."""

    def __init__(self, modem: VirtualModem) -> None:
        self._modem = modem
        self.call: Call | None = None

    @property
    def ringing(self) -> bool:
        """Whether somebody rings."""
        return self.call is not None and self.call.callee is self and self.call.since is None

    def ring(self, call: Call) -> bool:
        """Start to ring; False when busy or out of reach."""
        if self.call is not None or not self._modem.registered:
            return False
        self.call = call
        self._ring_on(call)
        return True

    def dial(self, to: str) -> None:
        """Ring `to`."""
        modem = self._modem
        self.call = connect(self, modem.network.party(to), modem.sim.number)
        self._tell(modem.dialect.call_dials)

    def take(self) -> None:
        """Answer the ringing call."""
        if self.call:
            self.call.answer()
            self._tell(self._modem.dialect.call_begins)

    def hang_up(self) -> None:
        """End the call, or refuse to answer it."""
        call, self.call = self.call, None
        if call:
            call.end(self, BUSY if call.since is None and call.callee is self else NO_CARRIER)
            if call.since or call.caller is self:
                self._tell(self._modem.dialect.call_ends, call.seconds)

    def answered(self) -> None:
        """Whoever was rung has answered."""
        self._tell(self._modem.dialect.call_begins)

    def ended(self, reason: str) -> None:
        """The other end or the network has ended the call."""
        call, self.call = self.call, None
        if call is None:
            return
        dialect = self._modem.dialect
        if call.callee is self and call.since is None:
            missed = dialect.missed.format(
                time=f"{datetime.now(UTC):%I:%M%p}", number=call.shown or "Unknown"
            )
            if dialect.says_no_carrier:
                self._modem.say(NO_CARRIER)
            if missed:
                self._modem.say(missed)
            return
        self._tell(dialect.call_ends, call.seconds)
        if dialect.says_no_carrier or reason != NO_CARRIER:
            self._modem.say(reason)

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
            kind = 145 if call.shown.startswith("+") else 129
            withheld = "" if call.shown else ",1"
            self._modem.say(f'+CLIP: "{call.shown}",{kind if call.shown else 128},"",,""{withheld or ",0"}')
        self._modem.terminal.later(_RING_EVERY, lambda: self._ring_on(call))

    def _tell(self, lines: tuple[str, ...], seconds: int = 0) -> None:
        for line in lines:
            self._modem.say(line.format(seconds=seconds))
