"""The texts that are said: those of the files, with a coordinator's words over them."""

from __future__ import annotations

from collections.abc import Iterable

from flows.errors import Problem
from flows.library import Library
from flows.reworded import Rewording, reworded
from gateway.services import ACTIONS

LONGEST_WORDS = 1_000


def problems_of(files: Library, changes: Iterable[Rewording]) -> list[Problem]:
    """Give what would be wrong with the flows if these words were said: only what the changes brought."""
    from flows.check import check  # its way of comparing sounds stays out of memory until words are changed

    specs = {name: action.spec for name, action in ACTIONS.items()}
    before = set(check(files, specs))
    return [problem for problem in check(reworded(files, changes), specs) if problem not in before]
