"""A made-up phone: it joins long texts and tells whoever holds it what comes."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from modem.virtual.pdu import Content, concatenation
from modem.virtual.voice import NO_CARRIER, Call

if TYPE_CHECKING:
    from modem.virtual.sound import SoundEnd

_MOST_KEPT = 200
Event = dict[str, Any]


class Power(StrEnum):
    """Whether a phone can be reached."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


class Handset:
    """The phone with `number`; events wait in it until somebody listens."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.power = Power.ON
        self.held: list[tuple[str, Content, datetime, Callable[[int], None] | None]] = []
        self.call: Call | None = None
        self.sound: SoundEnd | None = None
        self.frames: Counter[str] = Counter()
        self._listeners: list[Callable[[Event], None]] = []
        self._unheard: deque[Event] = deque(maxlen=_MOST_KEPT)
        self._parts: dict[tuple[str, int, int], dict[int, str]] = {}

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Tell `listener` what comes, first what came while nobody listened."""
        self._listeners.append(listener)
        while self._unheard:
            listener(self._unheard.popleft())

    def ignore(self, listener: Callable[[Event], None]) -> None:
        """Stop telling `listener`."""
        self._listeners = [other for other in self._listeners if other != listener]

    def receive(self, sender: str, content: Content, at: datetime) -> None:
        """Take one part of a text, and tell of the text once all its parts are there."""
        reference, total, number = concatenation(content.header)
        body = content.body
        if total > 1:
            parts = self._parts.setdefault((sender, reference, total), {})
            parts[number] = body
            if len(parts) < total:
                return
            del self._parts[sender, reference, total]
            body = "".join(parts[n] for n in sorted(parts))
        self.tell({"event": "text", "sender": sender, "body": body, "at": at.isoformat()})

    def ring(self, call: Call) -> bool:
        """Start to ring; False when busy or switched off."""
        if self.call is not None or self.power is not Power.ON:
            return False
        self.call = call
        self.tell({"event": "ringing", "caller": call.shown})
        return True

    def answered(self) -> None:
        """Whoever was rung has answered."""
        self.tell({"event": "answered"})

    def ended(self, call: Call, reason: str) -> None:
        """The other end or the network has ended the call."""
        self.call = None
        self.tell({"event": "ended", "reason": reason, "by": "other" if call.ended_by else "network"})
        self._end_sound()

    def key(self, key: str) -> None:
        """The other end has pressed a key."""
        self.tell({"event": "key", "key": key})

    def answer(self) -> None:
        """Answer the ringing call."""
        if self.call is None or self.call.callee is not self:
            raise ValueError("nobody rings")
        self.call.answer()

    def press(self, keys: str) -> None:
        """Press keys in a call."""
        if self.call is None or self.call.since is None:
            raise ValueError("there is no call")
        for key in keys:
            self.call.other(self).key(key)

    def hang_up(self, reason: str = NO_CARRIER) -> None:
        """End the call, or refuse to answer it with `reason`."""
        call, self.call = self.call, None
        if call:
            call.end(self, reason)
        self._end_sound()

    def _end_sound(self) -> None:
        if self.sound:
            self.sound.close()

    def tell(self, event: Event) -> None:
        """Tell the listeners, or keep it for the first one."""
        event["to"] = self.number
        if not self._listeners:
            self._unheard.append(event)
        for listener in self._listeners:
            listener(event)
