"""The flows as this gateway runs them, checked against its service actions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flows.check import check
from flows.errors import Problem
from flows.library import BUILT_IN, Library, load_library
from gateway.services import ACTIONS, BINDING


def check_flows(folders: Iterable[Path] = ()) -> tuple[Library, list[Problem]]:
    """Load Plainline's own flows with those of `folders` over them, and give every problem there is."""
    library = load_library((BUILT_IN, *folders), BINDING)
    return library, check(library, {name: action.spec for name, action in ACTIONS.items()})
