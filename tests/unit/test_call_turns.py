"""A call is the same conversation with other ears: begun, answered, gone on with, and ended kindly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.conversation import RECORDED, Conversation, Started
from flows.value import Value
from tests.unit.call_making import AGAIN, Caller
from tests.unit.flow_making import make_library, setting
from tests.village import LIBRARY


@pytest.fixture
def ann(tmp_path: Path) -> Caller:
    return Caller(make_library(tmp_path))


@pytest.fixture
def anyone() -> Caller:
    return Caller(LIBRARY, replace(setting(), language_known=True))


def test_a_call_begins_with_who_we_are_and_what_can_be_said_or_pressed(ann: Caller) -> None:
    heard = ann.rings()
    assert heard.startswith("Hello, this is Ashby. What would you like?")
    assert "For Ask for help, say Ask for help, or press one. For Book a ride, press two." in heard


def test_a_ring_back_says_so(ann: Caller) -> None:
    assert ann.rings("call.ring_back").startswith("Hello, this is Ashby, ringing you back.")


def test_what_is_said_is_read_back_with_the_next_question(ann: Caller) -> None:
    ann.rings()
    assert ann.says("book a ride") == "Which day?"
    heard = ann.says("tomorrow")
    assert heard == "How many seats on Tuesday the third of March?"  # the question tells the day itself
    assert ann.says("two").startswith("two seats on Tuesday the third of March?")


def test_what_the_next_question_does_not_tell_is_said_before_it(anyone: Caller) -> None:
    anyone.rings()
    anyone.says("lift")
    assert anyone.says("the station") == "Station. Where do you want to go?"


def test_a_call_that_did_all_it_should_asks_for_more_and_takes_no_for_an_answer(ann: Caller) -> None:
    for words in ("ride", "tomorrow", "two", "yes"):
        ann.says(words)
    heard = ann.says("no")
    assert heard.startswith("Goodbye from Ashby. Your lift is ref. Is there anything else?")
    assert ann.says("no") == "Thank you for ringing. Goodbye."
    assert "call.goodbye" in ann.happened()


@pytest.mark.parametrize("goodbye", ["bye", "no thanks", "nothing", "that's all"])
def test_goodbye_is_said_in_many_ways(ann: Caller, goodbye: str) -> None:
    ann.says("help")
    ann.says("carry my shopping")
    ann.says(goodbye)
    assert "call.goodbye" in ann.happened()


def test_a_recorded_answer_needs_no_reading_back_and_may_have_no_words(ann: Caller) -> None:
    ann.rings()
    assert ann.says("help").endswith("Please speak after the tone, and press hash when you have finished.")
    assert "Thank you, we have noted: recorded on the phone" in ann.says(RECORDED)


def test_a_call_cut_off_is_gone_on_with_by_text(ann: Caller) -> None:
    ann.says("ride")
    ann.says("tomorrow")
    assert ann.hangs_up() == ""
    assert ann.happened() == ["call.cut_off"]
    assert ann.conversation is not None
    assert ann.conversation.deadline == ann.around.now + timedelta(days=1)
    assert ann.texts("GO ON") == ["seats"]
    assert ann.texts("4") == ["confirm"]


def test_go_on_is_a_yes_where_no_call_was_cut_off(ann: Caller) -> None:
    for words in ("ride", "tomorrow", "two"):
        ann.says(words)
    ann.hangs_up()
    assert ann.texts("GO ON") == ["confirm"]
    assert ann.texts("go on") == ["again"]


def test_a_call_whose_end_nobody_saw_is_gone_on_with_too(ann: Caller) -> None:
    for words in ("ride", "tomorrow", "two"):
        ann.says(words)
    assert ann.texts("GO ON") == ["confirm"]


def test_nothing_is_said_of_a_call_that_lost_nothing(ann: Caller) -> None:
    ann.rings()
    ann.hangs_up()
    assert ann.happened() == []
    ann.rings()
    ann.says("ride")
    ann.hangs_up()
    assert ann.happened() == []


def test_ringing_again_within_a_day_offers_to_go_on(ann: Caller) -> None:
    ann.says("ride")
    ann.says("tomorrow")
    ann.hangs_up()
    ann.around = replace(ann.around, now=ann.around.now + timedelta(hours=20))
    assert "We go on where we stopped. For something else, say menu. How many seats" in ann.rings()
    assert ann.says("menu").startswith("What would you like?")


def test_a_conversation_of_the_day_before_yesterday_is_not_gone_on_with(ann: Caller) -> None:
    ann.says("ride")
    ann.says("tomorrow")
    ann.hangs_up()
    ann.around = replace(ann.around, now=ann.around.now + timedelta(hours=25))
    assert "What would you like?" in ann.rings()


def test_a_talk_by_text_goes_on_on_the_telephone(ann: Caller) -> None:
    ann.texts("ride")
    ann.texts("tomorrow")
    assert "We go on where we stopped." in ann.rings()
    assert ann.says("two").startswith("two seats")


def test_silence_is_met_with_the_same_again_then_the_keys_then_goodbye(ann: Caller) -> None:
    ann.says("ride")
    ann.says("tomorrow")
    ann.says("two")
    assert ann.waits() == AGAIN
    assert ann.waits().endswith("For yes, press one. For no, press two.")
    assert "Goodbye" in ann.waits()
    assert ann.happened() == ["call.give_up"]
    ann.hangs_up()
    assert ann.happened() == ["call.cut_off"]


def test_a_word_ends_the_count_of_silences(ann: Caller) -> None:
    ann.says("ride")
    ann.waits()
    ann.says("tomorrow")
    assert ann.waits() == AGAIN


def test_who_did_not_want_us_any_more_is_asked_before_anything_else(ann: Caller) -> None:
    ann.around = setting(stopped=True)
    assert "say start, or press one" in ann.rings()
    assert ann.says("lift") == ann.presses("2")
    ann.presses("1")
    assert "resident.started" in ann.happened()
    assert "anything else" in " ".join(sentence.text for sentence in ann.sentences)


def test_a_reminder_asks_its_question_at_once(tmp_path: Path) -> None:
    ann = Caller(make_library(tmp_path))
    assert ann.meets(Started("lift")) == "Hello, this is Ashby, with a reminder for you. Which day?"


def test_the_language_is_asked_once_each_in_its_own_words(anyone: Caller) -> None:
    anyone.around = replace(anyone.around, language_known=False)
    heard = anyone.rings()
    assert "For English, say English, or press one." in heard
    assert "Para español, diga español o pulse dos." in heard
    assert {sentence.language for sentence in anyone.sentences} == {"en", "es", "ko"}
    assert anyone.presses("2").startswith("¿Qué desea?")
    assert "language.set" in anyone.happened()


def test_who_cannot_choose_a_language_is_spoken_to_all_the_same(anyone: Caller) -> None:
    anyone.around = replace(anyone.around, language_known=False)
    anyone.rings()
    anyone.waits()
    assert anyone.waits().startswith("What would you like?")


def test_a_conversation_from_before_there_were_calls_still_loads() -> None:
    row = Conversation("menu", 1, "wish", "en").to_json()
    assert "call" not in row
    assert Conversation.from_json(row) == Conversation("menu", 1, "wish", "en")


def test_a_vote_may_be_read_back_but_not_kept(anyone: Caller) -> None:
    options = {"options": Value("options", [["pond", "Duck pond"], ["stop", "Bus stop"]])}
    anyone.conversation = Conversation("vote", 1, "choose_secret", "en", answers=options)
    anyone.says("duck pond")
    told = [sentence for sentence in anyone.sentences if "Duck pond" in sentence.text]
    assert told
    assert all(sentence.private for sentence in told)
    assert anyone.expects().secret
    assert not anyone.expects().record


@pytest.mark.parametrize("again", ["0", "person"])
def test_whoever_waits_for_a_person_may_ask_for_one_once_more(ann: Caller, again: str) -> None:
    ann.rings()
    ann.presses("0")
    assert ann.happened() == ["person.wanted"]
    heard = ann.presses(again) if again == "0" else ann.says(again)
    assert heard.startswith("Somebody from Ashby will get back to you. To add something")
    assert ann.happened() == ["person.wanted_again"], "the people on duty know, and get no second text"
