"""A conversation: what a resident may count on, whatever they text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.conversation import Called, Conversation, Happened, Heard, Outcome, Prompt
from flows.engine import take_turn
from flows.errors import FlowsError
from flows.library import Library, load_library
from flows.value import Json, Value, text
from tests.unit.flow_making import HELP, NOW, Resident, make_library, setting


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def ann(library: Library) -> Resident:
    return Resident(library)


@pytest.fixture(scope="module")
def everything() -> Library:
    """The library as it is delivered, in all its languages."""
    return load_library()


def at_seats(ann: Resident) -> Resident:
    ann.texts("lift")
    ann.texts("tomorrow")
    return ann


def test_a_keyword_starts_its_flow_and_answers_lead_to_the_end(ann: Resident) -> None:
    assert ann.texts("LIFT") == "Which day?"
    assert ann.texts("tomorrow").startswith("How many seats on Tuesday 3 March")
    assert ann.texts("two").startswith("2 seats on Tuesday 3 March")
    assert ann.texts("YES PLEASE") == "Booked, REF. Another one? 1 yes 2 no"
    assert ann.texts("no") == "Goodbye from Ashby. Your lift is REF."
    assert ann.conversation is not None
    assert ann.conversation.status == "completed"


def test_an_ended_conversation_holds_no_answers(ann: Resident) -> None:
    for body in ("lift", "tomorrow", "2", "yes", "no"):
        ann.texts(body)
    assert ann.conversation is not None
    assert (ann.conversation.answers, ann.conversation.deadline) == ({}, None)


def test_words_after_the_keyword_answer_the_step_they_are_meant_for(ann: Resident) -> None:
    assert ann.texts("Help  my tap drips").endswith("we have noted: my tap drips")


def test_words_after_the_keyword_that_are_no_answer_are_asked_for(library: Library) -> None:
    menu = Resident(library)
    menu.texts("hello")
    assert menu.texts("hello") == "What would you like?\n1 Ask for help\n2 Book a ride"


@pytest.mark.parametrize("body", ["lfit", "Lifft", "lft plz", "I need a lift please", "a ride, please!"])
def test_a_keyword_misspelt_or_in_a_sentence_is_found(ann: Resident, body: str) -> None:
    assert ann.texts(body) == "Which day?"


@pytest.mark.parametrize("body", ["", "??", "🚲", "\x00", "good evening to you all", "no", "xyzzy"])
def test_what_nobody_knows_is_answered_by_the_menu(ann: Resident, body: str) -> None:
    assert "What would you like?" in ann.texts(body)
    assert "text.unknown" in ann.happened()


def test_a_step_that_goes_to_another_flow_starts_it(ann: Resident) -> None:
    ann.texts("hello")
    assert ann.texts("2") == "Which day?"
    assert ann.happened() == ["conversation.ended", "conversation.started"]


def test_the_menu_understands_a_keyword_with_words_after_it(ann: Resident) -> None:
    ann.texts("hello")
    assert ann.texts("help to carry a bed").endswith("to carry a bed")


def test_an_answer_wins_over_a_keyword(ann: Resident) -> None:
    ann.texts("help")
    assert ann.texts("lift to mend") == "Thank you, we have noted: lift to mend"


def test_a_keyword_that_is_no_answer_changes_the_flow(ann: Resident) -> None:
    at_seats(ann)
    ann.texts("lift")
    assert ann.said() == ["day"]
    assert "conversation.ended" in ann.happened()


def test_keyword_words_inside_an_unclear_answer_change_nothing(ann: Resident) -> None:
    at_seats(ann)
    ann.texts("lift me up higher")
    assert ann.conversation is not None
    assert ann.conversation.step == "seats"


def test_unclear_answers_are_helped_more_each_time_and_never_dropped(ann: Resident) -> None:
    at_seats(ann)
    first, second, third, fourth = (ann.texts("blue") for _ in range(4))
    assert "How many seats" in first
    assert "Count everybody" in second
    assert "PERSON" in third
    assert "PERSON" in fourth
    assert ann.happened() == ["conversation.unclear"]
    assert ann.texts("3").startswith("3 seats")
    assert ann.conversation is not None
    assert ann.conversation.unclear == 0


def test_help_inside_a_flow_explains_the_question_and_offers_a_person(ann: Resident) -> None:
    at_seats(ann)
    reply = ann.texts("help")
    assert reply.startswith("Count everybody who comes along.")
    assert "PERSON" in reply
    assert ann.texts("3").startswith("3 seats")


def test_help_without_a_help_text_gives_the_types_hint(ann: Resident) -> None:
    ann.texts("lift")
    ann.texts("HELP")
    assert ann.said() == ["day", "hint.date", "help_person"]


def test_help_at_the_menu_asks_for_help(ann: Resident) -> None:
    ann.texts("hello")
    assert ann.texts("help") == "What do you need?"


def test_back_returns_to_the_question_before(ann: Resident) -> None:
    at_seats(ann)
    ann.texts("2")
    assert ann.texts("back").startswith("How many seats")
    assert ann.texts("Go back!") == "Which day?"
    assert "go back" in ann.texts("back")
    assert ann.said() == ["back_none", "day"]


def test_back_does_not_go_behind_what_was_booked(ann: Resident) -> None:
    at_seats(ann)
    ann.texts("2")
    ann.texts("yes")
    ann.texts("back")
    assert ann.said() == ["back_none", "again"]


def test_back_never_runs_in_a_circle(ann: Resident) -> None:
    at_seats(ann)
    ann.texts("2")
    ann.texts("no")
    ann.texts("back")
    assert ann.said() == ["back_none", "day"]


def test_what_was_booked_is_confirmed_with_its_reference(library: Library, tmp_path: Path) -> None:
    changes = {"lift/flow.yaml": FLOW_ENDING_WITH_THE_BOOKING, "lift/texts/en.toml": TEXTS_WITHOUT_REFERENCE}
    ann = Resident(make_library(tmp_path, changes))
    ann.texts("lift")
    ann.texts("yes")
    prompt = ann.effects[0]
    assert ann.kind == "confirmation"
    assert getattr(prompt, "values", {}).get("ref") == text("REF")


FLOW_ENDING_WITH_THE_BOOKING = """\
flow: lift
version: 1
start: sure
expires: 1h
steps:
  sure:
    ask: yes_no
    then: book
  book:
    do: lift.book
    then: booked
  booked:
    end: completed
