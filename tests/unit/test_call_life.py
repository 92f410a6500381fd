"""The life of a call: where it can go, and that it ends once, from wherever it is."""

from __future__ import annotations

import pytest
from transitions import MachineError

from gateway.call_life import CallLife, CallStage, How

WAYS_TO = {
    CallStage.RINGING: (),
    CallStage.ANSWERED: ("pick_up",),
    CallStage.SPEAKING: ("pick_up", "speak"),
    CallStage.LISTENING: ("pick_up", "speak", "listen"),
    CallStage.THROUGH: ("pick_up", "speak", "listen", "put_through"),
}
TRIGGERS = ("pick_up", "speak", "listen", "put_through")


def led_to(stage: CallStage) -> CallLife:
    """A call that has come so far."""
    life = CallLife()
    for trigger in WAYS_TO[stage]:
        life.go(trigger)
    assert life.state is stage
    return life


@pytest.mark.parametrize("how", How)
@pytest.mark.parametrize("stage", WAYS_TO)
def test_a_call_can_end_in_every_way_from_wherever_it_is(stage: CallStage, how: How) -> None:
    life = led_to(stage)
    life.end(how)
    assert (life.state, life.how) == (CallStage.ENDED, how)


def test_the_first_reason_is_the_true_one() -> None:
    life = led_to(CallStage.LISTENING)
    life.end(How.LINE_LOST)
    life.end(How.HUNG_UP)
    assert life.how is How.LINE_LOST


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_nothing_is_said_or_heard_after_the_end(trigger: str) -> None:
    life = led_to(CallStage.SPEAKING)
    life.end(How.HUNG_UP)
    with pytest.raises(MachineError):
        life.go(trigger)


def test_nothing_is_said_before_it_is_answered_and_nobody_listens_to_two_who_talk() -> None:
    for stage in (CallStage.RINGING, CallStage.THROUGH):
        for trigger in ("speak", "listen"):
            with pytest.raises(MachineError):
                led_to(stage).go(trigger)


def test_speaking_and_listening_take_turns() -> None:
    life = led_to(CallStage.SPEAKING)
    for trigger, stage in (("listen", CallStage.LISTENING), ("speak", CallStage.SPEAKING)) * 2:
        life.go(trigger)
        assert life.state is stage
