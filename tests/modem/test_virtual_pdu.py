"""The network's own PDU codec agrees with two that others wrote: libgammu's and python-gsmmodem's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import gammu
import pytest
from gsmmodem.pdu import decodeSmsPdu, encodeSmsSubmitPdu
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.virtual import alphabet, pdu

AT = datetime(2027, 10, 31, 1, 30, 59, tzinfo=timezone(timedelta(hours=5, minutes=45)))
ANN = "+447700900123"
_LETTERS = "".join(alphabet.decode([code]) for code in range(128) if code not in (0x00, 0x1B, 0x5F))
# python-gsmmodem has no §, loses an @ after seven septets and cannot encode beyond the basic plane.
plain = st.text(st.sampled_from(_LETTERS + "€{}[]~|^\\"), min_size=1, max_size=400)
wide = st.text(st.characters(codec="utf-16", exclude_characters="\0\f@§"), min_size=1, max_size=300)
# Nor can it encode what is in Latin-1 and not in GSM-7.
basic = st.text(
    st.characters(min_codepoint=0x100, max_codepoint=0xFFFF, exclude_categories=["Cs"]),
    min_size=1,
    max_size=60,
)
numbers = st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True)


def theirs(content: pdu.Content, sender: str = ANN) -> dict[str, object]:
    """A delivered part as python-gsmmodem reads it."""
    read: dict[str, object] = decodeSmsPdu("00" + pdu.encode_deliver(sender, content, AT).hex())
    return read


def whole(parts: list[str]) -> str:
    """Parts put together again, halves of surrogate pairs included."""
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16")


@settings(deadline=None, max_examples=80)
@given(plain | wide, st.integers(0, 65535), st.booleans())
def test_what_the_network_delivers_reads_the_same_elsewhere(body: str, reference: int, wide: bool) -> None:
    parts = pdu.split(body, reference, wide)
    assert whole([str(theirs(part)["text"]) for part in parts]) == body
    for number, part in enumerate(parts, 1):
        assert len(pdu.encode_deliver(ANN, part, AT)) <= 164
        if len(parts) > 1:
            kept = reference if wide else reference & 0xFF
            assert pdu.concatenation(part.header) == (kept, len(parts), number)


@settings(deadline=None, max_examples=40)
@given(
    st.text(st.characters(categories=["L", "N", "P", "Zs"], max_codepoint=0xFFFF), min_size=1, max_size=200)
)
def test_libgammu_reads_what_the_network_delivers(body: str) -> None:
    read = []
    for part in pdu.split(body, 9):
        message = gammu.DecodePDU(b"\0" + pdu.encode_deliver(ANN, part, AT), True)
        assert message["Number"] == ANN
        read.append(message["Text"].split("\0")[0])
    assert "".join(read) == body


@settings(deadline=None, max_examples=60)
@given(plain | basic, numbers, st.booleans())
def test_what_others_send_is_understood(body: str, number: str, report: bool) -> None:
    body = body[:60]
    sent = encodeSmsSubmitPdu(number, body, requestStatusReport=report)
    read = [pdu.decode_submit(pdu.after_centre(bytes(part.data))) for part in sent]
    assert "".join(submit.content.body for submit in read) == body
    assert {(submit.to, submit.report) for submit in read} == {(number, report)}


@pytest.mark.parametrize("body", ["hello", "€uro", "ñandú", "日本語", "a" * 160])
def test_what_libgammu_sends_is_understood(body: str) -> None:
    fits = alphabet.fits(body)
    message = {
        "Text": body,
        "Number": ANN,
        "Folder": 0,
        "Location": 0,
        "SMSC": {"Number": "+447700900000"},
        "Coding": "Default_No_Compression" if fits else "Unicode_No_Compression",
    }
    submit = pdu.decode_submit(pdu.after_centre(gammu.EncodePDU(message, "Submit")))
    assert (submit.to, submit.content.body) == (ANN, body)


@pytest.mark.parametrize(
    "sender", ["A", "Ashby", "VODAFON", "VODAFONE", "Ashby Lifts", "€UR", "60300", "+1555"]
)
def test_senders_read_the_same_elsewhere(sender: str) -> None:
    assert theirs(pdu.Content("x", pdu.GSM7), sender)["number"] == sender


@pytest.mark.parametrize("minutes", [0, 15, -15, 60, 345, -210, 720, -720])
def test_time_stamps_read_the_same_elsewhere(minutes: int) -> None:
    at = AT.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    octets = pdu.encode_deliver(ANN, pdu.Content("x", pdu.GSM7), at)
    assert decodeSmsPdu("00" + octets.hex())["time"] == at


def test_reports_read_the_same_elsewhere() -> None:
    done = AT + timedelta(seconds=5)
    octets = pdu.encode_centre("+447700900000") + pdu.encode_report(200, ANN, AT, done, 0x43)
    read = decodeSmsPdu(octets.hex())
    assert (read["type"], read["reference"], read["number"]) == ("SMS-STATUS-REPORT", 200, ANN)
    assert (read["time"], read["discharge"], read["status"]) == (AT, done, 0x43)
    assert gammu.DecodePDU(octets, True)["MessageReference"] == 200


def test_libgammu_has_the_same_alphabet() -> None:
    for code in range(128):
        letter = alphabet.decode([code])
        octets = b"\0" + pdu.encode_deliver(ANN, pdu.Content(letter, pdu.GSM7), AT)
        assert gammu.DecodePDU(octets, True)["Text"].rstrip("\0") == letter


def test_one_septet_in_seven_is_not_lost_at_the_end() -> None:
    for length in range(1, 33):
        body = "@" * length
        octets = b"\0" + pdu.encode_deliver(ANN, pdu.split(body, 0)[0], AT)
        assert gammu.DecodePDU(octets, True)["Text"] == body


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_nonsense_is_refused_or_read_and_nothing_else(octets: bytes) -> None:
    try:
        pdu.decode_submit(pdu.after_centre(octets))
    except pdu.BadPduError:
        return


@given(st.integers(1, 200))
def test_a_cut_pdu_is_refused(cut: int) -> None:
    body = encodeSmsSubmitPdu(ANN, "hello there", requestStatusReport=True)[0]
    tpdu = pdu.after_centre(bytes(body.data))
    if cut < len(tpdu):
        with pytest.raises(pdu.BadPduError):
            pdu.decode_submit(tpdu[:-cut])


def test_a_time_without_an_offset_is_utc() -> None:
    octets = pdu.encode_deliver(ANN, pdu.Content("x", pdu.GSM7), AT.astimezone(UTC))
    assert decodeSmsPdu("00" + octets.hex())["time"].utcoffset() == timedelta()
