"""The fields of a stored text message (3GPP TS 23.040), as far as libgammu does not tell them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DELIVER, SUBMIT, STATUS_REPORT = 0, 1, 2
_HEADER_FLAG = 0x40


class Alphabet(StrEnum):
    """How the user data is written."""

    GSM7 = "gsm7"
    BYTES = "bytes"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Fields:
    """A PDU taken apart; `user_data` has no header, and no meaning while the alphabet is GSM7."""

    kind: int
    alphabet: Alphabet = Alphabet.GSM7
    header: bytes = b""
    user_data: bytes = b""


class Malformed(ValueError):
    """The PDU ends early or contradicts itself."""


def take_apart(pdu: bytes) -> Fields:
    """The fields of `pdu` as it lies in a modem, message centre's address first; may raise `Malformed`."""
    try:
        start = 1 + pdu[0]
        first_octet = pdu[start]
        kind = first_octet & 0x03
        if kind != DELIVER:
            return Fields(kind)
        digits = pdu[start + 1]
        after_sender = start + 3 + (digits + 1) // 2
        coding = pdu[after_sender + 1]
        length = pdu[after_sender + 9]
    except IndexError:
        raise Malformed("the message ends before its text begins") from None
    alphabet = _alphabet(coding)
    data = pdu[after_sender + 10 :]
    octets = (length * 7 + 7) // 8 if alphabet is Alphabet.GSM7 else length
    if len(data) < octets:
        raise Malformed("the message is cut short")
    header_size = data[0] + 1 if first_octet & _HEADER_FLAG and octets else 0
    if header_size > octets:
        raise Malformed("the message's header is longer than the message")
    return Fields(kind, alphabet, data[:header_size], data[header_size:octets])


def _alphabet(coding: int) -> Alphabet:
    """The alphabet a TP-Data-Coding-Scheme names (3GPP TS 23.038 section 4)."""
    group = coding >> 4
    if group < 0x8:
        if coding & 0x20:
            return Alphabet.BYTES
        return (Alphabet.GSM7, Alphabet.BYTES, Alphabet.UCS2, Alphabet.GSM7)[(coding >> 2) & 0x03]
    if group == 0xF:
        return Alphabet.BYTES if coding & 0x04 else Alphabet.GSM7
    if group == 0xE:
        return Alphabet.UCS2
    return Alphabet.GSM7 if group in (0xC, 0xD) else Alphabet.BYTES


def concatenation(header: bytes) -> tuple[int, int, int]:
    """Reference, total and number of the part a user data header belongs to; (0, 1, 1) if alone."""
    at = 1
    while at + 2 <= len(header):
        element, size = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + size]
        if element in (0x00, 0x08) and len(value) == (3 if element == 0x00 else 4):
            reference, total, number = int.from_bytes(value[:-2], "big"), value[-2], value[-1]
            # A total of nought or a number beyond it voids the element (TS 23.040 section 9.2.3.24.1).
            if 1 <= number <= total:
                return reference, total, number
        at += 2 + size
    return 0, 1, 1
