"""Nothing binding is done with what was only heard: it is read back, and a yes is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from flows.conversation import Outcome
from flows.value import Value, text
from tests.unit.call_making import Caller
from tests.unit.flow_making import make_library, setting

DIRECT = """\
flow: lift
version: 1
start: day
expires: 45m
steps:
  day:
    ask: {date: day}
    then: seats
  seats:
    ask: {number: seats, min: 1, max: 8}
    then: find
  find:
    do: lift.find
    then: {free: book, full: booked}
  book:
    do: lift.book
    then: {booked: booked, taken: booked}
  booked:
    end: completed
"""
DIRECT_TEXTS = """\
keywords = ["lift"]
[phrases]
day = "Which day?"
seats = "How many seats?"
booked = "Booked."
"""


class Office:
    """Does what flows ask, and remembers what of it was binding."""

    def __init__(self) -> None:
        self.booked: list[Mapping[str, Value]] = []

    def act(self, name: str, answers: Mapping[str, Value], language: str) -> Outcome:
        if name == "lift.book":
            self.booked.append(dict(answers))
        return Outcome("booked" if name == "lift.book" else "free", {"ref": text("3R"), "run": text("r")})


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def ann(tmp_path: Path, office: Office) -> Caller:
    changes = {"lift/flow.yaml": DIRECT, "lift/texts/en.toml": DIRECT_TEXTS}
    return Caller(make_library(tmp_path, changes), setting(office.act))


def test_everything_heard_is_read_back_before_it_is_acted_on(ann: Caller, office: Office) -> None:
    ann.says("lift")
    assert ann.says("tomorrow") == "Tuesday the third of March. How many seats?"
    assert ann.says("two") == "Tuesday the third of March. two. Is that right?"
    assert office.booked == []
    assert ann.says("yes").startswith("Booked.")
    assert len(office.booked) == 1


@pytest.mark.parametrize("no", ["no", "2", "9"])
def test_a_no_asks_again_and_nothing_was_done(ann: Caller, office: Office, no: str) -> None:
    for words in ("lift", "tomorrow", "two"):
        ann.says(words)
    heard = ann.presses(no) if no.isdigit() else ann.says(no)
    assert heard == "How many seats?"
    assert office.booked == []
    assert ann.says("three").endswith("three. Is that right?")


def test_keys_need_no_reading_back(ann: Caller, office: Office) -> None:
    ann.says("lift")
    ann.presses("0303")
    assert ann.presses("2").startswith("Booked.")
    assert len(office.booked) == 1


def test_what_was_heard_is_read_back_even_if_the_last_answer_was_pressed(ann: Caller, office: Office) -> None:
    ann.says("lift")
    ann.says("tomorrow")
    assert ann.presses("2") == "Tuesday the third of March. Is that right?"
    assert office.booked == []
    ann.presses("1")
    assert len(office.booked) == 1


def test_what_was_heard_and_then_pressed_counts_as_pressed(ann: Caller, office: Office) -> None:
    ann.says("lift")
    ann.says("tomorrow")
    ann.says("back")
    ann.presses("0303")
    ann.presses("2")
    assert len(office.booked) == 1


def test_no_emergency_is_no_answer_to_what_was_read_back(ann: Caller, office: Office) -> None:
    for words in ("lift", "tomorrow", "two"):
        ann.says(words)
    assert "Is it an emergency?" in ann.says("ambulance")
    assert ann.says("no") == "Tuesday the third of March. two. Is that right?"
    assert "Is it an emergency?" in ann.says("ambulance")
    assert ann.says("yes").startswith("If this is an emergency")
    assert office.booked == []


def test_neither_yes_nor_no_brings_the_keys_then_a_person(ann: Caller, office: Office) -> None:
    for words in ("lift", "tomorrow", "two"):
        ann.says(words)
    assert ann.says("blah").endswith("two. Is that right?")
    assert ann.says("blah").endswith("For yes, press one. For no, press two.")
    ann.says("blah")
    assert "person.wanted" in ann.happened()
    assert office.booked == []


def test_a_text_after_the_call_is_held_to_the_same(ann: Caller, office: Office) -> None:
    ann.says("lift")
    ann.says("tomorrow")
    ann.hangs_up()
    assert ann.texts("2") == ["call.echo", "call.right"]
    assert office.booked == []
    ann.texts("yes")
    assert len(office.booked) == 1


def test_a_text_may_put_right_what_was_heard_wrong(ann: Caller, office: Office) -> None:
    for words in ("lift", "tomorrow", "two"):
        ann.says(words)
    ann.hangs_up()
    assert ann.texts("GO ON") == ["call.echo", "call.echo", "call.right"]
    assert ann.texts("5") == ["call.echo", "call.right"]
    ann.texts("yes")
    assert [str(answers["seats"].data) for answers in office.booked] == ["5"]


def test_a_question_that_reads_back_is_check_enough(tmp_path: Path, office: Office) -> None:
    ann = Caller(make_library(tmp_path), setting(office.act))
    for words in ("ride", "tomorrow", "two"):
        ann.says(words)
    assert ann.says("yes").startswith("Booked, three, R.")
    assert len(office.booked) == 1


def test_stop_by_voice_is_made_sure_of(ann: Caller) -> None:
    ann.says("lift")
    assert ann.says("stop") == "Shall we stop texting and ringing you?"
    assert "resident.stopped" not in ann.happened()
    assert ann.says("no") == "Which day?"
    ann.says("stop")
    ann.says("yes")
    assert "resident.stopped" in ann.happened()
    assert "call.goodbye" in ann.happened()
