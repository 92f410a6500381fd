"""A call's line, measured: noise, level, echo and delay, and whether a caller is told from our own voice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from flows.spoken import Sentence
from gateway.ears import Ears
from gateway.mouth import PAUSE, Mouth
from gateway.tuned import Tuned, overhearing
from modem.audio import tones, wav
from modem.audio.barge_in import BargeIn
from modem.audio.line import FRAME_SECONDS, Line
from modem.audio.measure import Measured, measure
from modem.audio.voice_activity import WINDOW, VoiceActivity
from modem.errors import SpeechDown

COUNTING_SECONDS = 6.0
SAME_DELAY_SECONDS = 0.03
_SPEECH = 0.5
_FULL = 0.98  # of full scale


@dataclass(frozen=True, slots=True)
class Script:
    """What is said while a line is measured; `trial` are some of the gateway's own prompts."""

    quiet: Sequence[Sentence]
    count: Sequence[Sentence]
    thanks: Sequence[Sentence]
    trial: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it.

    `caller_dbfs` is how loud the caller counted, None when nobody was heard; `clipped` the share of that
    which was cut off for being too loud. `tuned` is the echo, if interrupting by voice works with it, else
    `why_not` says in words why it does not.
    """

    first: Measured
    second: Measured
    caller_dbfs: float | None
    clipped: float
    tuned: Tuned | None
    why_not: str


async def check_line(
    line: Line, place: str, mouth: Mouth, script: Script, count: Callable[[], None]
) -> Checked:
    """Measure an open line; `count` is called when the caller is to count aloud. Raises LineLost."""
    await _say(line, mouth, script.quiet)
    first, second = await measure(line), await measure(line)
    tuned, why_not = _agreed(place, first, second)
    if tuned is not None:
        why_not = await _interrupts_itself(line, tuned, mouth, script.trial)
    await _say(line, mouth, script.count)
    count()
    caller_dbfs, clipped = _loudness(await _heard(line, COUNTING_SECONDS))
    await _say(line, mouth, script.thanks)
    return Checked(first, second, caller_dbfs, clipped, None if why_not else tuned, why_not)


def _agreed(place: str, first: Measured, second: Measured) -> tuple[Tuned | None, str]:
    """Give the echo that both measurements found, or why there is none to go by."""
    delays = [measured.delay_s for measured in (first, second) if measured.delay_s is not None]
    strengths = [measured.echo_db for measured in (first, second) if measured.echo_db is not None]
    if not delays:
        return Tuned(place, None, None), ""
    if len(delays) < 2 or abs(delays[0] - delays[1]) > SAME_DELAY_SECONDS:
        return None, "the echo comes now earlier, now later"
    return Tuned(place, sum(delays) / 2, min(strengths)), ""


async def _interrupts_itself(line: Line, tuned: Tuned, mouth: Mouth, trial: Sequence[Sentence]) -> str:
    """Say some prompts as calls do, and give what keeps a silent caller from being told from our voice."""
    try:
        BargeIn()
    except SpeechDown:
        return "speech cannot be told from noise on this machine"
    over, barge_in = overhearing(line, tuned)
    if barge_in is None:
        return "echo cannot be cancelled on this machine (install plainline[echo])"
    return "our own voice is taken for a caller's" if await _say(over, mouth, trial, barge_in) else ""


async def _say(
    line: Line, mouth: Mouth, sentences: Sequence[Sentence], barge_in: BargeIn | None = None
) -> bool:
    """Say something to its end, and tell whether anybody spoke meanwhile. Raises LineLost."""
    ears = Ears(line, None, barge_in)
    hearing = asyncio.create_task(ears.run())
    interrupted = asyncio.create_task(ears.interrupted(by_voice=True))
    saying = asyncio.create_task(mouth.say(line, sentences, slow=False))
    try:
        await asyncio.wait({hearing, saying}, return_when=asyncio.FIRST_COMPLETED)
        if hearing.done():
            hearing.result()
        saying.result()
        return interrupted.done()
    finally:
        for task in (hearing, interrupted, saying):
            task.cancel()
        await asyncio.gather(hearing, interrupted, saying, return_exceptions=True)


async def _heard(line: Line, seconds: float) -> bytes:
    line.say(PAUSE + tones.beep())
    return b"".join([await line.hear() for _ in range(round(seconds / FRAME_SECONDS))])


def _loudness(heard: bytes) -> tuple[float | None, float]:
    """Give how loud the speech in it is, None when there is none, and the share of it that is cut off."""
    samples = wav.samples(heard)
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    try:
        activity = VoiceActivity()
        spoken = [window for window in windows if activity.likelihood(window) >= _SPEECH]
    except SpeechDown:
        spoken = [window for window in windows if wav.level(wav.sound(window)) > wav.QUIET_DBFS]
    if not spoken:
        return None, 0.0
    speech = np.concatenate(spoken)
    return wav.level(wav.sound(speech)), float(np.mean(np.abs(speech) >= _FULL))
