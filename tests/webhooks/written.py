"""Finds every place in the code that writes an event, by reading the code."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The functions that write events, and the place of the type among their arguments.
WRITERS = {"write_event": 1, "emit": 0, "happened": 0, "happened_at": 1}
# Where a type is only handed on from one of these to another.
HANDED_ON = frozenset({"type", "kind", "effect.type"})
HELP = "Write it as a text, as a constant of the module, or as an f-string that begins with its family."


@dataclass(frozen=True)
class Written:
    """One place that writes an event: its type, in which `*` stands for what is put in."""

    where: str
    type: str

    def fits(self, type: str) -> bool:  # noqa: A002
        """Whether this may be the place that writes a type."""
        return bool(re.fullmatch(re.escape(self.type).replace(r"\*", "[a-z_]+"), type))


@lru_cache
def written() -> list[Written]:
    """Give every place in the code that writes an event; raises ValueError for one nobody can read."""
    files = sorted(path for part in ("gateway", "flows") for path in (ROOT / part).rglob("*.py"))
    return [one for path in files for one in _File(path).written()]


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path.relative_to(ROOT)
        self._tree = ast.parse(path.read_text(encoding="utf-8"))
        self._functions = [node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef)]

    def written(self) -> Iterator[Written]:
        """Give what is written in this file."""
        for call in self._calls(set(WRITERS)):
            place = WRITERS[_name(call)]
            if len(call.args) > place and not isinstance(call.args[place], ast.Set | ast.Tuple):
                where = f"{self._path}:{call.lineno}"
                yield from (Written(where, found) for found in self._types(call.args[place], call))

    def _calls(self, names: set[str]) -> Iterator[ast.Call]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and _name(node) in names:
                yield node

    def _types(self, type_: ast.expr, call: ast.Call) -> list[str]:
        match type_:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return self._joined(parts, call)
            case ast.IfExp(body=one, orelse=other):
                return [*self._types(one, call), *self._types(other, call)]
            case ast.Name() | ast.Attribute() if ast.unparse(type_) in HANDED_ON:
                return []
            case ast.Name(id=name):
                return self._named(name, call)
        raise ValueError(f"{self._path}:{call.lineno}: which event is {ast.unparse(type_)}? {HELP}")

    def _joined(self, parts: list[ast.expr], call: ast.Call) -> list[str]:
        """Put a type together; where a parameter of the function is put in, ask whoever calls it."""
        made = [""]
        for part in parts:
            if isinstance(part, ast.Constant):
                options = [str(part.value)]
            elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
                options = self._given(part.value.id, call) or ["*"]
            else:
                options = ["*"]
            made = [begun + option for begun in made for option in options]
        return made

    def _named(self, name: str, call: ast.Call) -> list[str]:
        given = self._given(name, call)
        if given:
            return given
        module = ".".join(self._path.with_suffix("").parts)
        value = getattr(importlib.import_module(module), name, None)
        if isinstance(value, str):
            return [value]
        raise ValueError(f"{self._path}:{call.lineno}: which event is {name}? {HELP}")

    def _given(self, name: str, call: ast.Call) -> list[str]:
        """Give what a parameter of the function around `call` is called with, where that is written down."""
        around = [one for one in self._functions if one.lineno <= call.lineno <= (one.end_lineno or 0)]
        if not around:
            return []
        function = max(around, key=lambda one: one.lineno)
        places = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
        if name not in places:
            return []
        place = places.index(name)
        found = [one.args[place] for one in self._calls({function.name}) if len(one.args) > place]
        texts = [one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        return texts if len(texts) == len(found) else []


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
