"""The text of a long message, whole again."""

from __future__ import annotations

from collections.abc import Sequence

from modem import pdu


def joined(bodies: Sequence[str], raws: Sequence[str]) -> str:
    """Join the parts of one message, given in order, each with its raw PDU in hex ("" when unknown).

    Some telephones cut an emoji in two between parts; joined from the raw PDUs it is whole again.
    """
    text = "".join(bodies)
    if "\ufffd" not in text or not all(raws):
        return text
    fields = [pdu.take_apart(bytes.fromhex(raw)) for raw in raws]
    if any(field.alphabet is not pdu.Alphabet.UCS2 for field in fields):
        return text
    return b"".join(field.user_data for field in fields).decode("utf-16-be", "replace")
