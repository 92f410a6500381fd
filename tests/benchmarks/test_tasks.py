"""Whole tasks by voice: how answers get across, by task, noise and codec, and whether any is taken wrongly.

Real Vosk hears artificial Korean callers, who say an answer, say it again, and then press it, and who
refuse what is read back wrong. Espeak's Korean is hard for people too: the shares compare lines with each
other, and say little of a resident. What counts is the last column: what was done and not wanted.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from gateway.store import people
from gateway.store.database import Tx
from tests.benchmarks.speech.careful import CarefulCaller, How, Score
from tests.benchmarks.speech.wishes import HELP, KINDS, LIFT, VOTE
from tests.benchmarks.table import row
from tests.calls.ringing import hears_korean, ringing_town, rows
from tests.modem.callers import CONDITIONS, SPEAKERS, Condition, has_gsm
from tests.village import MONDAY

pytestmark = [
    pytest.mark.bench,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not has_gsm(), reason="no GSM codec here (Debian: libgsm1)"),
]

NUMBERS = [f"+447700900{last}" for last in ("021", "022", "023", "024", "132", "133")]
"""Members of Ashby's roll, each alone on a handset; one for each voice."""

REFERENCE = "+447700900134"
WANTED = {"pickup": "chemist", "dropoff": "hospital", "date": "2026-03-05", "time": "12:00", "needs": "alone"}


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
async def test_whole_tasks(tmp_path: Path, condition: Condition) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    score = Score()
    async with ringing_town(tmp_path, prompts) as town:
        hears_korean(town)
        async with town.serving() as gateway:
            await gateway.store.write(_speak_korean)
            for number, speaker in zip(NUMBERS, SPEAKERS, strict=True):
                caller = CarefulCaller(town, number, speaker, condition, score)
                for wish in (LIFT, VOTE, HELP):  # which leaves a question open, and so comes last
                    await caller.has_done(wish)
            trips = await gateway.store.read(rows, "trip")
            marks = await gateway.store.read(_marks)
            alarms = await gateway.store.read(_alarms)
    for kind in KINDS:
        _tell(kind, condition, score)
    tasks = ", ".join(f"{wish.flow} {score.done[wish.flow]} of {len(NUMBERS)}" for wish in (LIFT, VOTE, HELP))
    wrong = sum(any(str(trip[name]) != value for name, value in WANTED.items()) for trip in trips)
    wrong += marks.total() - max(marks.values(), default=0)
    row(f"tasks done, {condition.name}", tasks)
    row(f"refused at the last reading back, {condition.name}", str(score.refused_at_the_end))
    row(f"asked whether it is an emergency, {condition.name}", str(score.asked_if_cry))
    row(f"taken for a cry for help, for goodbye, {condition.name}", f"{alarms}, {score.rung_off}", "0, 0")
    row(f"wrong and accepted, {condition.name}", str(wrong), "0")
    assert not wrong


def _tell(kind: str, condition: Condition, score: Score) -> None:
    counts = {how: score.answers[kind, how] for how in How}
    total = sum(counts.values())
    shares = ", ".join(f"{how} {100 * count // max(total, 1)} %" for how, count in counts.items())
    row(
        f"{kind}, {condition.name} ({total} answers)",
        f"{shares}; taken wrongly and refused: {score.refused[kind]}",
    )


def _speak_korean(tx: Tx) -> None:
    for number in (*NUMBERS, REFERENCE):
        people.set_language(tx, people.meet(tx, number, MONDAY).id, "ko")


def _alarms(tx: Tx) -> int:
    found = tx.one("SELECT COUNT(*) AS n FROM event WHERE type = 'emergency'")
    return int(found["n"]) if found else 0


def _marks(tx: Tx) -> Counter[bytes]:
    return Counter(bytes(found["marks"]) for found in tx.all("SELECT marks FROM vote ORDER BY marks"))
