"""The picture of a record's lifecycle, as the pages in docs/services show it."""

from __future__ import annotations

import re
from pathlib import Path

from transitions import Machine

SERVICES = Path(__file__).parents[2] / "docs" / "services"


def diagram(machine: Machine) -> str:
    """Draw a lifecycle in the text language of Mermaid, its arrows in alphabetical order."""
    arrows = sorted(
        f"    {source} --> {move.dest}: {name}"
        for name, event in machine.events.items()
        for source, moves in event.transitions.items()
        for move in moves
    )
    return "\n".join(["stateDiagram-v2", f"    [*] --> {machine.initial}", *arrows]) + "\n"


def diagrams_on(page: str) -> list[str]:
    """Give the Mermaid pictures on a page of docs/services."""
    words = (SERVICES / page).read_text(encoding="utf-8")
    return re.findall(r"```mermaid\n(.*?)```", words, re.DOTALL)