"""
TEXTS_WITHOUT_REFERENCE = """\
keywords = ["lift"]
[phrases]
sure = "Sure?"
booked = "Done."
"""


def test_stop_as_the_whole_text_ends_everything(ann: Resident) -> None:
    at_seats(ann)
    assert "START" in ann.texts("Stop, please!")
    assert ann.happened() == ["conversation.ended", "resident.stopped"]
    assert ann.conversation is not None
    assert ann.conversation.status == "stopped"


def test_stop_inside_an_answer_is_part_of_it(ann: Resident) -> None:
    ann.texts("help")
    assert ann.texts("meet me at the bus stop").endswith("the bus stop")


def test_whoever_stopped_hears_only_how_to_start_again(ann: Resident) -> None:
    ann.stops()
    for body in ("lift", "menu", "help", "stop", "person", "español"):
        assert "START" in ann.texts(body)
        assert ann.happened() == ["stopped.text"]
    ann.texts("START")
    assert ann.happened() == ["resident.started"]


def test_whoever_stopped_is_still_told_whom_to_call_in_an_emergency(ann: Resident) -> None:
    ann.stops()
    assert "999 or 112" in ann.texts("Call an ambulance")


def test_nothing_is_started_with_somebody_who_stopped(ann: Resident) -> None:
    ann.stops()
    assert ann.is_started("lift") == ""
    assert ann.conversation is None


def test_start_shows_a_newcomer_the_menu(ann: Resident) -> None:
    assert ann.texts("START").startswith("What would you like?")


def test_an_emergency_is_answered_first_and_the_question_stays(ann: Resident) -> None:
    at_seats(ann)
    reply = ann.texts("my husband had a heart attack")
    assert reply.startswith("If this is an emergency, call 999 or 112")
    assert "How many seats" in reply
    assert "emergency" in ann.happened()


def test_a_person_is_called_and_nothing_is_said_over_them(ann: Resident) -> None:
    at_seats(ann)
    assert "person" in ann.texts("a person please").lower()
    assert ann.happened() == ["person.wanted"]
    assert ann.texts("I am at the station") == ""
    assert ann.happened() == ["person.message"]
    assert ann.conversation is not None
    assert ann.conversation.deadline == NOW + timedelta(hours=24)


def test_an_emergency_reaches_the_person_too(ann: Resident) -> None:
    ann.texts("person")
    assert "999" in ann.texts("he is unconscious")
    assert ann.happened() == ["emergency", "person.message"]


def test_back_takes_the_conversation_back_from_a_person(ann: Resident) -> None:
    at_seats(ann)
    ann.texts("person")
    assert ann.texts("back").startswith("How many seats")
    assert ann.texts("2").startswith("2 seats")


def test_a_person_can_be_called_out_of_nothing_and_left_by_menu(ann: Resident) -> None:
    ann.texts("human")
    assert ann.texts("person") != ""
    assert ann.happened() == []
    assert ann.texts("menu").startswith("What would you like?")


def test_a_flow_can_end_with_a_person_who_talks_on(tmp_path: Path) -> None:
    ends = HELP.replace("end: completed", "end: person")
    resident = Resident(make_library(tmp_path, {"help/flow.yaml": ends}))
    resident.texts("help")
    assert resident.texts("my tap drips") == "Thank you, we have noted: my tap drips"
    assert "conversation.ended" in resident.happened()
    assert resident.conversation is not None
    assert (resident.conversation.status, resident.conversation.answers) == ("person", {})
    assert resident.texts("it is the cold one") == ""
    assert resident.happened() == ["person.message"]
    assert resident.texts("back").startswith("What would you like?")


def test_a_call_can_end_with_a_person_too(tmp_path: Path) -> None:
    library = make_library(tmp_path, {"help/flow.yaml": HELP.replace("end: completed", "end: person")})
    around = replace(setting(known=True), medium="call")
    conversation = None
    for what in (Called(), Heard(("help",)), Heard(("my tap drips",))):
        turn = take_turn(library, conversation, what, around)
        conversation = turn.conversation
    said = [effect.key for effect in turn.effects if isinstance(effect, Prompt)]
    assert said[-2:] == ["thanks", "call.person_waiting"], "the caller hears how to add something"


def test_waiting_for_a_person_ends_silently(ann: Resident) -> None:
    ann.texts("person")
    assert ann.expires() == ""
    assert ann.texts("lift") == "Which day?"


def test_an_unfinished_conversation_says_that_it_ends(ann: Resident) -> None:
    at_seats(ann)
    assert ann.conversation is not None
    assert ann.conversation.deadline == NOW + timedelta(minutes=45)
    assert ann.expires() != ""
    assert ann.happened() == ["conversation.ended"]
    assert ann.expires() == ""


def test_a_question_nobody_began_to_answer_ends_silently(ann: Resident) -> None:
    ann.texts("lift")
    assert ann.expires() == ""
    assert ann.happened() == ["conversation.ended"]


def test_a_language_is_chosen_by_its_own_name_in_any_state(everything: Library) -> None:
    ana = Resident(everything)
    assert "Español" in ana.texts("language")
    ana.texts("LIFT")
    before = ana.conversation
    assert before is not None
    ana.texts("español")
    assert ana.conversation is not None
    assert (ana.conversation.step, ana.conversation.language) == (before.step, "es")
    assert Happened("language.set", {"language": "es"}) in ana.effects


@pytest.mark.parametrize(
    ("word", "language"), [("ayuda", "es"), ("도움말", "ko"), ("PARA", "es"), ("persona", "es")]
)
def test_a_global_word_of_another_language_is_answered_in_it(
    everything: Library, word: str, language: str
) -> None:
    ana = Resident(everything)
    ana.texts("lift")
    ana.texts(word)
    assert ana.conversation is not None
    assert ana.conversation.language == language


def test_a_keyword_of_another_language_starts_the_flow_in_it(everything: Library) -> None:
    ana = Resident(everything)
    keyword = everything.flow("lift").texts["es"].keywords[0]
    ana.texts(keyword)
    assert ana.conversation is not None
    assert (ana.conversation.flow, ana.conversation.language) == ("lift", "es")


def test_an_invitation_brings_its_values(tmp_path: Path) -> None:
    ann = Resident(make_library(tmp_path, {"remind/flow.yaml": REMIND, "remind/texts/en.toml": REMIND_TEXTS}))
    ann.texts("lift")
    assert ann.is_started("remind", time=text("2 pm")) == "Your lift is at 2 pm. 1 ok 2 cancel"
    assert ann.happened() == ["conversation.ended", "conversation.started"]


REMIND = """\
flow: remind
version: 1
start: coming
expires: 20h
given: [time]
steps:
  coming:
    ask: yes_no
    then: thanks
  thanks:
    end: completed
