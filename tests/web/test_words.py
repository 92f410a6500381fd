"""Every language of the dashboard has every word, with the same places to fill in."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest

import gateway.web
from gateway.web.words import LANGUAGES, Entry, catalogue, choose_language, say

WEB = Path(str(resources.files(gateway.web)))
_KEY = re.compile(r"""(?:\bt\(|\bback\(request, [^,]+, |FormMistake\("\w+", )\s*["']([a-z0-9_.]+)["']""")

_DEED = re.compile(r'"api\.([a-z_]+)"')


def _places(entry: Entry) -> set[str]:
    forms = [entry] if isinstance(entry, str) else entry.values()
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_every_language_has_every_word(language: str) -> None:
    english, other = catalogue("en"), catalogue(language)
    assert english.keys() == other.keys()
    assert {key for key in english if _places(english[key]) - {"n"} != _places(other[key]) - {"n"}} == set()


def test_every_word_that_a_page_asks_for_is_there() -> None:
    asked = {
        (file.name, key)
        for file in (*WEB.rglob("*.html"), *WEB.rglob("*.py"))
        for key in _KEY.findall(file.read_text(encoding="utf-8"))
    }
    assert len(asked) > 20
    assert {(file, key) for file, key in asked if not _is_there(key)} == set()


def test_the_log_has_words_for_all_that_other_systems_do() -> None:
    sources = [*(WEB.parent / "api").glob("*.py"), *(WEB.parent / "services").glob("*.py")]
    deeds = {deed for file in sources for deed in _DEED.findall(file.read_text(encoding="utf-8"))}
    assert len(deeds) > 25
    assert {deed for deed in deeds if f"api.log.{deed}" not in catalogue("en")} == set()


def _is_there(key: str) -> bool:
    """Whether there are such words, or, where the page adds the rest of the key, any that begin so."""
    if key.endswith((".", "_")):
        return any(known.startswith(key) for known in catalogue("en"))
    return key in catalogue("en")


@pytest.mark.parametrize(
    ("wanted", "accepted", "chosen"),
    [
        ("ko", "en-GB,en;q=0.9", "ko"),
        ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("", "fr,ko;q=0.2,en;q=0.1", "ko"),
        ("", "fr", "en"),
        ("", "en;q=nonsense, ko;q=0", "en"),
        ("xx", "", "en"),
    ],
)
def test_the_language_is_the_one_set_else_the_one_a_browser_asks_for(
    wanted: str, accepted: str, chosen: str
) -> None:
    assert choose_language(wanted, accepted) == chosen


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [
        ("en", 1, "1 text waits to be sent."),
        ("en", 0, "0 texts wait to be sent."),
        ("es", 1, "1 mensaje espera a ser enviado."),
        ("es", 1_000_000, "1000000 mensajes esperan a ser enviados."),
        ("ko", 1, "문자 1건이 보내지기를 기다립니다."),
    ],
)
def test_words_agree_with_how_many_there_are(language: str, n: int, words: str) -> None:
    assert say(language, "now.queue", n=n) == words


def test_what_is_filled_in_is_not_read_as_places_to_fill() -> None:
    assert say("en", "urgent.taken_by", who="{0.__class__} {x}") == "{0.__class__} {x} has taken it already."
