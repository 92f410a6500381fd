"""SMS-DELIVER, SMS-SUBMIT and SMS-STATUS-REPORT as octets (3GPP TS 23.040)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from modem.virtual import alphabet

GSM7, OCTETS, UCS2 = 0x00, 0x04, 0x08
SINGLE_SEPTETS, PART_SEPTETS, SINGLE_UNITS, PART_UNITS = 160, 153, 70, 67
_INTERNATIONAL, _UNKNOWN, _ALPHANUMERIC = 0x91, 0x81, 0xD0
_KEYS = "0123456789*#abc"


class BadPduError(ValueError):
    """The octets are not the PDU they should be."""


@dataclass(frozen=True, slots=True)
class Content:
    """User data: `body` decoded, `coding` (GSM7, OCTETS or UCS2), `header` the raw user data header."""

    body: str
    coding: int
    header: bytes = b""


@dataclass(frozen=True, slots=True)
class Submit:
    """A text on its way from a modem to the network; `to` is E.164 with + or what was dialled."""

    to: str
    content: Content
    report: bool
    protocol: int = 0


def concatenation(header: bytes) -> tuple[int, int, int]:
    """(reference, total, number) out of a user data header; (0, 1, 1) when it has none."""
    at = 1
    while at + 1 < len(header):
        kind, size = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + size]
        if kind == 0x00 and len(value) == 3:
            return value[0], value[1], value[2]
        if kind == 0x08 and len(value) == 4:
            return value[0] << 8 | value[1], value[2], value[3]
        at += 2 + size
    return 0, 1, 1


def split(body: str, reference: int, wide: bool = False) -> list[Content]:
    """`body` as one or more parts; `wide` uses the 16-bit concatenation reference."""
    coding = GSM7 if alphabet.fits(body) else UCS2
    size = _septets if coding == GSM7 else _units
    single, part = (SINGLE_SEPTETS, PART_SEPTETS) if coding == GSM7 else (SINGLE_UNITS, PART_UNITS)
    if sum(map(size, body)) <= single:
        return [Content(body, coding)]
    if wide:
        part -= 1
    pieces, room = [""], part
    for character in body:
        if size(character) > room:
            pieces.append("")
            room = part
        pieces[-1] += character
        room -= size(character)
    kind = (
        bytes([6, 8, 4, reference >> 8 & 0xFF, reference & 0xFF])
        if wide
        else bytes([5, 0, 3, reference & 0xFF])
    )
    return [
        Content(piece, coding, kind + bytes([len(pieces), number])) for number, piece in enumerate(pieces, 1)
    ]


def encode_deliver(sender: str, content: Content, at: datetime) -> bytes:
    """A TPDU as the network hands it to a phone, without the service centre address before it."""
    first = 0x04 | (0x40 if content.header else 0)
    return b"".join(
        (bytes([first]), _address(sender), bytes([0, content.coding]), _stamp(at), _user_data(content))
    )


def encode_report(reference: int, number: str, sent: datetime, done: datetime, status: int) -> bytes:
    """A status report for the text with message reference `reference`; `status` is TP-ST."""
    return b"".join((bytes([0x06, reference]), _address(number), _stamp(sent), _stamp(done), bytes([status])))


def encode_centre(number: str) -> bytes:
    """The service centre address that stands before a TPDU; empty `number` gives one zero octet."""
    if not number:
        return b"\x00"
    address = _address(number)
    return bytes([len(address) - 1]) + address[1:]


def after_centre(octets: bytes) -> bytes:
    """The TPDU of a PDU that begins with a service centre address."""
    if not octets or len(octets) < octets[0] + 1:
        raise BadPduError("the service centre address is cut short")
    return octets[octets[0] + 1 :]


def decode_submit(tpdu: bytes) -> Submit:
    """Read an SMS-SUBMIT; BadPduError when it is anything else."""
    try:
        first = tpdu[0]
        if first & 0x03 != 0x01:
            raise BadPduError("not an SMS-SUBMIT")
        digits, kind = tpdu[2], tpdu[3]
        end = 4 + (digits + 1) // 2
        to = _number(tpdu[4:end], digits, kind)
        protocol, coding = tpdu[end], tpdu[end + 1]
        at = end + 2 + (0, 7, 1, 7)[first >> 3 & 0x03]
        content = _content(tpdu[at], tpdu[at + 1 :], coding, bool(first & 0x40))
    except IndexError:
        raise BadPduError("the PDU is cut short") from None
    return Submit(to, content, bool(first & 0x20), protocol)


def coding_of(scheme: int) -> int:
    """GSM7, OCTETS or UCS2 out of a data coding scheme octet."""
    if scheme & 0xC0 == 0x00:
        return (GSM7, OCTETS, UCS2, GSM7)[scheme >> 2 & 0x03]
    if scheme & 0xF0 == 0xF0:
        return OCTETS if scheme & 0x04 else GSM7
    return UCS2 if scheme & 0xF0 == 0xE0 else GSM7


def _septets(character: str) -> int:
    return len(alphabet.septets_of(character))


def _units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _address(number: str) -> bytes:
    digits = number.removeprefix("+")
    if not all(digit in _KEYS for digit in digits):
        septets = alphabet.encode(number)[:11]
        return bytes([(len(septets) * 7 + 3) // 4, _ALPHANUMERIC]) + alphabet.pack(septets)
    kind = _INTERNATIONAL if number.startswith("+") else _UNKNOWN
    return bytes([len(digits), kind]) + _swapped(digits)


def _swapped(digits: str) -> bytes:
    nibbles = [_KEYS.index(digit) for digit in digits]
    if len(nibbles) % 2:
        nibbles.append(0xF)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def _number(octets: bytes, digits: int, kind: int) -> str:
    if len(octets) < (digits + 1) // 2:
        raise BadPduError("the address is cut short")
    if kind & 0x70 == 0x50:
        return alphabet.decode(alphabet.unpack(octets, digits * 4 // 7))
    nibbles = [nibble for octet in octets for nibble in (octet & 0xF, octet >> 4)][:digits]
    if any(nibble >= len(_KEYS) for nibble in nibbles):
        raise BadPduError("the address has a digit that is none")
    number = "".join(_KEYS[nibble] for nibble in nibbles)
    return "+" + number if kind & 0x70 == 0x10 else number


def _stamp(at: datetime) -> bytes:
    offset = at.utcoffset() or timedelta()
    quarters = round(offset.total_seconds() / 900)
    fields = (at.year % 100, at.month, at.day, at.hour, at.minute, at.second, abs(quarters))
    octets = bytearray(value % 10 << 4 | value // 10 for value in fields)
    if quarters < 0:
        octets[6] |= 0x08
    return bytes(octets)


def _user_data(content: Content) -> bytes:
    header = content.header
    if content.coding != GSM7:
        body = content.body.encode("utf-16-be" if content.coding == UCS2 else "latin-1")
        return bytes([len(header) + len(body)]) + header + body
    septets = alphabet.encode(content.body)
    fill = -len(header) * 8 % 7
    length = (len(header) * 8 + fill) // 7 + len(septets)
    return bytes([length]) + header + alphabet.pack(septets, fill)


def _content(length: int, octets: bytes, scheme: int, has_header: bool) -> Content:
    coding = coding_of(scheme)
    header = octets[: octets[0] + 1] if has_header else b""
    if coding != GSM7:
        if len(octets) < length:
            raise BadPduError("the user data is cut short")
        raw = octets[len(header) : length]
        try:
            return Content(raw.decode("utf-16-be" if coding == UCS2 else "latin-1"), coding, header)
        except UnicodeDecodeError:
            raise BadPduError("the user data is not UCS-2") from None
    if len(octets) < (length * 7 + 7) // 8:
        raise BadPduError("the user data is cut short")
    fill = -len(header) * 8 % 7
    skipped = (len(header) * 8 + fill) // 7
    septets = alphabet.unpack(octets[len(header) :], max(length - skipped, 0), fill)
    return Content(alphabet.decode(septets), coding, header)