"""
REMIND_TEXTS = """\
[phrases]
coming = "Your lift is at {time}. 1 ok 2 cancel"
thanks = "Thank you."
"""


def test_a_conversation_keeps_the_version_it_began_with(tmp_path: Path) -> None:
    from tests.unit.flow_making import LIFT, LIFT_TEXTS

    newer = (
        LIFT.replace("version: 1", "version: 2")
        .replace("then: seats", "then: find")
        .replace("start: day", "start: seats")
    )
    old = {"lift/versions/1/flow.yaml": LIFT, "lift/versions/1/texts/en.toml": LIFT_TEXTS}
    first = Resident(make_library(tmp_path / "first"))
    first.texts("lift")
    later = Resident(
        make_library(tmp_path / "later", {"lift/flow.yaml": newer, **old}), conversation=first.conversation
    )
    assert later.texts("tomorrow").startswith("How many seats")
    assert later.conversation is not None
    assert later.conversation.version == 1
    assert Resident(later.library).library.flow("lift").version == 2


@pytest.mark.parametrize("gone", [{"version": 9}, {"flow": "ghost"}, {"step": "ghost"}, {"language": "xx"}])
def test_a_conversation_whose_flow_is_gone_fails_into_the_menu(
    library: Library, gone: Mapping[str, Json]
) -> None:
    data: dict[str, Json] = {**Conversation("lift", 1, "day", "en").to_json(), **gone}
    ann = Resident(library, conversation=Conversation.from_json(data))
    assert ann.texts("tomorrow") != ""
    if "language" not in gone:
        assert Happened("conversation.ended", {"flow": data["flow"], "status": "failed"}) in ann.effects


def test_a_circle_without_a_question_is_cut_off(library: Library) -> None:
    def never(name: str, answers: Mapping[str, Value], language: str) -> Outcome:
        return Outcome("nonsense")

    ann = at_seats(Resident(library, setting(never)))
    with pytest.raises(FlowsError, match="`nonsense` leads nowhere"):
        ann.texts("2")
