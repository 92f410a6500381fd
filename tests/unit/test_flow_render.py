"""From prompts to texts: joined, filled in, numbered, and paged so that nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.conversation import Conversation, Happened, Page, Prompt, Turn
from flows.gsm7 import parts
from flows.library import Library, load_library
from flows.render import PARTS_MAX, render, respond
from flows.value import Value, text
from tests.unit.flow_making import HELP_TEXTS, LONDON, Resident, make_library

HINT = "\nText MORE for more"
ENDED = Conversation("help", 1, "thanks", "en", status="completed")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_library(tmp_path_factory.mktemp("library"))


def thanks(words: str) -> Prompt:
    return Prompt("help", "thanks", values={"what": text(words)}, version=1)


def turn(*effects: Prompt | Page | Happened, conversation: Conversation | None = ENDED) -> Turn:
    return Turn(conversation, effects, "en")


def test_prompts_of_a_turn_are_joined_into_one_text(library: Library) -> None:
    reply = respond(library, turn(Prompt("common", "nothing_more"), thanks("tap")), LONDON)
    assert reply.texts == ("There is no more to show.\nThank you, we have noted: tap",)


def test_braces_in_a_value_stay_as_they_are(library: Library) -> None:
    for words in ("{what}", "{0.__class__}", "{", "{{community}}", "%s {what:>9}"):
        assert render(library, [thanks(words)], "en", LONDON) == [f"Thank you, we have noted: {words}"]


def test_options_are_numbered_one_a_line(library: Library) -> None:
    prompt = Prompt("menu", "wish", "question", options=("Help", "Lift"), version=1)
    assert render(library, [prompt], "en", LONDON) == ["What would you like?\n1 Help\n2 Lift"]


def test_the_weightiest_prompt_decides_the_kind(library: Library) -> None:
    question, done = (
        Prompt("help", "what", "question", version=1),
        replace(thanks("tap"), kind="confirmation"),
    )
    assert respond(library, turn(thanks("tap")), LONDON).kind == "statement"
    assert respond(library, turn(thanks("tap"), question), LONDON).kind == "question"
    assert respond(library, turn(question, done), LONDON).kind == "confirmation"


def test_nothing_said_is_no_text(library: Library) -> None:
    assert respond(library, turn(Happened("person.message")), LONDON).texts == ()


def test_a_list_that_is_too_long_goes_on_with_more(library: Library, tmp_path: Path) -> None:
    lines = Value("list", [f"{n}. a lift to the health centre at {n} o'clock" for n in range(1, 25)])
    prompt = Prompt("help", "thanks", values={"what": lines}, version=1)
    reply = respond(library, turn(prompt), LONDON)
    assert reply.conversation is not None
    ann = Resident(library, conversation=reply.conversation)
    pages = [reply.texts[0]]
    while pages[-1].endswith(HINT):
        pages.append(ann.texts("More"))
    assert len(pages) > 2
    assert all(parts(page) <= PARTS_MAX for page in pages)
    heard = "\n".join(page.removesuffix(HINT) for page in pages).split("\n")
    assert heard[0].startswith("Thank you")
    assert heard[1:] == [f"{n}. a lift to the health centre at {n} o'clock" for n in range(2, 25)]
    assert "no more" in ann.texts("MORE")


def test_whatever_is_said_next_ends_the_pages(library: Library) -> None:
    ann = Resident(library, conversation=replace(ENDED, more=("page two",)))
    ann.texts("lift")
    assert ann.conversation is not None
    assert ann.conversation.more == ()


def test_pages_wait_while_a_person_answers(library: Library) -> None:
    waiting = replace(ENDED, step="what", status="person", more=("page two",))
    ann = Resident(library, conversation=waiting)
    assert ann.texts("I am listening") == ""
    assert ann.texts("more") == "page two"


def test_without_a_conversation_all_pages_are_sent(library: Library) -> None:
    reply = respond(library, turn(thanks("word " * 200), conversation=None), LONDON)
    assert len(reply.texts) > 1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=900), st.booleans())
def test_pages_lose_nothing_and_keep_within_two_parts(library: Library, words: str, cheap: bool) -> None:
    words = " ".join(words.split())
    prompt = thanks(words)
    whole = render(library, [prompt], "en", LONDON, cheap=cheap)
    assert all(parts(page) <= PARTS_MAX for page in whole)
    if not cheap:
        heard = "".join(page.removesuffix(HINT) for page in whole)
        assert "".join(heard.split()) == "".join(f"Thank you, we have noted: {words}".split())


def test_costly_characters_are_replaced_only_when_asked_for(tmp_path: Path) -> None:
    library = make_library(
        tmp_path, {"help/texts/en.toml": HELP_TEXTS.replace("Thank you,", "“Thank you” —")}
    )
    assert render(library, [thanks("x")], "en", LONDON) == ["“Thank you” — we have noted: x"]
    assert render(library, [thanks("x")], "en", LONDON, cheap=True) == ['"Thank you" - we have noted: x']


def test_dates_and_times_are_said_in_the_language_and_the_local_time() -> None:
    library = load_library()
    prompt = Prompt(
        "common",
        "duty_message",
        values={"who": text("Ann"), "words": Value("datetime", "2026-07-01T13:30:00+00:00")},
    )
    english, spanish = (render(library, [prompt], language, LONDON)[0] for language in ("en", "es"))
    assert "2.30 pm" in english
    assert "julio" in spanish
