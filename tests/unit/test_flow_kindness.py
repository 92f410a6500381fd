"""Nothing a resident has typed is lost, and nobody is left with a menu who needed something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pytest

from flows.conversation import Happened, Outcome, Prompt
from flows.library import Library, load_library
from flows.value import Value
from tests.unit.flow_making import NOW, Resident, give_first, setting

Acts: TypeAlias = list[tuple[str, dict[str, Value]]]
"""What services were asked to do, with the answers they were given."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture
def acts() -> Acts:
    return []


@pytest.fixture
def ann(library: Library, acts: Acts) -> Resident:
    def act(name: str, answers: Mapping[str, Value], language: str) -> Outcome:
        acts.append((name, dict(answers)))
        return give_first(name, answers, language)

    return Resident(library, setting(act))


def words_kept(acts: Acts) -> list[str]:
    """Give the words each request was opened with."""
    return [str(answers["what"].data) for name, answers in acts if name == "help.open"]


def test_words_after_a_keyword_win_over_the_menus_choice(ann: Resident, acts: Acts) -> None:
    ann.texts("hello")
    ann.texts("HELP fetch my newspaper")
    assert words_kept(acts) == ["fetch my newspaper"]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("Could you help me fetch my insulin", "fetch my insulin"),
        ("hi love, can someone get my shopping", "get my shopping"),
        ("I wonder if somebody could help me change a bulb?", None),
        ("형광등 갈아 주실 분 도와주세요", None),
    ],
)
def test_a_sentence_that_asks_for_help_is_the_request(
    ann: Resident, acts: Acts, body: str, kept: str | None
) -> None:
    ann.texts(body)
    assert words_kept(acts) == [kept or body]


def test_please_alone_is_no_request(ann: Resident, acts: Acts) -> None:
    assert ann.texts("can you help me please").startswith("What do you need help with?")
    assert words_kept(acts) == []


def test_a_sentence_nobody_understands_is_kept_for_what_is_chosen(ann: Resident, acts: Acts) -> None:
    ann.texts("my boiler has packed in")
    assert ann.said() == ["unsure", "wish"]
    assert "text.unknown" in ann.happened()
    ann.texts("and it is freezing")
    ann.texts("1")
    assert words_kept(acts) == ["my boiler has packed in\nand it is freezing"]


def test_a_keyword_inside_a_question_comes_back_to_the_question(ann: Resident) -> None:
    ann.texts("lift")
    ann.texts("station")
    reply = ann.texts("MY LIFTS")
    assert reply.endswith("Where do you want to go?")
    assert "conversation.ended" in ann.happened()  # that of the flow looked into
    assert ann.conversation is not None
    assert (ann.conversation.flow, ann.conversation.step) == ("lift", "dropoff")


def test_a_flow_that_asks_something_leaves_the_one_before_it(ann: Resident, acts: Acts) -> None:
    ann.texts("lift")
    ann.texts("station")
    ann.texts("HELP milk as well")
    assert words_kept(acts) == ["milk as well"]
    ended = [effect.data for effect in ann.effects if isinstance(effect, Happened) and "ended" in effect.type]
    assert ended == [{"flow": "lift", "status": "left"}]


def test_a_greeting_before_an_answer_leaves_nothing(ann: Resident) -> None:
    ann.texts("lift")
    ann.texts("hello it is bananas")
    assert ann.conversation is not None
    assert ann.conversation.step == "pickup"


@pytest.mark.parametrize("body", ["my husband has collapsed", "HELP he has collapsed on the stairs"])
def test_an_emergency_outside_a_conversation_keeps_its_words(ann: Resident, acts: Acts, body: str) -> None:
    assert ann.texts(body).startswith("If this is an emergency, call 999 or 112 now.")
    assert words_kept(acts) == [body.removeprefix("HELP ")]
    assert "emergency" in dict(acts)["help.open"]


def test_an_emergency_answers_a_question_for_ones_own_words(ann: Resident, acts: Acts) -> None:
    ann.texts("help")
    ann.texts("she had a fall in the bath")
    assert words_kept(acts) == ["she had a fall in the bath"]
    assert "emergency" in dict(acts)["help.open"]


@pytest.mark.parametrize("cry", ["999", "SOS", "🆘"])
def test_a_bare_cry_opens_nothing(ann: Resident, acts: Acts, cry: str) -> None:
    assert ann.texts(cry).startswith("If this is an emergency")
    assert acts == []


def test_whoever_texts_only_help_gets_a_person(ann: Resident) -> None:
    for _ in range(3):
        ann.texts("help")
        assert "person.wanted" not in ann.happened()
    ann.texts("help")
    assert "person.wanted" in ann.happened()


@pytest.mark.parametrize("body", ["never mind", "oh forget it", "Cancel!", "sorry wrong number"])
def test_a_question_can_be_left(ann: Resident, body: str) -> None:
    ann.texts("lift")
    ann.texts("station")
    ann.texts(body)
    assert ann.said() == ["left"]
    assert ann.conversation is not None
    assert ann.conversation.status == "left"


