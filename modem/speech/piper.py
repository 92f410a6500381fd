"""Piper, where the operator installed piper-tts and has a voice for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from modem.errors import SpeechDown
from modem.speech.engine import SLOW, Spoken


class Piper:
    """One Piper voice: an .onnx file with its .json beside it. Raises `SpeechDown` where it does not load."""

    def __init__(self, voice: Path) -> None:
        try:
            from piper import PiperVoice, SynthesisConfig
        except ImportError as error:
            raise SpeechDown(
                "A Piper voice is set, but piper-tts is not installed: pip install piper-tts"
            ) from error
        try:
            self._voice = PiperVoice.load(voice)
        except Exception as error:
            # onnxruntime has many errors and no common root.
            raise SpeechDown(f"{voice} is no usable Piper voice, or its .json is missing.") from error
        self._slowly = SynthesisConfig(length_scale=1 / SLOW)

    def speak(self, words: str, language: str, *, slow: bool) -> Spoken:  # noqa: ARG002
        """Speak `words`; see `modem.speech.engine.Engine`. A voice has but one language."""
        chunks = list(self._voice.synthesize(words, self._slowly if slow else None))
        if not chunks:
            raise SpeechDown("The Piper voice made no sound.")
        return Spoken(np.concatenate([chunk.audio_float_array for chunk in chunks]), chunks[0].sample_rate)
