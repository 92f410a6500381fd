"""A flow as a picture, in the text language of Mermaid."""

from __future__ import annotations

from flows.load import ANY
from flows.model import Flow, Step, Way

_UNSAFE = str.maketrans({":": " ", ";": " ", "#": " ", '"': "'", "\n": " "})


def draw(flow: Flow) -> str:
    """Give the diagram of a flow in the `stateDiagram-v2` language, its steps in the order of the file."""
    lines = ["stateDiagram-v2", f"    [*] --> {_id(flow.start)}"]
    for step in flow.steps.values():
        lines.append(f"    {_id(step.name)}: {_label(step)}")
        for outcome, ways in step.ways.items():
            lines.extend(f"    {_id(step.name)} --> {_id(way.to)}{_arrow(outcome, way)}" for way in ways)
        if step.end or step.go:
            lines.append(f"    {_id(step.name)} --> [*]")
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    """Keep clear of Mermaid's own words (`state`, `end`, `note`, …)."""
    return f"s_{name}"


def _label(step: Step) -> str:
    if step.ask is not None:
        what = f"ask {step.ask.type}"
    elif step.do:
        what = f"do {step.do}"
    elif step.say:
        what = "say"
    else:
        what = f"go to {step.go}" if step.go else f"end {step.end}"
    return f"{step.name}\\n({what})".translate(_UNSAFE)


def _arrow(outcome: str, way: Way) -> str:
    words = [] if outcome == ANY else [outcome]
    if way.when:
        words.append(f"({way.when})")
    return f": {' '.join(words).translate(_UNSAFE)}" if words else ""
