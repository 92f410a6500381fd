"""The page about people says what is true."""

from __future__ import annotations

import re
from dataclasses import asdict

from flows.words import spoken
from gateway.services.announcements import KINDS
from gateway.store.holdings import KINDS as HELD
from gateway.terms import Terms
from tests.unit.diagrams import SERVICES
from tests.village import LIBRARY

PAGE = (SERVICES / "people.md").read_text(encoding="utf-8")


def test_every_term_is_told_as_it_is() -> None:
    told = re.findall(r"^\| `(\w+)` \| (\d+) \| ", PAGE, re.MULTILINE)
    assert {name: int(days) for name, days in told} == asdict(Terms())


def test_every_kind_that_can_be_stopped_alone_is_told() -> None:
    labels = LIBRARY.flow("stop_news").texts["en"].options["category"]
    told = re.findall(r"^\| ([A-Z]+) \| [a-z]", PAGE.split("## Kinds of text")[1], re.MULTILINE)
    assert told == [labels[kind].label.upper() for kind in KINDS]
    for kind in told:
        assert LIBRARY.vocabulary.commands.read(spoken(f"STOP {kind}"), "en", alone=True)


def test_what_is_told_of_my_data_has_words_in_every_language() -> None:
    for texts in LIBRARY.flow("my_data").texts.values():
        assert set(HELD) <= set(texts.options["kind"])


def test_every_word_that_is_texted_is_understood() -> None:
    known = LIBRARY.vocabulary.keywords.known
    assert {"my_data", "forget_me"} <= {known[spoken(word)]["en"] for word in ("MY DATA", "FORGET ME")}
