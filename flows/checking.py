"""The answer to "is that right?", by whatever means it comes."""

from __future__ import annotations

from dataclasses import replace

from flows.answering import answer
from flows.answers import TYPES
from flows.answers.base import Understood
from flows.walk import Walk


def settle(walk: Walk, *, yes: bool) -> None:
    """Do what waited for a yes; after a no, ask once more what was heard wrong."""
    if yes:
        walk.go_on_checked()
    else:
        walk.back()
        walk.ask_again()


def answer_check(walk: Walk, body: str, folded: str) -> None:
    """Take a text that answers what a call was about to make sure of; another answer takes its place."""
    stand = walk.stand
    question = stand.question(stand.ask, walk.setting, walk.said.language)
    parsed = TYPES["yes_no"].parse(body, question)
    if isinstance(parsed, Understood):
        settle(walk, yes=parsed.value.data == "yes")
    elif isinstance(walk.parse(body), Understood):
        heard = tuple(name for name in stand.call.heard if name != stand.ask.name)
        stand.call = replace(stand.call, check="", heard=heard)
        answer(walk, body, folded)
    else:
        walk.misunderstood(parsed, body)
