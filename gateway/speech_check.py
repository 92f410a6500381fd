"""What residents will say, held against the speech models that are here."""

from __future__ import annotations

import random as randomness
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.check_ear import check_speech
from flows.errors import Problem
from flows.library import Library
from modem.errors import SpeechDown
from modem.speech.recogniser import SpeechRecogniser
from modem.speech.spelling import words_of


@dataclass(frozen=True, slots=True)
class ModelReport:
    """How a language's model did: seconds it took to load, words it does not know, `why` it is no use."""

    language: str
    seconds: float
    unknown: tuple[str, ...]
    why: str = ""


async def check_models(
    models: Mapping[str, Path], library: Library, places: Sequence[str]
) -> tuple[list[ModelReport], list[Problem]]:
    """Load each model, and give how it did, and what in the flows it cannot hear.

    `places` are the community's names for places: what nobody knows of them is in the report alone.
    """
    phrases = _phrases(library)
    reports: list[ModelReport] = []
    unknown: dict[str, set[str]] = {}
    for language, model in models.items():
        # One process a model: what one takes down does not count against another.
        recogniser = SpeechRecogniser({language: model}, random=randomness.Random())  # noqa: S311 - for waiting times
        began = time.monotonic()
        try:
            await recogniser.load(language)
            seconds = time.monotonic() - began
            words = await recogniser.unknown_words(language, [*phrases.get(language, ()), *places])
        except SpeechDown as error:
            reports.append(ModelReport(language, time.monotonic() - began, (), str(error)))
        else:
            reports.append(ModelReport(language, seconds, words))
            unknown[language] = set(words)
        finally:
            await recogniser.stop()
    return reports, check_speech(library, lambda tag, said: _among(unknown.get(tag, set()), said))


def _phrases(library: Library) -> dict[str, list[str]]:
    """Everything that is listened for, by language."""
    asked: dict[str, list[str]] = {}

    def collect(language: str, phrases: Sequence[str]) -> list[str]:
        asked.setdefault(language, []).extend(phrases)
        return []

    check_speech(library, collect)
    return {language: list(dict.fromkeys(phrases)) for language, phrases in asked.items()}


def _among(unknown: set[str], phrases: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word for phrase in phrases for word in words_of(phrase) if word in unknown))
