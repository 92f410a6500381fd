"""The page on votes says what is true: its pictures are the lifecycles, its words the names in the code."""

from __future__ import annotations

import re

from gateway.community_votes import PUBLISH, TIE_RULES
from gateway.counting import METHODS
from gateway.services import membership, polls
from gateway.services.ballots import ENTERED_HOW, TOP_SCORE
from gateway.services.membership import PIN_DIGITS
from gateway.services.votes import MOST_WRONG_PINS
from tests.unit.diagrams import SERVICES, diagram, diagrams_on

PAGE = (SERVICES / "votes.md").read_text(encoding="utf-8")


def test_the_pictures_are_the_lifecycles() -> None:
    assert diagrams_on("votes.md") == [diagram(polls.LIFECYCLE), diagram(membership.LIFECYCLE)]


def test_every_method_and_rule_is_told() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == ["method", *METHODS]
    for name in (*TIE_RULES, *ENTERED_HOW):
        assert f"`{name}`" in PAGE
    assert f'publish = "{PUBLISH[1]}"' in PAGE


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"0 to {TOP_SCORE}" in PAGE
    assert (MOST_WRONG_PINS, PIN_DIGITS) == (3, 4)
    assert "three times within a day" in PAGE
