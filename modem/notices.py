"""What a modem says unasked about calls, keys and USSD, made into events. All dialects together."""

from __future__ import annotations

import re

from modem import driver

_CALLER = re.compile(r'\+CLIP ?: *"([^"]*)"')
_RINGING = re.compile(r"RING$|\+CRING ?: *(VOICE|REL)")
_ENDED = re.compile(r"NO CARRIER|BUSY$|NO ANSWER|NO DIAL ?TONE|VOICE CALL: END|MISSED_CALL:|\^CEND:")
_WAITING = re.compile(r'\+CCWA ?: *"([^"]*)"')
# Of these, the ones that a caller leaves behind who waited during another call.
_GAVE_UP_WAITING = re.compile(r"MISSED_CALL:|\^CEND: ?[2-9]")
_TONE = re.compile(r"(?:\+DTMF|\+RXDTMF|\^DTMF) ?: *(?:\d, *)?([0-9A-D*#])$")
_TONE_CODE = re.compile(r"\+QTONEDET ?: *(\d+)$")
_USSD = re.compile(r'\+CUSD ?: *\d(?: *, *"(?P<text>[^"]*)"(?: *, *(?P<coding>\d+))?)?', re.DOTALL)
_KEYS = frozenset("0123456789*#ABCD")
_UCS2_CODINGS = frozenset({8, 17, 72})


class Calls:
    """Follows the one call a modem can have, so that each is announced once and ended once.

    Whoever rings meanwhile is announced too, and ends nothing by giving up. While `several` stand, what is
    told of an end may be of any of them, and is passed on until `over`.
    """

    def __init__(self) -> None:
        self.several = False
        self._calling = False
        self._rings = 0
        self._waiting = False

    def dialled(self) -> None:
        """A call was started from here."""
        self._calling = True

    def over(self) -> None:
        """No call stands any more, whatever is still told of one."""
        self.several, self._calling, self._rings, self._waiting = False, False, 0, False

    def heard(self, text: str) -> driver.Event | None:
        """The event that the notice `text` makes, if it is about a call."""
        if _RINGING.match(text):
            self._rings += 1
            # The caller's number follows the first ring, unless the network does not show it.
            return self._rings_for(None) if self._rings > 1 else None
        if caller := _CALLER.match(text):
            return self._rings_for(caller[1] or None)
        if waiting := _WAITING.match(text):
            self._waiting = True
            return driver.Ringing(waiting[1] or None)
        if self._waiting and _GAVE_UP_WAITING.match(text):
            self._waiting = False
            return None
        ended = _ENDED.match(text)
        if ended and self.several:
            return driver.CallEnded(ended[0])
        if ended:
            was_calling = self._calling or self._rings > 0
            self._calling, self._rings, self._waiting = False, 0, False
            return driver.CallEnded(ended[0]) if was_calling else None
        return tone(text)

    def _rings_for(self, caller: str | None) -> driver.Event | None:
        if self._calling:
            return None
        self._calling = True
        return driver.Ringing(caller)


def tone(text: str) -> driver.Tone | None:
    """The key that the notice `text` says was heard."""
    if match := _TONE.match(text):
        return driver.Tone(match[1])
    if match := _TONE_CODE.match(text):
        key = chr(int(match[1]) & 0x7F)
        return driver.Tone(key) if key in _KEYS else None
    return None


def ussd(text: str) -> driver.Ussd | None:
    """The network's answer that the notice `text` brings, from plain text, UCS-2 or packed GSM-7 in hex."""
    match = _USSD.match(text)
    if match is None:
        return None
    answer, coding = match["text"] or "", int(match["coding"] or 15)
    if len(answer) % 2 == 0 and re.fullmatch(r"[0-9A-Fa-f]{4,}", answer):
        octets = bytes.fromhex(answer)
        if coding in _UCS2_CODINGS and len(octets) % 2 == 0:
            return driver.Ussd(octets.decode("utf-16-be", "replace"))
        if not answer.isdigit():
            return driver.Ussd(unpack(octets))
    return driver.Ussd(answer)


def unpack(octets: bytes) -> str:
    """Text packed seven bits a character, of which USSD uses the part that equals ASCII."""
    bits = int.from_bytes(octets, "little")
    septets = [bits >> 7 * n & 0x7F for n in range(len(octets) * 8 // 7)]
    return "".join("@" if septet == 0 else chr(septet) for septet in septets).rstrip("\r")


def pack(text: str) -> bytes:
    """`text` packed seven bits a character, as some modems want their USSD codes."""
    bits = sum(ord(character) << 7 * n for n, character in enumerate(text))
    return bits.to_bytes((len(text) * 7 + 7) // 8, "little")
