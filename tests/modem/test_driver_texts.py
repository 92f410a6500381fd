"""Every stored message becomes its text or is kept raw; every text to send becomes the right parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modem import driver, errors, sms
from modem.joined import joined
from modem.virtual import alphabet, pdu

AT = datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC)
STAMP = "62301090035100"
FROM = "+447700900111"
CENTRE = pdu.encode_centre("+447700900000")
GSM_7 = [character for character in map(chr, range(0x20AD)) if alphabet.fits(character)]


def stored(
    body: str, *, coding: int | None = None, header: bytes = b"", sender: str = FROM, at: datetime = AT
) -> str:
    """A message as it lies in a modem, made by other code than libgammu's."""
    if coding is None:
        coding = pdu.GSM7 if alphabet.fits(body) else pdu.UCS2
    return (CENTRE + pdu.encode_deliver(sender, pdu.Content(body, coding, header), at)).hex().upper()


def as_ucs2(octets: str, header: bytes = b"") -> str:
    """A message whose sixteen-bit text is any `octets` at all."""
    return stored(octets, coding=pdu.OCTETS, header=header).replace(f"0004{STAMP}", f"0008{STAMP}")


def part(raw: str) -> driver.Part:
    read = sms.stored("SM:1", raw)
    assert isinstance(read, driver.Part), read
    return read


@pytest.mark.parametrize(
    "body",
    [
        "",
        "HELP",
        "a€{}[]~|^\\b",  # libgammu counts these twice and appends what lay in its memory
        "€" * 80,
        "héllo ŵorld",
        "👍",
        "👩‍👩‍👧 family",
        "مرحبا بالعالم",
        "도와주세요",
        "before\0after",
        "tilde\x01",
        "line\nline\r\nline",
        "@@@",
    ],
)
def test_a_text_is_read_as_it_was_written(body: str) -> None:
    assert part(stored(body)).body == body


@settings(max_examples=300, deadline=None)
@given(
    body=st.text(st.sampled_from(GSM_7), max_size=120),
    header=st.sampled_from(
        [b"", b"\x05\x00\x03\x07\x02\x01", b"\x06\x08\x04\x01\x07\x02\x01", b"\x03\x24\x01\x00"]
    ),
)
def test_any_seven_bit_text_is_read_as_it_was_written(body: str, header: bytes) -> None:
    assert part(stored(body, coding=pdu.GSM7, header=header)).body == body


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=35))
def test_any_sixteen_bit_text_is_read_as_it_was_written(body: str) -> None:
    assert part(stored(body, coding=pdu.UCS2)).body == body


@pytest.mark.parametrize("sender", [FROM, "60123", "07700900111", "Ashby Bank", "Plainline12"])
def test_the_sender_is_read_whatever_its_type(sender: str) -> None:
    assert part(stored("hello", sender=sender)).sender == sender


@pytest.mark.parametrize(
    "offset", [timedelta(0), timedelta(hours=9), timedelta(hours=-7), timedelta(minutes=345)]
)
def test_the_centres_time_is_read_with_its_zone(offset: timedelta) -> None:
    at = AT.astimezone(timezone(offset))
    assert part(stored("hello", at=at)).smsc_time == at


def test_a_time_that_is_none_does_not_cost_the_text() -> None:
    raw = stored("hello")
    assert raw.count(STAMP) == 1
    read = part(raw.replace(STAMP, "FF" * 7))
    assert (read.body, read.smsc_time) == ("hello", None)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 1, 1)),
        ("0500037F3201", (0x7F, 50, 1)),
        ("06080412343205", (0x1234, 50, 5)),
        ("0B0504158100000003AB0201", (0xAB, 2, 1)),  # with a port before it
        ("0A0A030004100003AB0302", (0xAB, 3, 2)),  # with text formatting before it
        ("0500037F0001", (0, 1, 1)),  # a part of none
        ("0500037F0203", (0, 1, 1)),  # a part beyond the last
    ],
)
def test_the_concatenation_header_is_found_among_others(header: str, expected: tuple[int, int, int]) -> None:
    read = part(stored("part", coding=pdu.GSM7, header=bytes.fromhex(header)))
    assert (read.body, read.header) == ("part", header)
    assert (read.reference, read.total, read.number) == expected


def test_a_flash_message_is_a_text_like_any_other() -> None:
    raw = stored("look")
    assert part(raw.replace(f"0000{STAMP}", f"0010{STAMP}")).body == "look"


