"""Whether calls can be heard, understood and spoken: models, the sound library, the voice."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.config import Config
from gateway.doctor.finding import Finding, look, ok
from modem.errors import ModemError
from modem.speech.models import ModelFolder


def speech(config: Config) -> Iterator[Finding]:
    """Look at what calls need; a gateway whose modems carry no sound has nothing to look at."""
    if not any(modem.is_software or modem.audio for modem in config.modems):
        yield ok("calls", "No modem has `audio` in the settings, so there are texts alone.")
        return
    installed = sorted(ModelFolder(config.models).installed())
    if installed:
        yield ok("speech", f"Callers are understood in: {', '.join(installed)}.")
    else:
        yield look(
            "speech",
            "No speech model is here, so callers use keys; everything can be done with them.",
            "Get one: plainline models get en, or from a stick: plainline models add FILE.zip",
        )
    if any(modem.audio and modem.audio.kind.endswith("card") for modem in config.modems):
        yield _sound_library()


def _sound_library() -> Finding:
    from modem.audio.portaudio import library

    try:
        library()
    except ModemError as error:
        return look("sound", str(error), "Install it: sudo apt install libportaudio2")
    return ok("sound", "The library for sound cards is here.")
