"""A value a conversation holds: tagged, so that whoever renders it knows how it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Value:
    """One answer or one fact given back by a service.

    `type` is an answer type's name or one of the service types: `text` (said as it is),
    `datetime` (UTC ISO 8601, said in local time), `list` (a list of strings, said one a line),
    `options` (a list of `[key, label]` for a choice made at run time, or `[key, label, also]` with
    what else people call it, either of them by language where there are several), `choice`
    (`[key, label]`). `data` is JSON.
    """

    type: str
    data: Json

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object that `from_json` reads."""
        return {"t": self.type, "v": self.data}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Value:
        """Read what `to_json` gave."""
        return cls(str(data["t"]), data["v"])


def text(words: str) -> Value:
    """Give a value that is said as it is."""
    return Value("text", words)
