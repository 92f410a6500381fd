"""The pages about the board, announcements and shifts say what is true."""

from __future__ import annotations

import re

import pytest
from transitions import Machine

from flows.words import spoken
from gateway.services import announcements, board, help_fit, shifts
from tests.unit.diagrams import SERVICES, diagram, diagrams_on
from tests.village import LIBRARY

MACHINES = {
    "board": board.LIFECYCLE,
    "announcements": announcements.LIFECYCLE,
    "shifts": shifts.LIFECYCLE,
}


def page(name: str) -> str:
    return " ".join((SERVICES / f"{name}.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(("name", "machine"), MACHINES.items())
def test_the_picture_is_the_lifecycle_and_every_state_is_explained(name: str, machine: Machine) -> None:
    assert diagrams_on(f"{name}.md") == [diagram(machine)]
    told = re.findall(r"^\| (\w+) \| ", (SERVICES / f"{name}.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(told) - {"state"} == set(machine.states)


@pytest.mark.parametrize(
    ("name", "said", "flow"),
    [
        ("board", "LET 12", "board_let"),
        ("board", "ME 12", "board_join"),
        ("board", "NOT ME 12", "board_leave"),
        ("shifts", "TAKE 3", "shift_take"),
        ("shifts", "SWAP 3", "shift_swap"),
        ("announcements", "STOP WARNINGS", "stop_news"),
        ("announcements", "START NEWS", "start_news"),
    ],
)
def test_what_may_be_texted_is_understood(name: str, said: str, flow: str) -> None:
    assert said in page(name)
    found = LIBRARY.vocabulary.commands.read(spoken(said), "en", alone=True)
    assert found is not None
    assert found.flow == flow


@pytest.mark.parametrize(("name", "keyword"), [("board", "BOARD"), ("shifts", "SHIFTS")])
def test_every_keyword_starts_something(name: str, keyword: str) -> None:
    assert keyword in page(name)
    assert spoken(keyword) in LIBRARY.vocabulary.keywords.known


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"({board.ENOUGH}, where you say nothing else)" in page("board")
    assert f"can have {board.MOST_WAITING} ideas" in page("board")
    assert (board.REMIND_AT.hour, shifts.REMIND_AT.hour) == (18, 18)
    assert "at 6 pm" in page("board")
    assert "at 6 pm" in page("shifts")
    assert f"No more than {announcements.AT_A_TIME} of its texts" in page("announcements")
    assert (help_fit.FIRST_HOUR.hour, help_fit.LAST_HOUR.hour) == (8, 21)
    assert "before 8 am or after 9 pm" in page("announcements")
