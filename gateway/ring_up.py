"""Ringing those who read no texts, where others get one: what is asked of them, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flows import render
from flows.conversation import Prompt
from flows.library import Library
from flows.spoken import spoken
from flows.value import Value, text
from gateway.store.calls import OutgoingCall, queue_call
from gateway.store.conversations import OPEN, latest_conversation
from gateway.store.database import Tx

ANNOUNCEMENT = "announcement"
"""The flow that says something and asks whether it was heard."""


def ask_by_call(tx: Tx, resident_id: int, flow: str, answers: Mapping[str, Value], now: datetime) -> None:
    """Have a resident rung and asked what `flow` asks, beginning with `answers`."""
    given = {name: value.to_json() for name, value in answers.items()}
    queue_call(tx, resident_id, "reminder", now, flow=flow, answers=given)


def words_for_call(library: Library, prompts: Sequence[Prompt], language: str, zone: ZoneInfo) -> str:
    """Give what the prompts say in the words that a call says it in."""
    return " ".join(sentence.text for sentence in spoken(library, prompts, language, zone))


def tell_by_call(tx: Tx, resident_id: int, words: str, now: datetime) -> None:
    """Have a resident rung and told something, until they say that they heard it."""
    given = {"words": text(words).to_json()}
    queue_call(tx, resident_id, "announcement", now, flow=ANNOUNCEMENT, answers=given)


def is_unanswered(tx: Tx, outgoing: OutgoingCall) -> bool:
    """Tell whether the question of a call that is over still waits for its answer."""
    kept = latest_conversation(tx, outgoing.resident_id)
    return kept is not None and kept.conversation.flow == outgoing.flow and kept.conversation.status in OPEN


def words_of(library: Library, outgoing: OutgoingCall, language: str, zone: ZoneInfo) -> str:
    """Give what a call would have said, as a text."""
    answers = {name: Value.from_json(value) for name, value in outgoing.answers.items()}  # type: ignore[arg-type]
    if outgoing.flow == ANNOUNCEMENT:
        return str(answers["words"].data)
    prompt = Prompt(outgoing.flow, library.flow(outgoing.flow).start, values=answers)
    return " ".join(render.render(library, [prompt], language, zone))
