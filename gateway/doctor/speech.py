"""Whether calls can be heard, understood and spoken: models, the sound library, the voices."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from gateway.config import Config
from gateway.doctor.finding import Finding, look, ok
from gateway.errors import ConfigError
from gateway.tuned import tuned
from modem.errors import ModemError, SpeechDown
from modem.speech.models import ModelFolder


def speech(config: Config) -> Iterator[Finding]:
    """Look at what calls need; a gateway whose modems carry no sound has nothing to look at."""
    with_sound = [modem for modem in config.modems if modem.is_software or modem.audio]
    if not with_sound:
        yield ok("calls", "No modem has `audio` in the settings, so there are texts alone.")
        return
    yield _models(config)
    yield from _ears()
    yield from (_piper(language, file) for language, file in config.calls.voices.items())
    for modem in with_sound:
        if modem.audio and modem.audio.kind.endswith("card"):
            yield _card(modem.audio.place)
    by_voice = [modem.name for modem in with_sound if tuned(config.data, modem.name, modem.audio)]
    if by_voice:
        yield ok("barge-in", f"Callers may interrupt by voice on: {', '.join(by_voice)}.")
    else:
        yield ok("barge-in", "Callers interrupt by key; by voice too after: plainline doctor --audio")


def _models(config: Config) -> Finding:
    installed = sorted(ModelFolder(config.models).installed())
    own = _language(config)
    if not installed:
        return look(
            "speech",
            "No speech model is here, so callers use keys; everything can be done with them.",
            f"Get one: plainline models get {own or 'en'}, or from a stick: plainline models add FILE.zip",
        )
    understood = f"Callers are understood in: {', '.join(installed)}"
    if own and own.partition("-")[0] not in {language.partition("-")[0] for language in installed}:
        return look(
            "speech",
            f"{understood}; in {own}, the language of your community, they use keys.",
            f"Get its model: plainline models get {own}",
        )
    return ok("speech", f"{understood}. Which words are not: plainline models check")


def _language(config: Config) -> str:
    from gateway.community import load_community

    try:
        return load_community(config.community).language.lower() if config.community else ""
    except ConfigError:  # told by whoever looks at the community
        return ""


def _ears() -> Iterator[Finding]:
    from modem.audio.voice_activity import VoiceActivity

    try:
        VoiceActivity()
    except SpeechDown as error:
        yield look("speech", str(error), "Install Plainline again: pip install --force-reinstall plainline")


def _piper(language: str, file: Path) -> Finding:
    """Look at a voice of the operator's; where it does not work another one speaks."""
    about = f"voice {language}"
    beside = file.with_name(f"{file.name}.json")
    for missing in (file, beside):
        if not missing.is_file():
            return look(
                about,
                f"{missing} is not there, so another voice speaks.",
                "A Piper voice is two files, NAME.onnx and NAME.onnx.json: put both there.",
            )
    if find_spec("piper") is None:
        return look(
            about,
            "piper-tts is not installed, so another voice speaks.",
            "Install it beside Plainline: pip install piper-tts",
        )
    return ok(about, f"{file.name} speaks, with piper-tts.")


def _card(place: str) -> Finding:
    """Look for a modem's sound card; every card there is, is named."""
    from modem.audio.portaudio import devices

    try:
        found = devices()
    except ModemError as error:
        return look("sound", str(error), "Install it: sudo apt install libportaudio2")
    names = ", ".join(found) or "none"
    if any(place.casefold() in name.casefold() for name in found):
        return ok("sound", f"The sound card {place} is here. There are: {names}.")
    return look(
        "sound",
        f"There is no sound card with {place} in its name. There are: {names}.",
        'Plug it in, or write a part of one of these names: audio = "card:NAME"',
    )
