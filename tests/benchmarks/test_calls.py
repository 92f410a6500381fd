"""How long a caller waits: from a key, or from the end of a word, to the first sound of the answer.

Everything is real but the stick: the line runs at life's pace, and holds 60 ms of sound each way, as a
sound card's buffer does. What is measured is what the caller hears, these buffers included.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modem.audio import wav
from modem.audio.line import FRAME_BYTES, FRAME_SECONDS
from modem.audio.software import REAL
from modem.speech.voice import IDLE_SECONDS
from tests.benchmarks.processes import RunningGateway
from tests.benchmarks.table import milliseconds, row
from tests.calls import ringing
from tests.calls.outside import running_gateway, told_to_tell_of_callers, write_settings
from tests.calls.ringing import RingingTown, hears_korean, ringing_town
from tests.faults.conversation import until
from tests.modem import callers
from tests.modem.callers import CONDITIONS, Condition

if TYPE_CHECKING:
    from modem.virtual.phone_call import PhoneCall

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
ROSE, MIN_JI = "+447700900123", "+447700900024"
TIMES, TIMES_SPOKEN = 12, 8
LONGEST_PROMPT_SECONDS = 60.0
SILENT_SECONDS = 0.4
LEAD_SECONDS, TAIL_SECONDS = 0.3, 1.2
"""Of what the line makes of a word: its noise is there before and after."""


async def until_sound(call: PhoneCall, since: int) -> float:
    """The seconds from moment `since` (in bytes heard) to the first sound of the gateway after it."""
    at = since
    while True:
        while at + FRAME_BYTES <= len(call.heard):
            if wav.level(call.heard[at : at + FRAME_BYTES]) > wav.QUIET_DBFS:
                return (at - since) / FRAME_BYTES * FRAME_SECONDS
            at += FRAME_BYTES
        await call.hear(FRAME_SECONDS)


async def until_silence(call: PhoneCall) -> None:
    """Hear until nothing is said, what is still on its way included."""
    while True:
        since = len(call.heard)
        await call.hear(SILENT_SECONDS)
        if wav.level(call.heard[since:]) < wav.QUIET_DBFS:
            return


async def late(town: RingingTown) -> str:
    """Say how many frames came late: each makes what is heard 20 ms later from then on."""
    frames = (await town.simulator.log(town.number))["frames"]
    return f"{frames.get('late', 0)} of {frames['heard']} frames late"


async def test_from_a_key_to_the_answer(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    async with ringing_town(tmp_path, prompts, pace=REAL, quick_voice=False) as town, town.serving():
        rose = await town.rings(ROSE)
        await rose.hears()
        for keys in ("1", "2", "6455#", "787#"):
            await rose.presses(keys)
        await rose.presses("2", "Which day", out=True)  # a short question
        waits = []
        for _ in range(TIMES):
            await until_silence(rose.call)
            since = len(rose.call.heard)
            await rose.call.press("*", reported=False)
            waits.append(await until_sound(rose.call, since))
            await rose.hears(out=True)
        await rose.call.hang_up()
        measured = await late(town)
    row(
        "key pressed to first sound of the answer, median",
        f"{milliseconds(waits, 50)}, slowest {milliseconds(waits, 100)} ({measured})",
        "< 150 ms + 120 ms of line",
    )


@pytest.mark.parametrize("condition", CONDITIONS[:4], ids=lambda condition: condition.name)
async def test_from_the_end_of_a_word_to_the_answer(
    tmp_path: Path, condition: Condition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end-pointing takes 400 ms of it: the menu is a choice."""
    monkeypatch.setattr(ringing, "PATIENCE_SECONDS", LONGEST_PROMPT_SECONDS)
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    async with ringing_town(tmp_path, prompts, pace=REAL, quick_voice=False) as town:
        hears_korean(town)
        async with town.serving():
            min_ji = await town.rings(MIN_JI)
            await min_ji.hears(out=True)
            waits = []
            for seed in range(TIMES_SPOKEN):
                await until_silence(min_ji.call)
                said = callers.silence(LEAD_SECONDS) + callers.say("네", "ko") + callers.silence(TAIL_SECONDS)
                min_ji.call.say(callers.on_the_line(said, condition, seed))
                await min_ji.call.said()
                since = len(min_ji.call.heard) - round(TAIL_SECONDS / FRAME_SECONDS) * FRAME_BYTES
                waits.append(await until_sound(min_ji.call, since))
                await min_ji.hears(out=True)
            await min_ji.call.hang_up()
            measured = await late(town)
    row(
        f"end of a word to first sound of the answer, {condition.name}, median",
        f"{milliseconds(waits, 50)}, slowest {milliseconds(waits, 100)} ({measured})",
        "< 700 ms + 120 ms of line",
    )


async def test_memory_once_a_call_is_over(tmp_path: Path, unused_tcp_port: int) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    async with ringing_town(tmp_path, prompts) as town:
        settings = await write_settings(town, unused_tcp_port)
        async with running_gateway(settings) as gateway:
            await until(partial(told_to_tell_of_callers, town, town.number), "the modem to be ready")
            await until(partial(no_voice, gateway.child.pid), "the prompts to be made", IDLE_SECONDS + 120)
            before = RunningGateway(gateway.child.pid, 0).weigh()
            call = await (await town.simulator.phone(ROSE)).call(town.number)
            await call.answered(20)
            for keys in ("1", "2", "#", "1"):
                await call.hear(5)
                await call.press(keys)
            await call.hear(5)
            await call.hang_up()
            await until(partial(no_voice, gateway.child.pid), "the voice to be let go", IDLE_SECONDS + 60)
            weight = RunningGateway(gateway.child.pid, 0).weigh()
            row("memory of both processes before the first call", str(before))
            row("memory of both processes after a call, no model, voice let go", str(weight), "< 120 MB")


async def no_voice(pid: int) -> bool:
    """Whether no voice's process belongs to a gateway."""
    children = await asyncio.to_thread(Path(f"/proc/{pid}/task/{pid}/children").read_text, "ascii")
    commands = [
        await asyncio.to_thread(Path(f"/proc/{child}/cmdline").read_bytes) for child in children.split()
    ]
    return not any(b"voice_process" in command for command in commands)
