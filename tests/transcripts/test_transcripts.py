"""Every transcript in the library happens as it is written, on the sample community and a real store.

The conversation is saved and loaded between all lines: nothing of it is kept but in the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.library import BUILT_IN
from flows.transcript import Clock, Deed, Event, From, Hears, Line, Says, matches, read_transcript
from gateway.ring_up import ANNOUNCEMENT
from tests.transcripts.deeds import do
from tests.village import MONDAY, Village, ashby

LONDON = ZoneInfo("Europe/London")
RESIDENT = "+447700900123"
TRANSCRIPTS = sorted(BUILT_IN.glob("*/transcripts/*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
async def test_it_happens_as_written(path: Path, tmp_path: Path) -> None:
    lines = read(path)
    async with ashby(tmp_path, now=_beginning(lines)) as village:
        await play(village, path, lines)


def test_there_are_enough_transcripts_to_trust_the_flows() -> None:
    assert len(TRANSCRIPTS) >= 40
    told = {path.parent.parent.name for path in TRANSCRIPTS}
    flows = {path.parent.name for path in BUILT_IN.glob("*/flow.yaml")}
    flows -= {ANNOUNCEMENT}  # which is for calls alone: tests/calls/test_made.py
    assert flows <= told, f"no transcript tells of {sorted(flows - told)}"


def test_a_transcript_that_expects_something_else_fails() -> None:
    assert not matches("Where … you up?", "Where shall we drop you off?")
    assert matches("Where … you up?", "Where shall we pick you up?")


async def play(village: Village, path: Path, lines: list[Line]) -> None:
    number = RESIDENT
    heard: dict[str, list[str]] = defaultdict(list)
    events: set[str] = set()
    for kind, group in _grouped(lines):
        first = group[0]
        if isinstance(first, From):
            number = first.number
        elif isinstance(first, Says):
            heard[number].clear()
            heard[number] += await village.text(number, first.body)
            for other, words in village.to_others:
                heard[other].append(words)
            events = {event for event, _ in await village.events()}
        elif isinstance(first, Clock | Deed):
            await (village.move_to(_local(first)) if isinstance(first, Clock) else do(village, first.words))
            for other, words in await village.sent():
                heard[other].append(words)
            events = {event for event, _ in await village.events()}
        elif kind is Hears:
            expected = "\n".join(line.words for line in group if isinstance(line, Hears) and line.words)
            actual = "\n".join(heard.pop(number, []))
            place = f"{path.parent.parent.name}/{path.name}:{first.line}"
            assert matches(_dense(expected), _dense(actual)), (
                f"{place}\nexpected: {expected}\n   heard: {actual}"
            )
        else:
            wanted = {line.type for line in group if isinstance(line, Event)}
            assert wanted <= events, f"{path.name}:{first.line}: {wanted - events} did not happen in {events}"


def read(path: Path) -> list[Line]:
    return read_transcript(str(path), path.read_text(encoding="utf-8"))


def _grouped(lines: list[Line]) -> Iterator[tuple[type[Line], list[Line]]]:
    """Give runs of what is heard or has happened together, everything else by itself."""
    for kind, run in groupby(lines, type):
        if kind in {Hears, Event}:
            yield kind, list(run)
        else:
            for line in run:
                yield kind, [line]


def _beginning(lines: list[Line]) -> datetime:
    first = next((line for line in lines if isinstance(line, Clock | Says)), None)
    return _local(first) if isinstance(first, Clock) else MONDAY


def _local(clock: Clock) -> datetime:
    return clock.at.replace(tzinfo=LONDON)


def _dense(words: str) -> str:
    return "\n".join(line for line in words.splitlines() if line.strip())
