"""A flow's picture shows every step and every way."""

from __future__ import annotations

import re

from flows.draw import draw
from tests.village import LIBRARY


def test_every_step_and_every_way_is_drawn_once() -> None:
    for flow in LIBRARY.flows.values():
        lines = draw(flow).splitlines()
        assert lines[0] == "stateDiagram-v2"
        assert f"    [*] --> s_{flow.start}" in lines
        ways = sum(len(ways) for step in flow.steps.values() for ways in step.ways.values())
        ends = sum(bool(step.end or step.go) for step in flow.steps.values())
        assert sum("-->" in line for line in lines) == 1 + ways + ends
        assert all(any(line.startswith(f"    s_{name}: ") for line in lines) for name in flow.steps)


def test_every_line_is_one_mermaid_reads() -> None:
    shape = re.compile(r"    (\[\*\]|s_\w+)( --> (\[\*\]|s_\w+)(: [^:;#]+)?|: [^:;#]+)\Z")
    for flow in LIBRARY.flows.values():
        for line in draw(flow).splitlines()[1:]:
            assert shape.match(line), line
