"""A record moves only where its lifecycle lets it."""

import pytest

from gateway.services import help_lifecycle as help_service
from gateway.services.lifecycle import IllegalMove, advance, lifecycle
from gateway.store.help import OPEN

DOOR = lifecycle(
    "open", {"shut": {"shut": ("open",)}, "open": {"open": ("shut",)}, "lock": {"locked": ("shut",)}}
)


def test_a_trigger_leads_to_its_state() -> None:
    assert advance(DOOR, "open", "shut") == "shut"
    assert advance(DOOR, "shut", "lock") == "locked"


def test_one_machine_serves_every_record() -> None:
    assert advance(DOOR, "shut", "open") == "open"
    assert advance(DOOR, "open", "shut") == "shut"
    assert advance(DOOR, "open", "shut") == "shut"


@pytest.mark.parametrize(("state", "trigger"), [("open", "lock"), ("locked", "open"), ("open", "burn")])
def test_an_illegal_move_is_refused_with_a_remedy(state: str, trigger: str) -> None:
    with pytest.raises(IllegalMove, match=f"{state} cannot {trigger}.*try again"):
        advance(DOOR, state, trigger)


def test_a_request_for_help_goes_the_whole_way() -> None:
    state = help_service.OPENED
    for trigger, expected in [
        ("look", "looking"),
        ("offer", "offered"),
        ("match", "matched"),
        ("complete", "done"),
    ]:
        state = advance(help_service.LIFECYCLE, state, trigger)
        assert state == expected


@pytest.mark.parametrize("state", help_service.CLOSED)
@pytest.mark.parametrize("trigger", ["look", "offer", "match", "complete", "fail", "withdraw", "merge"])
def test_a_closed_request_stays_closed(state: str, trigger: str) -> None:
    with pytest.raises(IllegalMove):
        advance(help_service.LIFECYCLE, state, trigger)


@pytest.mark.parametrize("state", OPEN)
def test_an_open_request_can_always_be_withdrawn(state: str) -> None:
    assert advance(help_service.LIFECYCLE, state, "withdraw") == "withdrawn"
