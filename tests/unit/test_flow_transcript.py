"""Transcripts are read as a coordinator writes them."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.errors import FlowsError
from flows.transcript import Clock, Deed, Event, From, Hears, Says, matches, read_transcript

WRITTEN = """\
# A lift
@ 2026-03-02 09:30
from +44 7700 900123

> LIFT
>> Sent from my phone
< Where shall we
< pick you up?
! conversation.started
* A coordinator lets Zoe in

> STOP
<
"""


def test_a_transcript_becomes_its_lines() -> None:
    assert read_transcript("lift.txt", WRITTEN) == [
        Clock(datetime(2026, 3, 2, 9, 30), 2),  # noqa: DTZ001 (local, as written)
        From("+447700900123", 3),
        Says("LIFT\nSent from my phone", 5),
        Hears("Where shall we\npick you up?", 7),
        Event("conversation.started", 9),
        Deed("A coordinator lets Zoe in", 10),
        Says("STOP", 12),
        Hears("", 13),
    ]


def test_replies_with_an_empty_line_between_are_two_texts() -> None:
    assert read_transcript("x", "< one\n\n< two\n# three\n< four") == [
        Hears("one", 1),
        Hears("two", 3),
        Hears("four", 5),
    ]


@pytest.mark.parametrize("wrong", ["hello", "@ tomorrow", "from 07700", "!", "*", ">> more", "< a\n>> b"])
def test_what_is_no_line_of_a_transcript_is_named_with_its_line(wrong: str) -> None:
    with pytest.raises(FlowsError, match=r"^lift\.txt:\d: "):
        read_transcript("lift.txt", wrong)


def test_an_ellipsis_stands_for_anything() -> None:
    assert matches("Booked, … on Tuesday…", "Booked, L4\n2 seats on Tuesday 3 March.")
    assert matches("…", "")
    assert matches("a\n b ", "a \nb")
    assert not matches("Booked …", "Sorry, booked out")
    assert not matches("1 yes", "1 yes 2 no")
    assert not matches("", "something")
