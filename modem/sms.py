"""Text messages: stored PDUs to parts, texts to PDUs. libgammu encodes and decodes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import gammu

from modem import driver, errors, pdu

MOST_PARTS = 50
"""The parts libgammu puts at most into one message."""

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà€{}[]~|^\\\f"
)
# libgammu ends the text at a NUL.
_UNSENDABLE = {code: None for code in range(0x20) if chr(code) not in "\n\r\f"}
# For old telephones' sake libgammu writes a tilde in UCS-2 as U+0001, and one for two of them.
_TILDE = "\x01"
_UCS2_CODING = 0x08
_OUTCOMES = {"Delivered": "delivered", "Pending": "pending", "Failed": "failed"}


def stored(place: str, raw: str) -> driver.Part | driver.BrokenPart | driver.Report:
    """What the PDU `raw` (hex) at `place` holds; never raises, what cannot be read is a `BrokenPart`."""
    try:
        octets = bytes.fromhex(raw)
        fields = pdu.take_apart(octets)
        if fields.kind == pdu.SUBMIT:
            return driver.BrokenPart(place, raw, "an outgoing text left on the SIM")
        message = gammu.DecodePDU(octets, True)
        if fields.kind == pdu.STATUS_REPORT:
            return _report(message)
        return _part(place, raw, fields, message)
    except pdu.Malformed as error:
        return driver.BrokenPart(place, raw, str(error))
    except (gammu.GSMError, ValueError):
        return driver.BrokenPart(place, raw, "the message cannot be decoded")


def _part(
    place: str, raw: str, fields: pdu.Fields, message: dict[str, Any]
) -> driver.Part | driver.BrokenPart:
    if fields.alphabet is pdu.Alphabet.BYTES or isinstance(message["Text"], bytes):
        return driver.BrokenPart(place, raw, "data for a program, not a text")
    if fields.alphabet is pdu.Alphabet.UCS2:
        body = fields.user_data.decode("utf-16-be", "replace")
    else:
        # libgammu counts an extended character (€ { } …) twice, and what follows the first NUL is
        # whatever lay in its memory; the alphabet itself has no NUL.
        body = message["Text"].partition("\0")[0]
    reference, total, number = pdu.concatenation(fields.header)
    return driver.Part(
        place=place,
        sender=message["Number"],
        body=body,
        smsc_time=_aware(message["DateTime"]),
        header=fields.header.hex().upper(),
        reference=reference,
        total=total,
        number=number,
        raw=raw,
    )


def _report(message: dict[str, Any]) -> driver.Report:
    return driver.Report(
        number=message["Number"],
        reference=message["MessageReference"],
        outcome=_OUTCOMES.get(message["Text"], "failed"),
        status=message["DeliveryStatus"],
        at=_aware(message["SMSCDateTime"]),
    )


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment.tzinfo is not None else None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One part ready to be sent: `raw` is the PDU in hex, `length` its octets as AT+CMGS wants it."""

    raw: str
    length: int


def outgoing(message: driver.Send) -> list[Outgoing]:
    """All parts of `message`; `errors.TooLong` when it needs more than `MOST_PARTS`."""
    body = message.body.translate(_UNSENDABLE)
    wide = not _GSM_7.issuperset(body)
    if wide:
        body = body.replace("~", _TILDE)
    entry = {"ID": "ConcatenatedTextLong", "Buffer": body}
    try:
        parts = gammu.EncodeSMS({"Class": -1, "Unicode": wide, "Entries": [entry]})
    except gammu.GSMError:
        raise errors.TooLong(
            f"Message {message.id} needs more than {MOST_PARTS} parts and was not sent: shorten it."
        ) from None
    return [_encode(part, message) for part in parts]


def _encode(part: dict[str, Any], message: driver.Send) -> Outgoing:
    header = dict(part["UDH"])
    if header["Type"] != "NoUDH":
        octets = header["Text"]
        header["ID8bit"] = message.reference
        header["Text"] = octets[:3] + bytes([message.reference]) + octets[4:]
    part = part | {
        "UDH": header,
        "Number": message.number,
        "SMSC": {"Number": "", "Validity": "Max"},
        "Type": "Status_Report" if message.report else "Submit",
    }
    octets = gammu.EncodePDU(part, "Submit")
    submit = _with_tildes(octets[1 + octets[0] :], header["Text"])
    # An empty centre's address means the one on the SIM.
    return Outgoing(raw="00" + submit.hex().upper(), length=len(submit))


def _with_tildes(submit: bytes, header: bytes) -> bytes:
    """`submit` with U+0001, which no text sent contains, made into the tilde it stands for."""
    coding = 5 + (submit[2] + 1) // 2
    if submit[coding] != _UCS2_CODING:
        return submit
    begin = coding + 3 + len(header)
    units = (submit[at : at + 2] for at in range(begin, len(submit), 2))
    return submit[:begin] + b"".join(b"\0~" if unit == b"\0\x01" else unit for unit in units)
