"""What can go wrong with flows: one root error, and the problems found in what an author wrote."""

from __future__ import annotations

from dataclasses import dataclass


class FlowsError(Exception):
    """A flow cannot be used as written; the message names file, line and remedy."""


class UnknownFlow(FlowsError):
    """A conversation names a flow or version that is not in the library."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something an author has to put right: where (lines count from 1), what is wrong, what to do."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
