"""What a community has written down about help: `help.toml`, over what every community begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from flows.answers.fold import fold
from flows.keypad import OFFERED_AT_ONCE
from gateway.community_places import KEY
from gateway.help_settings import DayPart, HelpSettings, Named, Urgency
from gateway.toml_file import TomlFile, TomlTable

USUAL = Path(__file__).parent / "sample" / "help.toml"
WHENS = ("now", "today", "day", "any")
NAME = '{ en = "Shopping", es = "Compras" }'
MOST_OPTIONS = OFFERED_AT_ONCE + 1
LONGEST_ANSWER_MIN = 2880

_AnyNamed = TypeVar("_AnyNamed", bound=Named)


def read_help(folder: Path, language: str) -> HelpSettings:
    """Read `help.toml`, where there is one. Raises ConfigError."""
    own = folder / "help.toml"
    usual = _read(TomlFile(USUAL), HelpSettings(language))
    return _read(TomlFile(own), usual) if own.exists() else usual


def _read(file: TomlFile, usual: HelpSettings) -> HelpSettings:
    settings = HelpSettings(
        language=usual.language,
        categories=_list(file, "category", _category) or usual.categories,
        areas=_list(file, "area", _area) or usual.areas,
        urgencies=_list(file, "urgency", _urgency) or usual.urgencies,
        parts=_list(file, "part", _part) or usual.parts,
        offers_at_once=(top := file.top()).whole("offers_at_once", usual.offers_at_once, least=1, most=20),
        erase_words_after_days=top.whole(
            "erase_words_after_days", usual.erase_words_after_days, least=1, most=730
        ),
    )
    top.close()
    return settings


def _list(file: TomlFile, name: str, read: Callable[[TomlTable], _AnyNamed]) -> Sequence[_AnyNamed]:
    tables = file.tables(name)
    found: list[_AnyNamed] = []
    taken: dict[tuple[str, str], str] = {}
    for table in tables:
        item = read(table)
        table.close()
        if any(item.key == other.key for other in found):
            raise table.wrong("key", f"is {item.key}, which stands there already. Choose another.")
        for language, word in _names_of(item):
            other = taken.setdefault((language, fold(word)), item.key)
            if other != item.key:
                raise table.wrong("name", f"{word} means {other} already. Leave it with one of the two.")
        found.append(item)
    if len(found) > MOST_OPTIONS:
        raise tables[MOST_OPTIONS].wrong(
            "key", f"is one too many: a telephone has keys for {MOST_OPTIONS}. Put some of them together."
        )
    return found


def _names_of(item: Named) -> list[tuple[str, str]]:
    own = list(item.names.items())
    return own + [(language, word) for language, words in item.also.items() for word in words]


def _category(table: TomlTable) -> Named:
    return Named(**_named(table))


def _area(table: TomlTable) -> Named:
    return Named(**_named(table))


def _urgency(table: TomlTable) -> Urgency:
    return Urgency(
        **_named(table),
        when=table.one_of("when", WHENS, default="any"),
        answer_minutes=table.whole("answer_minutes", 60, least=1, most=LONGEST_ANSWER_MIN),
    )


def _part(table: TomlTable) -> DayPart:
    starts, ends = table.clock("starts", example="08:00"), table.clock("ends", example="12:00")
    if starts >= ends:
        raise table.wrong("ends", "must be later than starts.")
    return DayPart(**_named(table), starts=starts, ends=ends)


def _named(table: TomlTable) -> dict[str, Any]:
    key = table.text("key", example='"shopping"')
    if not KEY.fullmatch(key):
        raise table.wrong("key", "must be small letters, digits and _, a letter first: mill_lane.")
    names = table.words("name", example=NAME)
    also: Mapping[str, str] = (
        table.words("also", example='{ en = "food|groceries" }') if table.has("also") else {}
    )
    return {
        "key": key,
        "names": names,
        "also": {
            language: tuple(word.strip() for word in words.split("|") if word.strip())
            for language, words in also.items()
        },
    }
