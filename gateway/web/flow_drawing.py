"""A flow laid out as a drawing: steps in rows by how far they are from the start, ways between them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.load import ANY
from flows.model import Flow, Step

WIDTH, HEIGHT = 150, 64
GAP_X, GAP_Y = 24, 56
MARGIN = 20
MOST_BESIDE = 6
"""Steps beside each other, so that a laptop shows the whole width."""
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A step in the drawing; x and y are its upper left corner, `kind` is ask, do, say, go or end."""

    step: str
    kind: str
    what: str
    x: int
    y: int
    fared: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A way between two steps, as the path of an SVG; `back` leads up again."""

    path: str
    words: str
    x: int
    y: int
    back: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to draw, and how large it is."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw_flow(flow: Flow, fared: Mapping[str, Mapping[str, int]]) -> Drawing:
    """Lay a flow out, with how residents fared at each question."""
    rows = _rows(flow)
    widest = max(len(row) for row in rows)
    width = widest * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    places: dict[str, tuple[int, int]] = {}
    for depth, row in enumerate(rows):
        left = (width - len(row) * (WIDTH + GAP_X) + GAP_X) // 2
        for place, name in enumerate(row):
            places[name] = (left + place * (WIDTH + GAP_X), MARGIN + depth * (HEIGHT + GAP_Y))
    boxes = tuple(
        Box(name, *_what(flow.steps[name]), *places[name], fared.get(name, {}))
        for row in rows
        for name in row
    )
    lines = tuple(
        _line(places[name], places[target], words)
        for name in places
        for target, words in _targets(flow.steps[name]).items()
        if target in places
    )
    return Drawing(width + 2 * GAP_X, MARGIN * 2 + len(rows) * (HEIGHT + GAP_Y) - GAP_Y, boxes, lines)


def _targets(step: Step) -> dict[str, str]:
    """Give where a step leads, with the outcomes that lead there."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for outcome, ways in step.ways.items():
        for way in ways:
            words = "" if outcome == ANY else outcome
            if words not in found[way.to]:
                found[way.to].append(words)
    return {target: ", ".join(word for word in words if word) for target, words in found.items()}


def _rows(flow: Flow) -> list[list[str]]:
    depth = {flow.start: 0}
    waiting = deque([flow.start])
    while waiting:
        name = waiting.popleft()
        for target in _targets(flow.steps[name]):
            if target in flow.steps and target not in depth:
                depth[target] = depth[name] + 1
                waiting.append(target)
    rows: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in flow.steps:
        if name in depth:
            rows[depth[name]].append(name)
    _untangle(flow, rows)
    return [row[at : at + MOST_BESIDE] for row in rows for at in range(0, len(row), MOST_BESIDE)]


def _untangle(flow: Flow, rows: list[list[str]]) -> None:
    """Put each step below those that lead to it, so that fewer lines cross."""
    before: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name in row:
            for target in _targets(flow.steps[name]):
                before[target].append(name)
    for _ in range(_SWEEPS):
        place = {name: index / max(len(row) - 1, 1) for row in rows for index, name in enumerate(row)}
        for row in rows[1:]:
            row.sort(key=lambda name: _mean([place[one] for one in before[name] if one in place]))
            place.update({name: index / max(len(row) - 1, 1) for index, name in enumerate(row)})


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.5


def _line(start: tuple[int, int], end: tuple[int, int], words: str) -> Line:
    back = end[1] <= start[1]
    x1, y1 = start[0] + WIDTH // 2, start[1] + HEIGHT
    x2, y2 = end[0] + WIDTH // 2, end[1]
    if back:  # up along the right side of both
        x1, y1 = start[0] + WIDTH, start[1] + HEIGHT // 2
        x2, y2 = end[0] + WIDTH, end[1] + HEIGHT // 2
        bend = max(x1, x2) + GAP_X
        path = f"M{x1},{y1} C{bend},{y1} {bend},{y2} {x2},{y2}"
        return Line(path, "", 0, 0, back=True)  # where many lead back, their words would lie on each other
    middle = (y1 + y2) // 2
    path = f"M{x1},{y1} C{x1},{middle} {x2},{middle} {x2},{y2}"
    return Line(path, words, (x1 + x2) // 2, middle, back=False)


def _what(step: Step) -> tuple[str, str]:
    if step.ask is not None:
        return "ask", step.ask.type
    if step.do:
        return "do", step.do
    if step.say:
        return "say", ""
    return ("go", step.go) if step.go else ("end", step.end)
