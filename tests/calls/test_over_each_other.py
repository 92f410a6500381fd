"""Callers who speak while the gateway does, on a line whose echo was measured; nobody else interrupts it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gateway.app import Gateway
from gateway.call_words import standing_sentences
from gateway.ears import Ears
from gateway.store import people
from gateway.store.database import Tx
from gateway.tuned import Tuned, keep_tuned, overhearing, place_of
from modem.audio import wav
from modem.audio.software import SoftwareLine
from modem.speech.recogniser import SpeechRecogniser
from modem.speech.utterance import Utterance
from tests.calls.ringing import RingingTown, hears_korean, in_english, ringing_town, rows, speech
from tests.modem import callers
from tests.village import MONDAY

pytestmark = pytest.mark.alone

pytest.importorskip("pyaec", reason="needs the extra echo")

ROSE, SOO_AH = "+447700900123", "+447700900133"
DELAY_S, ECHO_DB = 0.18, 14
WHAT = "What do you need help with?"


@asynccontextmanager
async def echoing_town(folder: Path, prompts: Path) -> AsyncIterator[tuple[RingingTown, Gateway]]:
    """Ashby with an echo on its line that the doctor has measured, and with ears for Korean."""
    async with ringing_town(folder, prompts) as town:
        hears_korean(town)
        await town.simulator.fault(town.number, "echo", ms=1000 * DELAY_S, size=ECHO_DB, times=None)
        (modem,) = town.config.modems
        keep_tuned(town.config.data, modem.name, Tuned(place_of(modem.audio), DELAY_S, ECHO_DB))
        async with town.serving() as gateway:
            yield town, gateway


def speaks_korean(tx: Tx) -> None:
    people.set_language(tx, people.meet(tx, SOO_AH, MONDAY).id, "ko")


class Watched:
    """The real recogniser, with all the sound it is given."""

    def __init__(self, recogniser: SpeechRecogniser) -> None:
        self._recogniser = recogniser
        self.sound = b""

    def languages(self) -> Sequence[str]:
        return self._recogniser.languages()

    def explain(self) -> str:
        return self._recogniser.explain()

    def troubles(self) -> Sequence[str]:
        return self._recogniser.troubles()

    async def load(self, language: str) -> None:
        await self._recogniser.load(language)

    def listen(self, language: str, grammar: Sequence[str]) -> Utterance:
        utterance = self._recogniser.listen(language, grammar)
        feed = utterance.feed

        def watch(sound: bytes) -> None:
            self.sound += sound
            feed(sound)

        utterance.feed = watch  # type: ignore[method-assign]
        return utterance


def likeness(said: bytes, heard: bytes) -> float:
    """How alike what was heard is to what was said, wherever in it that lies; 1 is the very same."""
    one, other = wav.samples(said).astype(float), wav.samples(heard).astype(float)
    other = np.pad(other, len(one))
    alike = np.correlate(other, one, "valid")
    at = int(np.argmax(alike))
    there = other[at : at + len(one)]
    return float(alike[at] / np.sqrt((one**2).sum() * (there**2).sum()))


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=[pytest.mark.soak, pytest.mark.timeout(300)])])
async def test_the_gateway_does_not_interrupt_itself(tmp_path: Path, prompts: Path, every: int) -> None:
    async with echoing_town(tmp_path, prompts) as (town, gateway):
        assert gateway.exchange is not None
        sentences = standing_sentences(gateway.turns.library, gateway.turns.community)[::every]
        await gateway.exchange.mouth.prepare(sentences)
        desk = gateway.modems[0].calls
        assert desk is not None
        line, barge_in = overhearing(SoftwareLine(town.simulator.path, town.number), desk.tuned)
        caller = await town.simulator.phone(ROSE)
        call = await caller.call(town.number)
        await desk.telephone.answer()
        await line.open()
        ears = Ears(line, None, barge_in)
        hearing = asyncio.create_task(ears.run())
        interrupted = asyncio.create_task(ears.interrupted(by_voice=True))
        saying = asyncio.create_task(gateway.exchange.mouth.say(line, sentences, slow=False))
        while not saying.done():
            await call.hear(1.0)
            assert not interrupted.done(), f"it heard itself after {call.seconds:.1f} s"
        assert call.seconds > 30
        for task in (hearing, interrupted):
            task.cancel()
        await asyncio.gather(hearing, interrupted, return_exceptions=True)
        await call.hang_up()
        await line.close()


async def test_a_caller_who_speaks_over_it_is_heard_from_the_first_word(
    tmp_path: Path, prompts: Path
) -> None:
    async with echoing_town(tmp_path, prompts) as (town, gateway):
        await gateway.store.write(speaks_korean)
        desk = gateway.modems[0].calls
        assert desk is not None
        assert isinstance(desk.exchange.recogniser, SpeechRecogniser)
        watched = Watched(desk.exchange.recogniser)
        desk.exchange = replace(desk.exchange, recogniser=watched)
        soo_ah = await town.rings(SOO_AH)
        await soo_ah.hears("무엇을 도와드릴까요?")
        await soo_ah.call.hear(2.0)
        words = callers.say("도움이 필요합니다", "ko")
        await soo_ah.says(words + callers.silence(1.2), out=False)
        assert soo_ah.heard[0].broken_off
        assert likeness(words, watched.sound) > 0.8, "all of it, whatever we said ourselves meanwhile"
        await soo_ah.call.hang_up()


async def test_what_is_said_over_an_open_question_is_recorded_without_a_tone(
    tmp_path: Path, prompts: Path
) -> None:
    async with echoing_town(tmp_path, prompts) as (town, gateway):
        await gateway.store.write(speaks_korean)
        soo_ah = await town.rings(SOO_AH)
        await soo_ah.hears("무엇을 도와드릴까요?")
        await soo_ah.presses("1", "어떤 도움")
        await soo_ah.call.hear(1.5)
        wish = speech("please bring my medicine")
        soo_ah.call.say(wish + callers.silence(0.3))
        await soo_ah.call.said()
        await soo_ah.presses("#", "얼마나")
        assert soo_ah.heard[1].broken_off
        (recording,) = await gateway.store.read(rows, "recording")
        assert recording["seconds"] > len(wish) / 16_000 - 0.6, "from its beginning"
        await soo_ah.call.hang_up()


async def test_a_noise_in_which_nothing_was_understood_has_the_words_said_again(
    tmp_path: Path, prompts: Path
) -> None:
    async with echoing_town(tmp_path, prompts) as (town, gateway):
        await gateway.store.write(speaks_korean)
        soo_ah = await town.rings(SOO_AH)
        greeting = await soo_ah.hears("무엇을 도와드릴까요?")
        recogniser = gateway.exchange.recogniser if gateway.exchange else None
        assert isinstance(recogniser, SpeechRecogniser)
        await recogniser.load("ko")
        assert recogniser.pid is not None
        os.kill(recogniser.pid, signal.SIGKILL)  # so that nothing at all is understood
        again = await soo_ah.says(callers.say("도움", "ko") + callers.silence(1.2))
        assert again == greeting, "not a word of what was not understood, which nobody said"
        assert [said.broken_off for said in soo_ah.heard] == [True, False]
        await soo_ah.call.hang_up()


async def test_where_keys_have_to_do_a_voice_does_not_interrupt(tmp_path: Path, prompts: Path) -> None:
    async with echoing_town(tmp_path, prompts) as (town, _):
        rose = await in_english(town, ROSE)  # there is no model for English
        rose.call.say(speech("help help help"))
        await rose.call.said()
        await rose.hears_out()
        assert not rose.heard[-1].broken_off
        await rose.presses("1", WHAT)
        await rose.call.hang_up()


async def test_a_line_that_was_not_measured_is_interrupted_by_keys_alone(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        hears_korean(town, "en")
        async with town.serving():
            rose = await in_english(town, ROSE)
            rose.call.say(speech("help help help"))
            await rose.call.said()
            await rose.hears_out()
            assert not rose.heard[-1].broken_off
            await rose.call.hang_up()
