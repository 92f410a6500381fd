"""What a community has settled about help: what is asked for, where, how soon, how volunteers are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import time
from typing import Any, TypeVar

from flows.value import Json, Value


@dataclass(frozen=True, slots=True)
class Named:
    """Something residents choose by name. `names` and `also` (what else people call it) are by language."""

    key: str
    names: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """Give the name in a language, or in the first there is."""
        return self.names.get(language) or next(iter(self.names.values()))

    def option(self) -> list[Json]:
        """Give it as one option of a question, in every language."""
        return [self.key, dict(self.names), {language: list(also) for language, also in self.also.items()}]


@dataclass(frozen=True, slots=True)
class Urgency(Named):
    """How soon something is needed.

    `when` is `now`, `today`, `day` (the resident is asked which) or `any`. Volunteers have
    `answer_minutes` to answer an offer before the next few are asked.
    """

    when: str = "any"
    answer_minutes: int = 60


@dataclass(frozen=True, slots=True)
class DayPart(Named):
    """A part of the day, from `starts` to `ends`, local time."""

    starts: time = time(8)
    ends: time = time(21)


@dataclass(frozen=True, slots=True)
class HelpSettings:
    """`language` is the community's; `erase_words_after_days` counts from a request's end."""

    language: str
    categories: Sequence[Named] = ()
    areas: Sequence[Named] = ()
    urgencies: Sequence[Urgency] = ()
    parts: Sequence[DayPart] = ()
    offers_at_once: int = 3
    erase_words_after_days: int = 30

    def urgency(self, key: str) -> Urgency | None:
        """Find an urgency by its key."""
        return find(self.urgencies, key)

    def part(self, key: str) -> DayPart | None:
        """Find a part of the day by its key."""
        return find(self.parts, key)

    def category_name(self, key: str, language: str) -> str:
        """Give a category's name in a language; one that the community has dropped goes by its key."""
        return _name(self.categories, key, language)

    def area_name(self, key: str, language: str) -> str:
        """Give an area's name in a language; what a resident wrote instead of one stays as it is."""
        return _name(self.areas, key, language)

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object that `from_json` reads."""
        plain: dict[str, Json] = _plain(asdict(self))
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HelpSettings:
        """Read what `to_json` gave."""
        return cls(
            language=data["language"],
            categories=[Named(**_named(item)) for item in data["categories"]],
            areas=[Named(**_named(item)) for item in data["areas"]],
            urgencies=[
                Urgency(**_named(item), when=item["when"], answer_minutes=item["answer_minutes"])
                for item in data["urgencies"]
            ],
            parts=[
                DayPart(
                    **_named(item),
                    starts=time.fromisoformat(item["starts"]),
                    ends=time.fromisoformat(item["ends"]),
                )
                for item in data["parts"]
            ],
            offers_at_once=data["offers_at_once"],
            erase_words_after_days=data["erase_words_after_days"],
        )


_AnyNamed = TypeVar("_AnyNamed", bound=Named)


def find(among: Iterable[_AnyNamed], key: str) -> _AnyNamed | None:
    """Find what has a key."""
    return next((named for named in among if named.key == key), None)


def options(among: Iterable[Named]) -> Value:
    """Give what a question offers to choose from."""
    return Value("options", [named.option() for named in among])


def _name(among: Iterable[Named], key: str, language: str) -> str:
    found = find(among, key)
    return found.name(language) if found else key


def _named(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": item["key"],
        "names": item["names"],
        "also": {language: tuple(names) for language, names in item["also"].items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat("minutes") if isinstance(value, time) else value
