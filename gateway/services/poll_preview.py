"""What members will read and hear of a poll, shown before it opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from flows import render
from flows.conversation import Prompt
from flows.gsm7 import parts
from flows.library import Library
from flows.spoken import spoken
from flows.value import Json, Value, text
from gateway.counting.tallied import OBJECT
from gateway.services.polls import facts, said
from gateway.services.secrecy import FLOW
from gateway.store.polls import Poll

_STEPS = {
    "plurality": "choose",
    "ranked": "rank",
    "approval": "approve",
    "score": "score_intro",
    "consent": "consent",
}
EXAMPLE_SCORE = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """One thing that is said: `step` of the flow, as texts (`cost` parts together) and as words on a call."""

    step: str
    language: str
    texts: tuple[str, ...]
    cost: int
    heard: str


def preview(library: Library, poll: Poll, zone: tzinfo) -> list[Preview]:
    """Give what is said of a poll in every language, in the order in which members meet it."""
    found = []
    for language in library.languages:
        for prompt in _prompts(poll, language):
            texts = render.render(library, [prompt], language, zone)
            heard = " ".join(sentence.text for sentence in spoken(library, [prompt], language, zone))
            cost = sum(parts(words) for words in texts)
            found.append(Preview(prompt.key, language, tuple(texts), cost, heard))
    return found


def _prompts(poll: Poll, language: str) -> Iterator[Prompt]:
    told = facts(poll, language)
    labels = tuple(said(option.labels, language) for option in poll.options)
    secret = "_secret" if poll.secret else ""
    if poll.announce:
        yield Prompt(FLOW, "opened_secret" if poll.secret else "opened_named", values=told)
    step = _STEPS[poll.method]
    if poll.method == "score":
        listed = {"option": text(labels[0]), "listed": text(", ".join(labels))}
        yield Prompt(FLOW, step + secret, values=told)
        yield Prompt(FLOW, "score", "question", listed)
    else:
        yield Prompt(FLOW, step + secret, "question", told, labels)
    yield Prompt(FLOW, "confirm" + secret, "question", {"choice": _example(poll, language)})
    if poll.method == "consent":
        objecting = said(next(o.labels for o in poll.options if o.key == OBJECT), language)
        yield Prompt(FLOW, "reason", "question")
        yield Prompt(FLOW, "confirm_objection", "question", {"choice": text(objecting)})
        yield Prompt(FLOW, "objected", values=told)
    yield Prompt(FLOW, "final" if poll.secret else "recorded", values=told)


def _example(poll: Poll, language: str) -> Value:
    pairs: list[Json] = [[option.key, said(option.labels, language)] for option in poll.options]
    if poll.method == "score":
        return text(", ".join(f"{said(o.labels, language)} {EXAMPLE_SCORE}" for o in poll.options))
    if poll.method in {"ranked", "approval"}:
        return Value("ranking", pairs[:2])
    return Value("choice", pairs[0])
