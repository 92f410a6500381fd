"""The publisher's list of speech models, and which of them suits a language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modem.errors import SpeechDown

PUBLISHER = "https://alphacephei.com/vosk/models"
"""The folder of the Vosk project that holds the list and the models; a mirror has the same files."""

LIST_NAME = "model-list.json"

# The publisher names some languages by their country.
_LANGUAGES = {"cn": "zh", "ua": "uk", "gr": "el", "el-gr": "el", "vn": "vi", "kz": "kk", "cz": "cs"}
_COMMONEST = {"en": "en-us"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MODEL_NAME = re.compile(r"vosk-model(?:-small)?-([a-z]{2,3}(?:-[a-z]{2})?)(?:-|$)")


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """One model to be had: its language (BCP 47), its name, its size in octets and its MD5 sum in hex."""

    language: str
    name: str
    octets: int
    md5: str
    is_small: bool


def parse_list(text: str) -> list[ModelOffer]:
    """Give the models of a list that are not obsolete. Raises `SpeechDown` when it is no such list."""
    try:
        entries = json.loads(text)
        if not isinstance(entries, list):
            raise TypeError
        return [_offer(entry) for entry in entries if _is_speech(entry)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SpeechDown("What came is no list of speech models: check the address of the mirror.") from error


def choose(offers: Sequence[ModelOffer], language: str) -> ModelOffer:
    """Give the small model for `language` (BCP 47), or else the smallest. Raises `SpeechDown`."""
    tag = language.lower()
    base = tag.partition("-")[0]
    fits: list[Callable[[str], bool]] = [
        lambda offered: offered == tag,
        lambda offered: offered == _COMMONEST.get(base, base),
        lambda offered: offered.partition("-")[0] == base,
    ]
    for fit in fits:
        if fitting := [offer for offer in offers if fit(offer.language)]:
            return min(fitting, key=_small_first)
    there = ", ".join(sorted({offer.language for offer in offers}))
    raise SpeechDown(f"The publisher has no speech model for {language}. There are: {there}.")


def language_of(name: str) -> str | None:
    """Give the language (BCP 47) a model's name tells; None when it tells none."""
    found = _MODEL_NAME.match(name)
    return _standard(found[1]) if found else None


def _small_first(offer: ModelOffer) -> tuple[bool, int]:
    return not offer.is_small, offer.octets


def _is_speech(entry: dict[str, str]) -> bool:
    return entry["obsolete"] != "true" and entry["type"] in ("small", "big", "big-lgraph")


def _offer(entry: dict[str, str]) -> ModelOffer:
    name = entry["name"]
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    language = _standard(entry["lang"])
    return ModelOffer(language, name, int(entry["size"]), entry["md5"].lower(), entry["type"] == "small")


def _standard(publishers: str) -> str:
    return _LANGUAGES.get(publishers.lower(), publishers.lower())
