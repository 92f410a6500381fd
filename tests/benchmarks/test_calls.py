"""How long a caller waits: from a key, or from the end of a word, to the first sound of the answer.

Everything is real but the stick: the line runs at life's pace, and holds 60 ms of sound each way, as a
sound card's buffer does. What is measured is what the caller hears, these buffers included.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modem.audio import wav
from modem.audio.line import FRAME_BYTES, FRAME_SECONDS
from modem.audio.software import REAL
from tests.benchmarks.table import milliseconds, row
from tests.calls.ringing import hears_korean, ringing_town
from tests.modem import callers

if TYPE_CHECKING:
    from modem.virtual.phone_call import PhoneCall

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
ROSE, MIN_JI = "+447700900123", "+447700900024"
TIMES = 12


async def until_sound(call: PhoneCall, since: int) -> float:
    """The seconds from moment `since` (in bytes heard) to the first sound of the gateway after it."""
    at = since
    while True:
        while at + FRAME_BYTES <= len(call.heard):
            if wav.level(call.heard[at : at + FRAME_BYTES]) > wav.QUIET_DBFS:
                return (at - since) / FRAME_BYTES * FRAME_SECONDS
            at += FRAME_BYTES
        await call.hear(FRAME_SECONDS)


async def test_from_a_key_to_the_answer(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    async with ringing_town(tmp_path, prompts, pace=REAL, quick_voice=False) as town, town.serving():
        rose = await town.rings(ROSE)
        await rose.hears(out=True)
        await rose.presses("1", out=True)
        await rose.presses("2", out=True)
        waits = []
        for _ in range(TIMES):
            since = len(rose.call.heard)
            await rose.call.press("*", reported=False)
            waits.append(await until_sound(rose.call, since))
            await rose.hears(out=True)
        await rose.call.hang_up()
    row(
        "key pressed to first sound of the answer, median",
        milliseconds(waits, 50),
        "< 150 ms + 120 ms of line",
    )
    row("key pressed to first sound of the answer, slowest", milliseconds(waits, 100))


async def test_from_the_end_of_a_word_to_the_answer(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    async with ringing_town(tmp_path, prompts, pace=REAL, quick_voice=False) as town:
        hears_korean(town)
        word = callers.say("네", "ko")
        async with town.serving():
            min_ji = await town.rings(MIN_JI)
            await min_ji.hears(out=True)
            waits = []
            for _ in range(TIMES):
                min_ji.call.say(word)
                await min_ji.call.said()
                waits.append(await until_sound(min_ji.call, len(min_ji.call.heard)))
                await min_ji.hears(out=True)
            await min_ji.call.hang_up()
    row("end of a word to first sound of the answer, median", milliseconds(waits, 50), "< 700 ms")
    row("end of a word to first sound of the answer, slowest", milliseconds(waits, 100))
