"""The page on lifts says what is true: its picture is the lifecycle, its words the names in the code."""

from __future__ import annotations

import dataclasses
import re

import pytest

from flows.library import BUILT_IN
from gateway.community import load_community
from gateway.services.standby import MOST_PASSED
from gateway.services.trip_moves import CIVIL_HOURS, LIFECYCLE, RESULT_CODES
from gateway.services.trips import NO_SHOW_TERM
from gateway.store.lift_rules import BookingRules
from tests.unit.diagrams import SERVICES, diagram, diagrams_on
from tests.village import ASHBY

PAGE = (SERVICES / "lifts.md").read_text(encoding="utf-8")


def test_the_picture_is_the_lifecycle() -> None:
    assert diagrams_on("lifts.md") == [diagram(LIFECYCLE)]


def test_every_state_is_told_with_its_result_code() -> None:
    told = {
        state: code.strip(" `")
        for state, code in re.findall(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|$", PAGE, re.MULTILINE)
    }
    assert told == {state: RESULT_CODES.get(state, "") for state in LIFECYCLE.states}


def test_every_setting_is_told() -> None:
    told = {name for names in re.findall(r"^\| (`.+?) \| ", PAGE, re.MULTILINE) for name in _code(names)}
    assert {field.name for field in dataclasses.fields(BookingRules)} <= told


@pytest.mark.parametrize(
    "file", sorted(_file for _file in re.findall(r"^\| `(\w+\.csv)` \|", PAGE, re.MULTILINE))
)
def test_every_file_has_the_columns_that_are_told(file: str) -> None:
    [columns] = re.findall(rf"^\| `{file}` \| [^|]+ \| `([\w,]+)` \|$", PAGE, re.MULTILINE)
    first = (ASHBY / file).read_text(encoding="utf-8").splitlines()[0]
    assert first.split(",") == columns.split(",")


def test_the_numbers_are_those_of_the_code() -> None:
    assert (CIVIL_HOURS.start, CIVIL_HOURS.stop) == (8, 21)
    assert "between nine in the evening and eight in the morning" in PAGE
    assert NO_SHOW_TERM.total_seconds() == 12 * 3600
    assert MOST_PASSED == 2


def test_the_texts_on_the_page_are_those_that_are_sent() -> None:
    sent = "\n".join(path.read_text(encoding="utf-8") for path in BUILT_IN.glob("*/transcripts/*.txt"))
    flat = " ".join(sent.split())
    for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL):
        for text in re.split(r"(?m)^[<>] ", block)[1:]:
            assert " ".join(text.split()) in flat


def test_the_sample_community_uses_all_of_it() -> None:
    lifts = load_community(ASHBY).lifts
    assert lifts is not None
    assert lifts.special_days
    assert lifts.riders
    assert lifts.rules.holidays == "GB-ENG"


def _code(words: str) -> list[str]:
    return re.findall(r"`(\w+)`", words)
