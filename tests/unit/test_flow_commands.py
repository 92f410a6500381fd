"""A command counts whatever else is being talked about, and only for those it is meant for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from flows.conversation import Called, Heard
from flows.library import Library
from flows.words import spoken
from tests.unit.flow_making import Resident, make_library, problems_of, setting

CLAIM = """\
flow: claim
version: 1
start: claimed
expires: 1h
command: code
given: [code]
steps:
  claimed:
    end: completed
"""
TAKEN = """\
flow: taken
version: 1
start: thanks
expires: 1h
command: word
given: [said]
steps:
  thanks:
    end: completed
"""
PAUSE = """\
flow: rest
version: 1
start: resting
expires: 1h
command: words
given: [until]
steps:
  resting:
    end: completed
"""
COMMANDS: Mapping[str, str] = {
    "claim/flow.yaml": CLAIM,
    "claim/texts/en.toml": 'commands = ["YES", "I CAN DO"]\n[phrases]\nclaimed = "You have {code}."\n',
    "taken/flow.yaml": TAKEN,
    "taken/texts/en.toml": 'commands = ["GOT IT"]\n[phrases]\nthanks = "It is yours."\n',
    "rest/flow.yaml": PAUSE,
    "rest/texts/en.toml": 'commands = ["PAUSE"]\n[phrases]\nresting = "Rest well: {until}."\n',
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_library(tmp_path_factory.mktemp("commands"), COMMANDS)


@pytest.fixture
def ann(library: Library) -> Resident:
    return Resident(library, replace(setting(known=True), heeds=lambda flow, names: True))


@pytest.mark.parametrize(
    "written",
    ["YES 4F", "yes 4 f", "Yes please, 4f.", "4F yes", "yes4f", "yes 4-F thanks", "I can do 4F", "yes (4f)"],
)
def test_a_word_and_a_code_are_a_command_however_they_are_typed(ann: Resident, written: str) -> None:
    assert ann.texts(written) == "You have 4F."


@pytest.mark.parametrize("written", ["yes 4", "yes 4 friends will come along to the party", "perhaps 4F"])
def test_what_only_looks_like_one_is_none(ann: Resident, written: str) -> None:
    assert "You have" not in ann.texts(written)


def test_the_question_before_it_is_asked_again(ann: Resident) -> None:
    ann.texts("lift")
    ann.texts("tomorrow")
    assert ann.texts("yes 4f").splitlines() == ["You have 4F.", "How many seats on Tuesday 3 March?"]
    assert ann.texts("2").startswith("2 seats")


def test_it_is_no_answer_even_where_any_words_are_one(ann: Resident) -> None:
    ann.texts("help")
    assert ann.texts("yes 4f").splitlines() == ["You have 4F.", "What do you need?"]
    assert ann.texts("GOT IT").splitlines() == ["It is yours.", "What do you need?"]


def test_its_word_alone_is_one_only_where_nothing_is_asked(ann: Resident) -> None:
    assert ann.texts("yes") == "You have ."
    for body in ("lift", "tomorrow", "2"):
        ann.texts(body)
    assert ann.texts("yes").startswith("Booked")


def test_who_talks_to_a_person_goes_on_doing_so(ann: Resident) -> None:
    ann.texts("person")
    assert ann.texts("yes 4f") == "You have 4F."
    assert ann.conversation is not None
    assert ann.conversation.status == "person"


def test_for_all_others_its_words_are_words_like_any(library: Library) -> None:
    bob = Resident(library, setting(known=True))
    bob.texts("help")
    assert bob.texts("yes 4f") == "Thank you, we have noted: yes 4f"


def test_who_said_stop_commands_nothing(ann: Resident) -> None:
    ann.stops()
    assert "You have" not in ann.texts("yes 4f")


def test_a_few_words_may_follow_where_the_flow_takes_them(ann: Resident) -> None:
    assert ann.texts("pause 2 weeks") == "Rest well: 2 weeks."
    assert ann.texts("pause") == "Rest well: ."
    assert "Rest" not in ann.texts("pause the music in the hall because it is far too loud")


def test_a_caller_may_say_it_too(ann: Resident) -> None:
    ann.around = replace(ann.around, medium="call")
    ann.meets(Called())
    ann.meets(Heard(("lift",)))
    assert "You have 4F." in ann.meets(Heard(("yes 4f",)))
    assert ann.conversation is not None
    assert ann.conversation.step == "day"


def test_near_spelling_is_understood_where_a_code_stands_by_it(library: Library) -> None:
    commands = library.vocabulary.commands
    found = commands.read(spoken("I can od 4F"), "en", alone=False)
    assert found is not None
    assert (found.flow, found.names) == ("claim", "4F")
    assert commands.read(spoken("gto it"), "en", alone=False) is None


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("claim/flow.yaml", CLAIM.replace("command: code", "command: codes"), "`command` must be one of"),
        ("claim/flow.yaml", CLAIM.replace("given: [code]", "given: [code, more]"), "is given one value"),
        ("claim/flow.yaml", CLAIM.replace("command: code\n", ""), "are for a flow with a `command`"),
        ("claim/texts/en.toml", '[phrases]\nclaimed = "You have {code}."\n', "lists its words"),
        ("rest/flow.yaml", PAUSE.replace("words", "word"), ""),
        ("taken/texts/en.toml", 'commands = ["MENU"]\n[phrases]\nthanks = "Yours."\n', "works everywhere as"),
        ("taken/texts/en.toml", 'commands = ["RIDE"]\n[phrases]\nthanks = "Yours."\n', "is also a keyword"),
    ],
)
def test_the_checker_finds_what_is_wrong_with_one(
    tmp_path: Path, file: str, change: str, message: str
) -> None:
    found = [str(problem) for problem in problems_of(tmp_path, {**COMMANDS, file: change})]
    assert any(message in problem for problem in found) if message else not found
