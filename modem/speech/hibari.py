"""hibari, the English voice: small, clear through a telephone, and in its wheel."""

from __future__ import annotations

from hibari import Hibari as Synthesiser

from modem.errors import SpeechDown
from modem.speech.engine import SLOW, Spoken

_SAME_SOUND_EVERY_TIME = 0


class Hibari:
    """The voice that comes with the package. Raises `SpeechDown` where it does not load."""

    def __init__(self) -> None:
        try:
            self._synthesiser = Synthesiser()
        except Exception as error:
            # onnxruntime has many errors and no common root.
            raise SpeechDown("The English voice cannot be loaded: install hibari-tts again.") from error

    def speak(self, words: str, language: str, *, slow: bool) -> Spoken:
        """Speak English `words`; see `modem.speech.engine.Engine`."""
        if language.partition("-")[0].lower() != "en":
            raise SpeechDown("hibari speaks English only.")
        samples = self._synthesiser(words, speed=SLOW if slow else 1.0, seed=_SAME_SOUND_EVERY_TIME)
        return Spoken(samples, self._synthesiser.sample_rate)
