"""What a field of a request or an answer may hold: markers beside its type, for schema and reader alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

# Control characters have no place in a text; a line break has, where there may be several lines.
ONE_LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
LINES = "^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f]*$"


@dataclass(frozen=True, slots=True)
class Words:
    """A string of `least` to `most` characters that `pattern` (ECMA 262 and Python alike) describes."""

    most: int
    least: int = 0
    pattern: str = ONE_LINE
    format: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class OneOf:
    """A string that is one of `values`, where code elsewhere says which there are."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """A sentence for the reader of the document."""

    words: str


# Every number of ours fits what JavaScript counts exactly.
MOST_ID = 2**53 - 1

Id: TypeAlias = Annotated[int, Whole(1, MOST_ID)]
"""The id of a record."""

PersonId: TypeAlias = Annotated[
    str,
    Words(33, 33, "^p[0-9a-f]{32}$", example="p5d3ca0b7f6c5b3d64f8e8f2b7c1d9e20"),
    Described("A person, under a pseudonym that is stable here and says nothing elsewhere."),
]
"""A person, under a pseudonym."""

FlowName: TypeAlias = Annotated[str, Words(64, 1, "^[a-z][a-z0-9_]*$", example="lift")]
"""The name of a flow."""

Cursor: TypeAlias = Annotated[str, Words(400, 1, "^[A-Za-z0-9_.-]+$")]
"""Where a page begins, as the page before it said."""

Limit: TypeAlias = Annotated[int, Whole(1, 200)]
"""How many records a page holds at most."""
