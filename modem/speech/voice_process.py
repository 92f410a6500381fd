"""The process that speaks: `python -m modem.speech.voice_process --fd N`.

Engines are C libraries that may crash and hold memory (hibari 200 MB): both stays in here, and is
let go with the process.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from modem.errors import SpeechDown
from modem.speech import wire
from modem.speech.serve import Gateway, run

if TYPE_CHECKING:
    from modem.speech.engine import Engine


@functools.cache
def engine_of(name: str) -> Engine:
    """Load the engine `name`: "espeak", "hibari", or the path of a Piper voice. Raises `SpeechDown`."""
    match name:
        case "espeak":
            from modem.speech.espeak import Espeak

            return Espeak()
        case "hibari":
            from modem.speech.hibari import Hibari

            return Hibari()
        case _:
            from modem.speech.piper import Piper

            return Piper(Path(name))


def speak(gateway: Gateway, message: object) -> None:
    """Speak what the gateway says; words without a sound only have the engine loaded."""
    if not isinstance(message, wire.Say):
        return
    why = ""
    try:
        from modem.speech.telephone import for_telephone  # here, so that a missing package is told in words

        engine = engine_of(message.engine)
        if message.words:
            spoken = engine.speak(message.words, message.language, slow=message.slow)
            for piece in wire.sound_pieces(for_telephone(spoken)):
                gateway.say(wire.Sound(message.id, piece))
    except SpeechDown as error:
        why = str(error)
    except ImportError as error:
        why = f"The voice cannot be loaded ({error}): install Plainline again."
    except Exception as error:
        # Its words are not told: they may quote the sentence.
        why = f"The voice failed ({type(error).__name__})."
    gateway.say(wire.Said(message.id, why))


def main(gateway: Gateway) -> None:
    """Serve until the gateway is gone."""
    gateway.serve(functools.partial(speak, gateway), lambda: None)


if __name__ == "__main__":
    run(main)
