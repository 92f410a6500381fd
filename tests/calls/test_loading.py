"""What a call needs is in memory when the caller hears the first word, or from the start."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from gateway.app import Gateway
from gateway.config_calls import START, CallsConfig
from gateway.store import people
from gateway.store.database import Tx
from modem.speech.recogniser import SpeechRecogniser
from modem.speech.voice import SpeechVoice
from tests.calls.ringing import hears_korean, ringing_town
from tests.faults.conversation import until
from tests.village import MONDAY

SOO_AH = "+447700900133"


def speaks_korean(tx: Tx) -> None:
    people.set_language(tx, people.meet(tx, SOO_AH, MONDAY).id, "ko")


async def understands(gateway: Gateway, language: str) -> bool:
    """Whether the model of a language is in memory; asking does not load it."""
    recogniser = gateway.exchange.recogniser if gateway.exchange else None
    assert isinstance(recogniser, SpeechRecogniser)
    load = recogniser._loads.get(language)
    return load is not None and load.settled.is_set() and not load.why


async def speaks(gateway: Gateway) -> bool:
    voice = gateway.exchange.mouth.voice if gateway.exchange else None
    assert isinstance(voice, SpeechVoice)
    return voice.pid is not None


async def test_while_it_rings_what_the_callers_language_needs_is_loaded(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts, calls=CallsConfig(answer_after_rings=2)) as town:
        hears_korean(town)
        async with town.serving() as gateway:
            await gateway.store.write(speaks_korean)
            desk = gateway.modems[0].calls
            assert desk is not None
            desk.ring_seconds = 60.0
            await town.ready()
            assert not await understands(gateway, "ko"), "a box that nobody rings holds no model"
            assert not await speaks(gateway)
            soo_ah = await town.ringing(SOO_AH)
            await until(partial(understands, gateway, "ko"), "the model to be loaded")
            await until(partial(speaks, gateway), "the voice to be loaded")
            assert desk._call is None, "it still rings"
            await soo_ah.call.hang_up()


async def test_where_the_settings_say_so_speech_is_understood_from_the_start(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts, calls=CallsConfig(load=START)) as town:
        hears_korean(town, "en")
        async with town.serving() as gateway:
            await until(partial(understands, gateway, "en"), "the model to be loaded")
