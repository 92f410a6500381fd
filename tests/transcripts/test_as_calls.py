"""Every transcript comes to the same on a call: the same questions, the same events, the same ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.conversation import Called, Conversation, Happened, Heard, HungUp, Turn
from flows.library import BUILT_IN
from flows.transcript import WILDCARD, Clock, Deed, From, Line, Says, as_call, only_texts, read_transcript
from flows.value import Json
from tests.transcripts.deeds import do
from tests.village import LIBRARY, MONDAY, Village, ashby

LONDON = ZoneInfo("Europe/London")
RESIDENT = "+447700900123"
TRANSCRIPTS = sorted(
    path for path in BUILT_IN.glob("*/transcripts/*.txt") if not only_texts(path.read_text(encoding="utf-8"))
)
OF_THE_MEDIUM = ("conversation.", "call.", "language.", "text.", "stopped.", "message.", "person.message")
"""What happens differently, or only, on a call."""


@dataclass
class Outcome:
    """What a transcript came to: the question after each line, what happened, and how flows ended."""

    questions: list[tuple[int, str]] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: list[str] = field(default_factory=list)

    def sees(
        self, line: int, conversation: Conversation | None, events: list[tuple[str, dict[str, Json]]]
    ) -> None:
        """Note where a line has led to; the menu is where a call always comes back to."""
        at = conversation if conversation and conversation.status in ("active", "person") else None
        place = f"{at.flow}.{at.step} {at.status}" if at and at.flow != "menu" else ""
        self.questions.append((line, place))
        self.languages.append(conversation.language if conversation else "")
        for kind, data in events:
            if kind == "conversation.ended" and data["flow"] != "menu":
                self.ends[str(data["flow"]), str(data["status"])] += 1
            elif not kind.startswith(OF_THE_MEDIUM):
                self.events[kind] += 1


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
async def test_it_comes_to_the_same_on_a_call(path: Path, tmp_path: Path) -> None:
    lines = _read(path)
    for folder in ("texts", "calls"):
        (tmp_path / folder).mkdir()
    async with ashby(tmp_path / "texts", now=_beginning(lines)) as village:
        texted = await _text(village, lines)
    async with ashby(tmp_path / "calls", now=_beginning(lines)) as village:
        called = await _call(village, lines, texted.languages)
    assert called.questions == texted.questions
    assert called.events == texted.events
    assert called.ends == texted.ends


def test_most_transcripts_happen_as_calls() -> None:
    assert len(TRANSCRIPTS) >= 80


async def _text(village: Village, lines: list[Line]) -> Outcome:
    outcome = Outcome()
    number = RESIDENT
    for line in lines:
        if isinstance(line, From):
            number = line.number
        elif isinstance(line, Clock):
            await village.move_to(_local(line))
            outcome.sees(line.line, await village.stands(number), await village.events())
        elif isinstance(line, Deed):
            await do(village, line.words)
            await village.sent()
            outcome.sees(line.line, await village.stands(number), await village.events())
        elif isinstance(line, Says):
            await village.text(number, line.body)
            outcome.sees(line.line, await village.stands(number), await village.events())
    return outcome


async def _call(village: Village, lines: list[Line], languages: list[str]) -> Outcome:
    outcome = Outcome()
    number, on_call = RESIDENT, False
    for line in lines:
        if isinstance(line, From | Clock | Deed) and on_call:
            await village.call(number, HungUp())
            on_call = False
        if isinstance(line, From):
            number = line.number
        elif isinstance(line, Clock):
            await village.move_to(_local(line))
            outcome.sees(line.line, await village.stands(number), await village.events())
        elif isinstance(line, Deed):
            await do(village, line.words)
            await village.sent()
            outcome.sees(line.line, await village.stands(number), await village.events())
        elif isinstance(line, Says):
            if not on_call:
                await _ring(village, number, languages[len(outcome.questions)])
                on_call = True
            turn = await _say(village, number, line.body)
            outcome.sees(line.line, await village.stands(number), await village.events())
            on_call = not any(isinstance(e, Happened) and e.type == "call.goodbye" for e in turn.effects)
    return outcome


async def _ring(village: Village, number: str, language: str) -> None:
    """Ring, and choose the language that the texts had, if the call asks for it."""
    turn = await village.call(number, Called())
    if turn.conversation and turn.conversation.call.asking == "language":
        name = LIBRARY.common[language or "en"].languages[language or "en"][0]
        await village.call(number, Heard((name,)))


async def _say(village: Village, number: str, body: str) -> Turn:
    """Say a line, and yes to whether it was heard right."""
    body = body.replace(WILDCARD, village.codes.get(number, WILDCARD))
    turn = await village.call(number, as_call(body))
    while (now := turn.conversation) and (now.call.check or now.call.cry or now.call.asking == "stop"):
        turn = await village.call(number, Heard((_yes(now.language),)))
    return turn


def _yes(language: str) -> str:
    return {"en": "yes", "es": "sí", "ko": "네"}[language]


def _read(path: Path) -> list[Line]:
    return read_transcript(str(path), path.read_text(encoding="utf-8"))


def _beginning(lines: list[Line]) -> datetime:
    first = next((line for line in lines if isinstance(line, Clock | Says)), None)
    return _local(first) if isinstance(first, Clock) else MONDAY


def _local(clock: Clock) -> datetime:
    return clock.at.replace(tzinfo=LONDON)
