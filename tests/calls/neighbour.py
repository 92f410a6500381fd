"""A neighbour on the telephone who reads the prompts aloud."""

from __future__ import annotations

from gateway.prompts import ToRecord, to_record
from modem.audio import wav
from tests.calls.ringing import TONE_SECONDS, Caller, RingingTown, speech

VERA = "+447700900140"
KEEP_OR_AGAIN = "To keep it, press one"
WELCOME, THANKS = "Thank you for lending us your voice", "Whoever rings will hear you"


def prompts_of(town: RingingTown) -> list[ToRecord]:
    """Everything that is to be read in English."""
    turns = town.gateway.turns
    places = {place.key: place.label for place in turns.community.places}
    return list(to_record(turns.library, "en", places))


def read_out(prompt: ToRecord) -> str:
    """The words of a prompt as the neighbour hears them."""
    return prompt.words.replace("{community}", "Ashby")


async def reads(vera: Caller, words: str, *expected: str, dbfs: float = -20.0) -> None:
    """Hear a prompt out, read something after the tone, press hash and hear what follows."""
    await vera.hears(words, out=True)
    await vera.call.hear(TONE_SECONDS)
    vera.call.say(wav.levelled(speech("a voice of a neighbour"), dbfs))
    await vera.call.said()
    await vera.presses("#", *expected)
