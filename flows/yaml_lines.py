"""YAML read into plain values that remember their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from flows.errors import Problem

DEPTH_MAX = 12
"""Deeper nesting than any flow file needs; an alias that contains itself has no end."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?\d{1,18}\Z")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+\Z")

Node: TypeAlias = "Scalar | Sequence | Table"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value and its line."""

    value: bool | int | float | str | None
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes and its line."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping of nodes; `lines` are the lines of its keys."""

    items: dict[str, Node]
    lines: dict[str, int]
    line: int


def read_yaml(path: str, source: str, problems: list[Problem]) -> Node | None:
    """Read one document; whatever is wrong goes into `problems` (None: nothing can be read).

    `yes`, `no` and `12:30` stay words, unlike in YAML 1.1: they are answers in a flow.
    """
    try:
        node = yaml.compose(source, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(
            Problem(path, line, f"not readable as YAML: {error.problem}; check spaces, colons, quotes")
        )
        return None
    except (yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "too deeply nested"
        problems.append(Problem(path, 1, f"not readable as YAML: {reason}; save it as plain UTF-8 text"))
        return None
    if node is None:
        problems.append(Problem(path, 1, "the file is empty; write at least flow, version, start and steps"))
        return None
    return _node(node, path, problems, 0)


def plain(node: Node) -> Any:
    """Give a node's value without its lines."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.items.items()}


def _node(node: yaml.Node, path: str, problems: list[Problem], depth: int) -> Node:
    line = node.start_mark.line + 1
    if depth > DEPTH_MAX:
        problems.append(Problem(path, line, f"nested more than {DEPTH_MAX} deep; a flow file needs far less"))
        return Scalar(None, line)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_node(item, path, problems, depth + 1) for item in node.value), line)
    if isinstance(node, yaml.MappingNode):
        return _table(node, path, problems, depth)
    return Scalar(_scalar(node), line)


def _table(node: yaml.MappingNode, path: str, problems: list[Problem], depth: int) -> Table:
    items: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(Problem(path, line, "a key must be a single word"))
            continue
        name = str(key.value)
        if name in items:
            problems.append(
                Problem(
                    path,
                    line,
                    f"`{name}` stands here twice (first in line {lines[name]}); keep one of the two",
                )
            )
            continue
        items[name] = _node(value, path, problems, depth + 1)
        lines[name] = line
    return Table(items, lines, node.start_mark.line + 1)


def _scalar(node: Any) -> bool | int | float | str | None:
    value = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return value
    if value in ("true", "false"):
        return value == "true"
    if value in ("", "null", "~"):
        return None
    if _INTEGER.match(value):
        return int(value)
    if _DECIMAL.match(value):
        return float(value)
    return value
