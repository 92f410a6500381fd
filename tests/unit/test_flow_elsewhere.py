"""At an open question a keyword alone leads to its flow, and any other words are the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.conversation import Called, Happened, Heard
from flows.engine import take_turn
from flows.library import Library
from flows.words import MENU, spoken
from tests.unit.flow_making import Ashby, Resident, setting
from tests.village import LIBRARY

KEYWORDS = sorted(
    (keyword, language, flow)
    for keyword, languages in LIBRARY.vocabulary.keywords.known.items()
    for language, flow in languages.items()
    if flow not in ("help", MENU) and LIBRARY.vocabulary.word(keyword) is None
)
OPEN = ("what", "thanks")
PLAIN = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=60)


class Named(Ashby):
    """A gazetteer of places that are called as keywords are."""

    def names(self, language: str) -> Mapping[str, str]:
        """Know a public house and a street by their names."""
        return {"the board": "pub", "ride": "street", "turnos": "street"}

    def label(self, key: str) -> str:
        """Name one."""
        return {"pub": "The Board", "street": "Ride"}[key]


def asked_what(library: Library = LIBRARY, language: str = "en") -> Resident:
    """Give somebody who is asked what they need."""
    resident = Resident(library, setting(language=language, known=True))
    resident.is_started("help")
    assert resident.conversation is not None
    assert resident.conversation.step == "what"
    return resident


def started(resident: Resident) -> list[str]:
    """Give the flows that began in the last turn."""
    begun = "conversation.started"
    return [
        str(one.data["flow"]) for one in resident.effects if isinstance(one, Happened) and one.type == begun
    ]


def kept(resident: Resident) -> str:
    """Give what was taken for the answer (empty: nothing was)."""
    answers = resident.conversation.answers if resident.conversation else {}
    return str(answers["what"].data) if "what" in answers else ""


@pytest.mark.parametrize(("keyword", "language", "flow"), KEYWORDS)
def test_a_keyword_alone_leads_to_its_flow(keyword: str, language: str, flow: str) -> None:
    resident = asked_what(language=language)
    resident.texts(keyword.upper())
    assert started(resident) == [flow]
    assert kept(resident) == ""
    assert resident.conversation is not None


def test_a_flow_that_ends_at_once_brings_the_question_back() -> None:
    resident = asked_what()
    assert resident.texts("MY LIFTS").partition("\n")[2].startswith("What do you need")
    assert kept(resident) == ""


def test_a_greeting_is_no_answer_and_leads_nowhere() -> None:
    resident = asked_what()
    assert resident.texts("Hello").startswith("What do you need help with?")
    assert kept(resident) == ""


@given(words=PLAIN)
@example("vote")
@example("a lift please")
@example("the vote")
@example("board games for the hall")
@example("News")
def test_any_other_words_are_taken(words: str) -> None:
    folded = spoken(words)
    vocabulary = LIBRARY.vocabulary
    keyword = vocabulary.keywords.first(words, folded, "en")
    alone = keyword is not None and not keyword.argument
    means = alone or vocabulary.word(folded) or vocabulary.emergency(folded, "en")
    if means or not any(character.isalnum() for character in words):
        return
    resident = asked_what()
    resident.texts(words)
    assert "conversation.started" not in resident.happened()
    assert " ".join(kept(resident).split()) != ""


@pytest.mark.parametrize(("keyword", "language", "flow"), KEYWORDS[::7])
def test_a_keyword_among_other_words_is_part_of_the_answer(keyword: str, language: str, flow: str) -> None:
    resident = asked_what(language=language)
    resident.texts(f"xylophone {keyword} xylophone")
    assert flow not in started(resident)
    assert kept(resident) == f"xylophone {keyword} xylophone"


@pytest.mark.parametrize("body", ["The Board", "ride", "RIDE", "Turnos"])
def test_a_place_that_is_called_like_a_keyword_is_an_answer(body: str) -> None:
    resident = asked_what()
    resident.around = replace(resident.around, places=Named())
    resident.texts(body)
    assert kept(resident) == body


def test_a_name_is_a_name_whatever_it_is_spelt_like() -> None:
    resident = Resident(LIBRARY, setting(known=True))
    resident.texts("JOIN")
    resident.texts("Board")
    assert started(resident) == []
    assert "conversation.unclear" not in resident.happened()


@pytest.mark.parametrize(
    ("heard", "flow"), [(("vote",), "vote"), (("vote", "voting"), "vote"), (("vote", "boat"), "help")]
)
def test_a_caller_is_led_elsewhere_only_where_all_that_was_heard_agrees(
    heard: tuple[str, ...], flow: str
) -> None:
    around = replace(setting(known=True), medium="call")
    conversation = None
    for what in (Called(), Heard(("help",)), Heard(heard)):
        turn = take_turn(LIBRARY, conversation, what, around)
        conversation = turn.conversation
    flows = [one.data["flow"] for one in turn.effects if isinstance(one, Happened) and "flow" in one.data]
    assert ("vote" in flows) == (flow == "vote")
    assert (conversation is not None and "what" in conversation.answers) == (flow == "help")
