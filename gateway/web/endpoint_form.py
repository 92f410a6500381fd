"""The form of a webhook endpoint: what may be asked for, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.store.webhooks import Wanted
from gateway.web.forms import Form
from gateway.web.words import knows
from gateway.webhooks.catalogue import EVENT_TYPES, EVERYTHING, TEST, offered_fields
from gateway.webhooks.endpoints import MOST_NAME, MOST_URL
from gateway.webhooks.event_type import EventType
from gateway.webhooks.fields import FIELDS, Field


@dataclass(frozen=True, slots=True)
class Family:
    """The types of event that begin alike; `all` asks for every one of them."""

    name: str
    types: tuple[EventType, ...]

    @property
    def words(self) -> str:
        """The key of the words for it, "" where nobody has written any yet."""
        key = f"webhooks.family_{self.name}"
        return key if knows(key) else ""

    @property
    def all(self) -> str:
        """What to ask for to be told of every one of them."""
        return f"{self.name}.*"


def families() -> list[Family]:
    """Give every type of event that may be told, by family."""
    found: dict[str, list[EventType]] = {}
    for kind in EVENT_TYPES.values():
        if not kind.private and kind.type != TEST:
            found.setdefault(kind.type.partition(".")[0], []).append(kind)
    return [Family(name, tuple(kinds)) for name, kinds in found.items()]


def choosable_fields() -> Mapping[str, Field]:
    """Give every field that may be ticked for one type of event or another."""
    return {name: FIELDS[name] for name in offered_fields([EVERYTHING])}


def read_wanted(form: Form) -> Wanted:
    """Read what was typed; whether it can be is for `gateway.webhooks.endpoints` to say."""
    types = form.all("type")
    return Wanted(
        name=form.text("name", most=MOST_NAME, empty=True),
        url=form.text("url", most=MOST_URL, empty=True),
        types=_without_doubles(types),
        fields=tuple(form.all("field")),
    )


def _without_doubles(types: Sequence[str]) -> tuple[str, ...]:
    """Leave out what a family that was asked for holds already."""
    if EVERYTHING in types:
        return (EVERYTHING,)
    whole = tuple(asked[:-1] for asked in types if asked.endswith(".*"))
    return tuple(asked for asked in types if asked.endswith(".*") or not asked.startswith(whole))