def test_an_emoji_cut_in_two_by_the_telephone_is_whole_again_once_joined() -> None:
    units = "ok 👍 fine".encode("utf-16-be").decode("latin-1")
    header = b"\x05\x00\x03\x09\x02"
    parts = [part(as_ucs2(units[:8], header + b"\x01")), part(as_ucs2(units[8:], header + b"\x02"))]
    assert [each.body for each in parts] == ["ok \ufffd", "\ufffd fine"]
    assert joined([part.body for part in parts], [part.raw for part in parts]) == "ok 👍 fine"


def test_a_lone_half_of_an_emoji_is_replaced_not_lost() -> None:
    read = part(as_ucs2("\0A\xd8\x3d\0B"))
    assert read.body == "A\ufffdB"
    assert joined([read.body], [read.raw]) == "A\ufffdB"


GOOD = stored("hello world, hello")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "00",
        "0791",
        "nonsense",
        "0791447779078404",
        GOOD[:-10],
        GOOD[:30],
        "FF" * 40,
        stored("\x01\x02\xff", coding=pdu.OCTETS),
        stored("hello").replace(f"0000{STAMP}", f"000C{STAMP}"),  # an alphabet that is reserved
        stored("\x01", coding=pdu.OCTETS, header=bytes.fromhex("0605040B8423F0")),
        "0011000C9144770090011100000B05E8329BFD06",  # an outgoing text somebody stored
    ],
)
def test_what_cannot_be_read_is_kept_raw(raw: str) -> None:
    broken = sms.stored("SM:4", raw)
    assert isinstance(broken, driver.BrokenPart)
    assert (broken.place, broken.raw) == ("SM:4", raw)
    assert broken.reason


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_no_damage_to_a_message_raises(data: st.DataObject) -> None:
    octets = bytearray.fromhex(stored("€ part one", header=b"\x05\x00\x03\x07\x02\x01"))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    sms.stored("SM:1", bytes(octets[: data.draw(st.integers(0, len(octets)))]).hex())


@pytest.mark.parametrize(
    ("status", "outcome"), [(0x00, "delivered"), (0x30, "pending"), (0x46, "failed"), (0x65, "failed")]
)
def test_a_delivery_report_says_of_which_part_it_is(status: int, outcome: str) -> None:
    tpdu = pdu.encode_report(42, FROM, AT, AT + timedelta(minutes=1), status)
    report = sms.stored("", (CENTRE + tpdu).hex())
    assert report == driver.Report(FROM, 42, outcome, status, AT + timedelta(minutes=1))


def sent(body: str, *, reference: int = 77, report: bool = True, number: str = FROM) -> list[pdu.Submit]:
    parts = sms.outgoing(driver.Send("m", number, body, reference, report=report))
    for each in parts:
        assert each.raw.startswith("00")
        assert each.length == len(each.raw) // 2 - 1
    return [pdu.decode_submit(bytes.fromhex(each.raw)[1:]) for each in parts]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("x" * 152 + "€" + "y" * 40, 2),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("x" * 66 + "👍" * 10, 2),
        ("x" * 153 * 50, 50),
    ],
)
def test_a_text_goes_out_in_the_parts_it_needs(body: str, count: int) -> None:
    parts = sent(body)
    assert len(parts) == count
    assert "".join(part.content.body for part in parts) == body


@settings(max_examples=100, deadline=None)
@given(st.text(st.one_of(st.sampled_from(GSM_7), st.sampled_from("ŵ’👍ç도")), min_size=1, max_size=300))
@example("~~ç")
def test_any_text_arrives_as_it_was_sent(body: str) -> None:
    assert "".join(part.content.body for part in sent(body)) == body


def test_the_reference_of_the_parts_is_ours() -> None:
    for reference in (0, 1, 255):
        headers = [pdu.concatenation(part.content.header) for part in sent("x" * 400, reference=reference)]
        assert headers == [(reference, 3, 1), (reference, 3, 2), (reference, 3, 3)]


def test_a_text_may_wait_for_a_telephone_as_long_as_the_network_keeps_it() -> None:
    (outgoing,) = sms.outgoing(driver.Send("m", FROM, "hello", 1))
    # First octet 31: a validity of one octet follows, and a report is asked for; FF is the longest.
    assert outgoing.raw == "0031000C914477000910110000FF05E8329BFD06"


def test_a_report_is_asked_for_only_if_wanted() -> None:
    assert [part.report for report in (True, False) for part in sent("hello", report=report)] == [True, False]


def test_a_text_of_more_than_fifty_parts_is_refused_without_quoting_it() -> None:
    with pytest.raises(errors.TooLong) as refused:
        sms.outgoing(driver.Send("m7", FROM, "secret " * 2000, 1))
    assert "m7" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_what_would_cut_a_text_short_is_left_out_of_it() -> None:
    assert [part.content.body for part in sent("before\0after\x07")] == ["beforeafter"]
