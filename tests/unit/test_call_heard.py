"""What is heard is compared, doubted and helped along; keys do all that words do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.conversation import Conversation
from tests.unit.call_making import AGAIN, Caller
from tests.unit.flow_making import make_library, setting
from tests.village import LIBRARY


@pytest.fixture
def ann(tmp_path: Path) -> Caller:
    return Caller(make_library(tmp_path))


@pytest.fixture
def rider() -> Caller:
    """Somebody who is asked for a place."""
    caller = Caller(LIBRARY, replace(setting(), language_known=True))
    caller.says("lift")
    return caller


def test_alternatives_that_come_to_the_same_are_one_answer(ann: Caller) -> None:
    ann.says("ride")
    assert "Tuesday the third" in ann.says("tomorrow", "tomorow")


def test_alternatives_that_come_to_different_things_are_asked_about(ann: Caller) -> None:
    ann.says("ride")
    heard = ann.says("tuesday", "thursday")
    assert heard.startswith("Did you say Tuesday the third of March, or Thursday the fifth of March?")
    assert ann.happened() == ["conversation.unclear"]


def test_a_word_and_an_answer_that_compete_do_neither(ann: Caller) -> None:
    ann.says("ride")
    assert ann.says("back", "tuesday").startswith("Sorry, I did not hear you well.")


def test_a_cry_for_help_counts_in_any_alternative(ann: Caller) -> None:
    ann.says("ride")
    assert "nine nine nine" in ann.says("a tomorrow", "ambulance")
    ann.says("yes")
    assert "emergency" in ann.happened()


@pytest.mark.parametrize("said", ["yes", "ambulance", "stop", "mumble", ""])
def test_whoever_does_not_say_no_to_an_emergency_is_in_one(rider: Caller, said: str) -> None:
    heard = rider.says("ambulance")
    assert heard.startswith("If this is an emergency, hang up and call nine nine nine")
    assert "emergency" not in rider.happened()
    after = rider.says(said) if said else rider.waits()
    assert rider.happened() == ["emergency"]
    assert after.startswith("If this is an emergency")
    assert "Where" in after


@pytest.mark.parametrize("ends", ["1", "0", "9", "5", "999", "hangs up"])
def test_each_key_but_no_and_hanging_up_raise_the_alarm_too(rider: Caller, ends: str) -> None:
    rider.says("ambulance")
    rider.hangs_up() if ends == "hangs up" else rider.presses(ends)
    assert rider.happened().count("emergency") == 1


@pytest.mark.parametrize("no", ["no", "2"])
def test_a_word_that_was_taken_for_a_cry_alarms_nobody(rider: Caller, no: str) -> None:
    rider.says("ambulance")
    rider.presses("*")
    after = rider.presses(no) if no.isdigit() else rider.says(no)
    assert rider.happened() == []
    assert "Where" in after
    rider.hangs_up()
    assert "emergency" not in rider.happened()


@pytest.mark.parametrize("text", ["help", "HIGH STREET", "person", "my lifts"])
def test_a_text_that_comes_meanwhile_is_no_answer_to_an_emergency(rider: Caller, text: str) -> None:
    rider.says("ambulance")
    rider.texts(text)
    happened = rider.happened()
    rider.hangs_up()
    assert [*happened, *rider.happened()].count("emergency") == 1


def test_who_stops_us_by_text_amid_a_cry_for_help_is_in_an_emergency(rider: Caller) -> None:
    rider.says("ambulance")
    rider.texts("STOP")
    assert {"emergency", "resident.stopped"} <= set(rider.happened())


@pytest.mark.parametrize("person", ["0", "person"])
def test_whoever_wants_a_person_when_asked_about_an_emergency_gets_the_alarm_and_a_person(
    rider: Caller, person: str
) -> None:
    rider.says("ambulance")
    rider.presses(person) if person.isdigit() else rider.says(person)
    assert {"emergency", "person.wanted"} <= set(rider.happened())
    assert rider.expects().record


def test_after_no_emergency_the_language_is_still_asked_for() -> None:
    caller = Caller(LIBRARY)
    asked = caller.rings()
    caller.says("ambulance")
    assert "yes" in caller.expects().phrases
    assert caller.says("no") in asked
    assert "For Help" in caller.presses("1")


def test_after_no_emergency_a_stop_is_still_asked_about(rider: Caller) -> None:
    asked = rider.says("stop")
    rider.says("ambulance")
    assert rider.says("no") == asked
    rider.says("yes")
    assert "resident.stopped" in rider.happened()


def test_after_no_emergency_nothing_else_is_wanted_either(rider: Caller) -> None:
    rider.says("back")
    rider.says("my lifts")
    rider.says("ambulance")
    assert "Is there anything else?" in rider.says("no")
    assert "Goodbye" in rider.says("no")


def test_the_places_on_offer_are_still_on_offer_after_no_emergency(rider: Caller) -> None:
    rider.says("mumble")
    rider.says("mumble")
    assert rider.conversation is not None
    offered = rider.conversation.call.offered
    assert offered
    rider.says("ambulance")
    assert rider.conversation.call.offered == offered
    rider.says("no")
    assert rider.conversation.call.offered == offered


def test_a_cry_in_words_of_ones_own_is_believed_at_once(rider: Caller) -> None:
    rider.says("menu")
    rider.says("help")
    rider.says("my husband has collapsed in the kitchen")
    assert "emergency" in rider.happened()


def test_noise_is_no_answer(ann: Caller) -> None:
    ann.says("ride")
    assert ann.says().startswith("Sorry, I did not hear you well.")


def test_two_answers_not_understood_bring_the_keys_and_three_a_person(ann: Caller) -> None:
    ann.says("ride")
    assert "say it like" in ann.says("mumble").lower()
    assert "as four digits" in ann.says("mumble")
    assert "Somebody from Ashby will get back to you." in ann.says("mumble")
    assert "person.wanted" in ann.happened()
    assert ann.expects().record
    assert "your message is kept" in ann.says("the minibus did not come")
    assert "person.message" in ann.happened()
    assert ann.presses("9") == "Which day?"


def test_nothing_at_once_after_a_person_was_asked_for_is_goodbye(ann: Caller) -> None:
    ann.says("person")
    assert "Goodbye" in ann.waits()
    assert ann.conversation is not None
    assert ann.conversation.status == "person"


@pytest.mark.parametrize("goodbye", ["no", "bye", "that's all"])
def test_who_has_no_message_for_a_person_says_goodbye(ann: Caller, goodbye: str) -> None:
    ann.says("person")
    assert "Goodbye" in ann.says(goodbye)
    assert "person.message" not in ann.happened()


def test_slower_is_remembered_and_says_it_again(ann: Caller) -> None:
    ann.says("ride")
    assert ann.says("slower") == AGAIN
    assert ann.happened() == ["speech.slower"]


@pytest.mark.parametrize("again", ["repeat", "pardon", "say that again"])
def test_the_last_words_are_said_again(ann: Caller, again: str) -> None:
    ann.says("ride")
    assert ann.says(again) == AGAIN
    assert ann.presses("*") == AGAIN


def test_what_was_asked_is_still_asked_after_it_was_said_again(ann: Caller) -> None:
    ann.says("ride")
    ann.says("stop")
    ann.presses("*")
    ann.says("yes")
    assert "resident.stopped" in ann.happened()


def test_keys_work_at_any_moment(ann: Caller) -> None:
    ann.presses("2")
    ann.presses("0303")
    assert ann.presses("9") == "Which day?"
    ann.presses("0")
    assert "person.wanted" in ann.happened()


def test_a_digit_that_answers_wins_over_what_it_does_elsewhere(ann: Caller) -> None:
    ann.presses("2")
    assert "How many seats on Monday the ninth of March?" in ann.presses("9")
    assert ann.presses("8").startswith("eight seats")


def test_a_whole_lift_is_asked_for_by_keys_alone(rider: Caller) -> None:
    rider.around = replace(rider.around, hears=False)
    rider.rings()
    rider.says("menu")
    heard = rider.presses("2")
    assert "For Health Centre, press one. For Station, press two." in heard
    assert rider.presses("2").startswith("Where do you want to go?")
    assert rider.presses("432584").startswith("Which day do you want to go?")  # health
    assert "four digits" in " ".join(sentence.text for sentence in rider.sentences)
    assert rider.presses("0403").startswith("What time")
    assert "press one" in rider.presses("1430")


def test_midnight_is_not_asked_for_by_the_key_for_a_person(rider: Caller) -> None:
    for keys in ("", "1", "", "2", "0403"):
        rider.presses(keys)
    rider.presses("0")
    assert "person.wanted" in rider.happened()


def test_places_are_read_out_page_by_page(rider: Caller) -> None:
    assert rider.presses("").startswith("These are the places. For Health Centre, press one.")


def test_a_pin_is_taken_by_keys_alone(rider: Caller) -> None:
    rider.conversation = Conversation("vote", 1, "pin", "en")
    heard = rider.says("four seven one one")
    assert heard.startswith("Please press your PIN on the keys, and do not say it aloud.")
    assert "seven" not in heard
    assert rider.expects().keys_only
    assert rider.expects().secret


@pytest.mark.parametrize("key", [True, False])
def test_back_at_the_first_question_of_a_flow_leads_to_the_menu(rider: Caller, key: bool) -> None:
    heard = rider.presses("9") if key else rider.says("back")
    assert "What would you like?" in heard
    assert rider.happened()[0] == "conversation.ended"


def test_back_behind_what_was_answered_leads_no_further_than_the_question_before(ann: Caller) -> None:
    ann.says("ride")
    ann.says("tomorrow")
    assert "Which day" in ann.presses("9")
