"""The words of the dashboard, by language: TOML files, one an area, the same keys in each language."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale, UnknownLocaleError

log = logging.getLogger(__name__)

LANGUAGES = {"en": "English", "es": "Español", "ko": "한국어"}
DEFAULT = "en"
_PLURALS = frozenset({"one", "other"})

Entry = str | Mapping[str, str]


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """Give every word of a language by its key: `now.title` is `title` in now.toml."""
    folder = resources.files("gateway.web").joinpath("texts", language)
    found: dict[str, Entry] = {}
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            _add(found, file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def say(language: str, key: str, /, **values: object) -> str:
    """Give the words `key` in a language, `{name}` filled in; a count `n` chooses between one and other.

    Where a language lacks a key (a test holds that none does) English stands in, then the key itself.
    """
    entry = catalogue(language).get(key) or catalogue(DEFAULT).get(key)
    if entry is None:
        log.warning("the words %s are missing", key)
        return key
    if not isinstance(entry, str):
        entry = entry[_form(language, values.get("n", 0))]
    return entry.format(**values) if values else entry


def knows(key: str) -> bool:
    """Whether there are such words."""
    return key in catalogue(DEFAULT)


def language_name(tag: str) -> str:
    """Give what a language calls itself: `es` is Español."""
    if tag in LANGUAGES:
        return LANGUAGES[tag]
    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return name or tag


def choose_language(wanted: str, accepted: str) -> str:
    """Choose the language of a page: what somebody set, else what their browser asks for."""
    if wanted in LANGUAGES:
        return wanted
    ranked: list[tuple[float, int, str]] = []
    for place, item in enumerate(accepted.split(",")[:20]):
        tag, _, quality = item.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        base = tag.strip().partition("-")[0].casefold()
        if base in LANGUAGES and weight > 0:
            ranked.append((-weight, place, base))
    return min(ranked)[2] if ranked else DEFAULT


def _form(language: str, count: object) -> str:
    form: str = _locale(language).plural_form(count if isinstance(count, int | float) else 0)
    return form if form in _PLURALS else "other"


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale(DEFAULT)


def _add(found: dict[str, Entry], prefix: str, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        name = f"{prefix}.{key}"
        if isinstance(value, str):
            found[name] = value
        elif set(value) <= _PLURALS and "other" in value:
            # Korean has no form for one.
            found[name] = {"one": value.get("one", value["other"]), "other": value["other"]}
        else:
            _add(found, name, value)
