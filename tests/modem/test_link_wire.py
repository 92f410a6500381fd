"""What one side says the other side hears, whole and in the same words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modem import driver, wire

PART = driver.Part(
    "SM:3",
    "+447700900111",
    "€ \0 👍 \ud7ff \x1b \"'",
    datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "05",
    1,
    2,
    2,
    "07",
)
MESSAGES: list[wire.Message] = [
    wire.Configure("/dev/ttyUSB0", 115200, 20.0),
    wire.Command(7, "raw", "AT+CSQ"),
    wire.Delete(("SM:1", "ME:200"), ("0f" * 8, "a1" * 8)),
    wire.Reread(),
    driver.Send("m1", "+447700900111", "text", 255, first_part=2, report=False),
    wire.Done(7, ("+CSQ: 20,99",)),
    wire.Done(8, (), "Refused", "words", "CMS", 38),
    wire.Begun("m1"),
    wire.Beat("send", 12.5),
    wire.Dying("The modem is gone."),
    driver.Inbox((PART,), (driver.BrokenPart("SM:4", "00", "cut short"),), 12.5),
    driver.Report("+447700900111", 3, "delivered", 0, None),
    driver.Status(
        driver.PinState.READY, driver.Network.ROAMING, "Plainnet", None, "234", "865", "E173", 1, 20
    ),
    driver.Ringing(None),
    driver.Tone("#"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_heard_as_it_was_said(message: wire.Message) -> None:
    heard = wire.decode(wire.encode(message))
    assert heard == message
    assert repr(heard) == repr(message)


def test_a_full_memory_is_told_in_pieces_that_fit() -> None:
    part = driver.Part("ME:254", "+447700900111", "\uffff" * 160, PART.smsc_time, "00" * 140, raw="00" * 180)
    broken = driver.BrokenPart("ME:255", "00" * 180, "cut short")
    inbox = driver.Inbox((part,) * 255, (broken,) * 255, 3.5)
    pieces = list(wire.pieces(inbox))
    assert sum(len(piece.parts) for piece in pieces) == 255
    assert sum(len(piece.broken) for piece in pieces) == 255
    assert all(len(wire.encode(piece)) <= wire.LONGEST for piece in pieces)
    assert {piece.noticed for piece in pieces} == {3.5}


def test_nothing_found_is_nothing_told() -> None:
    assert list(wire.pieces(driver.Inbox(()))) == []
