"""The page about help says what is true."""

from __future__ import annotations

import re

import pytest

from flows.words import spoken
from gateway.community_help import USUAL, read_help
from gateway.services import help_asking, help_fit, help_foodbank, help_lifecycle, help_time, offers, urgent
from gateway.services.help_volunteers import ASK_AFTER
from gateway.toml_file import TomlFile
from tests.unit.diagrams import SERVICES, diagram, diagrams_on
from tests.village import LIBRARY

PAGE = (SERVICES / "help.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())


def test_the_pictures_are_the_lifecycles() -> None:
    assert diagrams_on("help.md") == [diagram(help_lifecycle.LIFECYCLE), diagram(help_foodbank.LIFECYCLE)]


def test_every_state_of_a_request_is_explained() -> None:
    told = set(re.findall(r"^\| (\w+) \| ", PAGE, re.MULTILINE))
    assert set(help_lifecycle.LIFECYCLE.states) <= told


def test_every_setting_is_named() -> None:
    settings = read_help(SERVICES, "en")
    assert settings.categories
    for name in ("category", "area", "urgency", "part"):
        assert f"`[[{name}]]`" in PAGE
        assert TomlFile(USUAL).tables(name) or name == "area"
    for name in ("offers_at_once", "erase_words_after_days"):
        assert f"`{name}`" in PAGE


@pytest.mark.parametrize(
    "said", ["YES 4F", "NO 4F", "DONE 4F", "CAN'T 4F", "PAUSE", "PAUSE 2 weeks", "GOT IT"]
)
def test_what_a_volunteer_may_text_is_understood(said: str) -> None:
    assert said in PAGE
    assert LIBRARY.vocabulary.commands.read(spoken(said), "en", alone=True) is not None


@pytest.mark.parametrize("keyword", ["HELP", "STATUS", "CHANGE HELP", "WITHDRAW", "OFFERS", "FOODBANK"])
def test_every_keyword_on_the_page_starts_something(keyword: str) -> None:
    assert keyword in PAGE
    assert spoken(keyword) in LIBRARY.vocabulary.keywords.known


def test_the_times_on_the_page_are_those_of_the_code() -> None:
    def minutes(span: object) -> int:
        return int(span.total_seconds() // 60)  # type: ignore[attr-defined]

    assert (minutes(help_asking.SETTLES_IN), "a quarter of an hour later" in WORDS) == (15, True)
    assert f"After {minutes(urgent.GAP)} minutes the next one" in WORDS
    assert f"after an hour it goes on every {minutes(urgent.LATER_GAP)} minutes" in WORDS
    assert (minutes(offers.LOOK_AGAIN), "every four hours" in WORDS) == (240, True)
    assert (minutes(offers.LOOK_AGAIN_NOW), "every half hour" in WORDS) == (30, True)
    assert (offers.RECENT.days, "in the last four weeks" in WORDS) == (28, True)
    assert (help_fit.LAST_HOUR.hour, help_fit.FIRST_HOUR.hour) == (21, 8)
    assert "between 9 pm and 8 am" in WORDS
    assert (help_time.REMIND_AT.hour, help_time.ASK_AT.hour, help_foodbank.REMIND_AT.hour) == (18, 10, 17)
    assert (minutes(ASK_AFTER), help_time.UNANSWERED.days, help_foodbank.UNMARKED.days) == (30, 3, 3)