def test_cancel_outside_a_question_cancels_a_lift(ann: Resident) -> None:
    ann.texts("cancel")
    assert ann.conversation is not None
    assert ann.conversation.flow == "cancel_lift"


def test_forget_it_is_for_the_person_who_answers(ann: Resident) -> None:
    ann.texts("person")
    assert ann.texts("never mind") == ""
    assert ann.happened() == ["person.message"]


@pytest.mark.parametrize(
    "body", ["thanks", "Thank you so much, you are an angel!", "ta love", "👍", "gracias"]
)
def test_thanks_are_welcome_and_bring_no_menu(ann: Resident, body: str) -> None:
    ann.texts(body)
    assert ann.said() == ["welcome"]


def test_thanks_leave_the_question_where_it_was(ann: Resident) -> None:
    ann.texts("help my tap drips")
    ann.texts("ok thank you")
    assert ann.said() == ["welcome"]
    ann.texts("2")
    assert ann.said()[-1] == "category"


@pytest.mark.parametrize(
    "body",
    ["thanks, I need a lift tomorrow", "gracias, necesito un viaje al hospital"],
)
def test_thanks_before_something_else_do_not_hide_it(ann: Resident, body: str) -> None:
    ann.texts(body)
    assert ann.conversation is not None
    assert ann.conversation.flow == "lift"


@pytest.mark.parametrize(
    "body",
    [
        "your driver never turned up!!",
        "can I speak to a real person about my bins",
        "llevo esperando una hora",
    ],
)
def test_whoever_complains_gets_a_person(ann: Resident, body: str) -> None:
    ann.texts(body)
    assert "person.wanted" in ann.happened()


@pytest.mark.parametrize("body", ["for a person in a wheelchair", "somebody said you do lifts"])
def test_a_person_who_is_merely_mentioned_is_not_called(ann: Resident, body: str) -> None:
    ann.texts(body)
    assert "person.wanted" not in ann.happened()


@pytest.mark.parametrize("body", ["please stop sending me these", "can you lot stop texting me"])
def test_stop_inside_a_sentence_says_how_to_stop_and_stops_nobody(ann: Resident, body: str) -> None:
    ann.texts(body)
    assert ann.said() == ["stop_how"]
    assert "resident.stopped" not in ann.happened()


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("me siento muy sola desde que murió mi marido", "es"),
        ("너무 외로워요 말할 사람이 없어요", "ko"),
        ("i am so lonely since my jack died", "en"),
        ("xyz abc", "en"),
    ],
)
def test_an_unknown_resident_is_answered_in_the_language_that_was_written(
    ann: Resident, body: str, language: str
) -> None:
    ann.texts(body)
    assert ann.conversation is not None
    assert ann.conversation.language == language


def test_a_korean_yes_is_no_four(ann: Resident) -> None:
    ann.texts("안녕하세요")
    ann.texts("네")
    assert ann.conversation is not None
    assert ann.conversation.flow == "menu"


@pytest.mark.parametrize("word", ["BACK", "help", "MENU", "PERSON", "more"])
def test_a_borrowed_word_changes_no_language_that_is_known(library: Library, word: str) -> None:
    ana = Resident(library, setting(language="es", known=True))
    ana.texts("VIAJE")
    ana.texts(word)
    assert ana.conversation is not None
    assert ana.conversation.language == "es"


def test_help_outside_a_conversation_is_a_keyword_and_begins_in_its_language(library: Library) -> None:
    ana = Resident(library, setting(language="es", known=True))
    ana.texts("HELP")
    assert ana.conversation is not None
    assert ana.conversation.language == "en"


def test_one_text_may_answer_several_questions(ann: Resident) -> None:
    ann.texts("Lift from the station to the surgery tomorrow at half two")
    assert ann.conversation is not None
    assert {"pickup", "dropoff", "day", "time"} <= set(ann.conversation.answers)
    assert "station" not in ann.conversation.argument


def test_what_an_unclear_answer_says_besides_is_not_asked_again(ann: Resident) -> None:
    ann.texts("lift")
    ann.texts("Buckingham Palace on friday")
    assert ann.said() == ["unclear.place", "pickup"]
    ann.texts("station")
    ann.texts("surgery")
    assert ann.said() == ["time"]


def test_what_is_asked_next_may_be_named_with_a_choice(library: Library) -> None:
    def act(name: str, answers: Mapping[str, Value], language: str) -> Outcome:
        return Outcome("asks_day") if name == "help.describe" else give_first(name, answers, language)

    ann = Resident(library, setting(act))
    ann.texts("help mend my gate")
    assert ann.texts("on saturday please").startswith("What time of day?")
    assert ann.conversation is not None
    assert ann.conversation.answers["day"] == Value("date", "2026-03-07")
    assert NOW.weekday() == 0


def test_a_sentence_a_question_does_not_understand_is_added_to_the_request(ann: Resident, acts: Acts) -> None:
    ann.texts("help get my tablets")
    ann.texts("and some bread please love")
    assert dict(acts)["help.add_words"]["words"] == Value("free_text", "and some bread please love")
    assert "conversation.unclear" in ann.happened()
    assert [effect.key for effect in ann.effects if isinstance(effect, Prompt)] == ["added", "urgency"]
