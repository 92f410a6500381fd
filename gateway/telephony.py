"""What all calls of the gateway share: who understands, who speaks, where recordings lie."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from random import Random

from flows.conversation import HungUp
from flows.library import BUILT_IN
from gateway.call_loading import load_ears, load_recogniser
from gateway.call_turns import take_call_turn
from gateway.call_words import standing_sentences
from gateway.clock import Clock
from gateway.config import Config
from gateway.config_calls import START
from gateway.exchange import Exchange
from gateway.mouth import Mouth
from gateway.recordings import open_recordings
from gateway.store import calls
from gateway.store.database import Store, Tx
from gateway.store.recordings import forget_overdue, known_files
from gateway.turns import Turns
from modem.speech.cache import SoundCache
from modem.speech.models import ModelFolder
from modem.speech.recogniser import SpeechRecogniser
from modem.speech.voice import SpeechVoice

log = logging.getLogger(__name__)

FORGET_SECONDS = 3600.0


@asynccontextmanager
async def telephony(
    config: Config, store: Store, turns: Turns, clock: Clock, random: Random, queued: Callable[[], None]
) -> AsyncIterator[Exchange]:
    """Make ready what calls need, for as long as the context lasts; no process starts before a call does,
    unless the settings have what understands speech loaded at the start.
    """
    recordings = open_recordings(config.recordings, config.recordings_key)
    recordings.sweep(await store.read(known_files))
    recogniser = SpeechRecogniser(ModelFolder(config.models).installed(), random=random)
    turns.hears = lambda language: language in recogniser.languages()
    turns.rings = any(modem.is_software or modem.audio for modem in config.modems)
    voice = SpeechVoice(SoundCache(config.data / "prompts"), config.calls.voices)
    mouth = Mouth(voice, (config.data / "audio", *config.flows, BUILT_IN))
    exchange = Exchange(store, turns, clock, recogniser, mouth, recordings, queued, config.retention)
    await store.write(_settle_cut_calls, turns, clock.now())
    tasks = [asyncio.create_task(_forget(exchange))]
    if config.calls.load == START and turns.rings:
        tasks.append(asyncio.create_task(_load(exchange)))
    try:
        yield exchange
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await recogniser.stop()
        await voice.stop()


async def prepare_prompts(exchange: Exchange) -> int:
    """Make what is said as it stands in the community's language, so that the first caller need not wait."""
    return await exchange.mouth.prepare(standing_sentences(exchange.turns.library, exchange.turns.community))


async def _load(exchange: Exchange) -> None:
    await load_ears()
    await load_recogniser(exchange, exchange.turns.community.language)


async def _forget(exchange: Exchange) -> None:
    """Erase what was recorded as soon as its time is over, while time is trusted."""
    while True:
        if exchange.clock.trusted:
            files = await exchange.store.write(forget_overdue, exchange.clock.now())
            await asyncio.to_thread(exchange.recordings.remove, files)
        await asyncio.sleep(FORGET_SECONDS)


def _settle_cut_calls(tx: Tx, turns: Turns, now: datetime) -> None:
    """End the calls that a crash cut off as calls end, so that their conversations go on by text."""
    for resident_id in calls.end_cut_calls(tx, now):
        take_call_turn(tx, turns, resident_id, HungUp(), now)
