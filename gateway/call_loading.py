"""What a call needs in memory, loaded while it rings or at the start, so that no caller waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging

from gateway.exchange import Exchange
from modem.errors import SpeechDown

log = logging.getLogger(__name__)


async def load_ears() -> None:
    """Load what works on sound: it weighs 20 MB and takes a moment in which no frame may wait."""
    await asyncio.to_thread(_load_ears)


async def load_recogniser(exchange: Exchange, language: str) -> None:
    """Load the speech model of a language, where there is one."""
    if exchange.recogniser is not None:
        try:
            await exchange.recogniser.load(language)
        except SpeechDown as error:
            log.debug("callers use keys: %s", error)


async def load_speech(exchange: Exchange, language: str) -> None:
    """Load what understands a language and what speaks it, each where it can be had."""
    await asyncio.gather(load_recogniser(exchange, language), _warm_voice(exchange, language))


async def _warm_voice(exchange: Exchange, language: str) -> None:
    try:
        await exchange.mouth.voice.warm(language)
    except SpeechDown as error:
        log.warning("nothing can be said but what was recorded or made before: %s", error)


def _load_ears() -> None:
    importlib.import_module("gateway.call")
    with contextlib.suppress(SpeechDown):
        importlib.import_module("modem.audio.voice_activity").VoiceActivity()
