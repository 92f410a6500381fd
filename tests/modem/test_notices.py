"""What modems say of calls is one event a call, whoever else rings meanwhile."""

from __future__ import annotations

import pytest

from modem.driver import CallEnded, Event, Ringing
from modem.notices import Calls
from tests.modem.virtual_bench import ANN, BEN


def events(*lines: str) -> list[Event]:
    """The events that these lines make."""
    calls = Calls()
    return [event for line in lines if (event := calls.heard(line))]


RINGS = ("RING", f'+CLIP: "{ANN}",145,"",,"",0')


def test_a_call_rings_once_and_ends_once() -> None:
    assert events(*RINGS, *RINGS, "VOICE CALL: END: 000012", "NO CARRIER") == [
        Ringing(ANN),
        CallEnded("VOICE CALL: END"),
    ]


@pytest.mark.parametrize("gives_up", ["MISSED_CALL: 02:11PM +447700900456", "^CEND:2,0,104,16"])
def test_a_second_caller_who_gives_up_does_not_end_the_call(gives_up: str) -> None:
    second = f'+CCWA: "{BEN}",145,1,"",0'
    assert events(*RINGS, second, gives_up) == [Ringing(ANN), Ringing(BEN)]
    assert events(*RINGS, second, gives_up, second, "NO CARRIER")[-2:] == [
        Ringing(BEN),
        CallEnded("NO CARRIER"),
    ]


def test_a_second_caller_may_hide_their_number() -> None:
    assert events(*RINGS, '+CCWA: "",128,1,"",0')[-1] == Ringing(None)


def test_while_several_calls_stand_every_end_is_told_and_the_last_one_too() -> None:
    calls = Calls()
    for line in RINGS:
        calls.heard(line)
    calls.several = True
    calls.dialled()
    assert calls.heard("BUSY") == CallEnded("BUSY")
    assert calls.heard("NO CARRIER") == CallEnded("NO CARRIER")
    calls.over()
    assert calls.heard("NO CARRIER") is None
    assert [calls.heard(line) for line in RINGS] == [None, Ringing(ANN)]
