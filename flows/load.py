"""Flow files read into the model; whatever is wrong is collected with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.commands import KINDS as COMMAND_KINDS
from flows.errors import Problem
from flows.load_texts import read_texts
from flows.model import Ask, Flow, Step, Texts, Way
from flows.yaml_lines import Node, Scalar, Sequence, Table, plain, read_yaml

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
"""How flows, steps, answers and options may be called."""

ANY = "*"
"""Stands for every outcome."""

_DURATION = re.compile(r"(\d{1,4})([mhd])\Z")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_TOP = ("flow", "version", "start", "expires", "argument", "given", "command", "secret", "results", "steps")
_KINDS = ("ask", "do", "say", "go", "end")
_GUARD = re.compile(r"(known|unknown) [a-z][a-z0-9_]*\Z")
_ENDS_RESERVED = frozenset({"active"})


def duration(words: str) -> timedelta | None:
    """Read `45m`, `12h` or `28d` (None: it is not one, or it is nothing)."""
    match = _DURATION.match(words)
    if not match or not int(match[1]):
        return None
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def read_flow(folder: Path, problems: list[Problem]) -> Flow | None:
    """Read `folder/flow.yaml` and `folder/texts/*.toml` (None: nothing usable stands there)."""
    path = folder / "flow.yaml"
    try:
        source = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(str(path), 1, "the file cannot be read; save it as plain UTF-8 text"))
        return None
    root = read_yaml(str(path), source, problems)
    if root is None:
        return None
    texts: dict[str, Texts] = {}
    for file in sorted((folder / "texts").glob("*.toml")):
        read = read_texts(file, problems)
        if read:
            texts[read.language] = read
    return _FlowReader(str(path), problems).flow(root, texts)


class _FlowReader:
    """Turns the nodes of one flow file into a `Flow`, noting every problem on the way."""

    def __init__(self, path: str, problems: list[Problem]) -> None:
        self._path = path
        self._problems = problems

    def flow(self, root: Node, texts: Mapping[str, Texts]) -> Flow | None:
        if not isinstance(root, Table):
            self._note(root.line, "a flow file is made of `key: value` lines; begin with `flow: NAME`")
            return None
        self._known(root, _TOP, "flow file")
        name = self._name(root, "flow")
        start = self._name(root, "start")
        steps = self._steps(root)
        if not name or not start or not steps:
            return None
        return Flow(
            name=name,
            version=self._version(root),
            path=self._path,
            start=start,
            expires=self._expires(root),
            steps=steps,
            texts=texts,
            argument=self._argument(root),
            given=self._given(root),
            secret=self._secret(root),
            command=self._command(root),
            results=self._results(root),
            lines=root.lines,
        )

    def _note(self, line: int, message: str) -> None:
        self._problems.append(Problem(self._path, line, message))

    def _known(self, table: Table, known: tuple[str, ...], what: str) -> None:
        for key in table.items:
            if key not in known:
                self._note(
                    table.lines[key], f"`{key}` is nothing a {what} knows; it knows {', '.join(known)}"
                )

    def _name(self, table: Table, key: str) -> str:
        node = table.items.get(key)
        if node is None:
            self._note(table.line, f"`{key}` is missing; add a line `{key}: NAME`")
            return ""
        return self._word(node, f"`{key}`", table.lines[key])

    def _word(self, node: Node, what: str, line: int) -> str:
        value = node.value if isinstance(node, Scalar) else None
        if not isinstance(value, str) or not NAME.match(value):
            self._note(line, f"{what} must be a name of small letters, digits and _, such as `pick_up`")
            return ""
        return value

    def _argument(self, root: Table) -> tuple[str, ...]:
        node = root.items.get("argument")
        if not isinstance(node, Sequence):
            return (self._name(root, "argument"),) if node else ()
        return tuple(
            self._word(item, "what words after the keyword answer", item.line) for item in node.items
        )

    def _given(self, root: Table) -> tuple[str, ...]:
        node = root.items.get("given", Sequence((), root.line))
        if not isinstance(node, Sequence):
            self._note(node.line, "`given` must be a list of names: [trip, time]")
            return ()
        return tuple(self._word(item, "what is given", item.line) for item in node.items)

    def _secret(self, root: Table) -> bool:
        node = root.items.get("secret")
        if node is not None and (not isinstance(node, Scalar) or node.value is not True):
            self._note(root.lines["secret"], "write `secret: true`, or leave the line out")
        return node is not None

    def _results(self, root: Table) -> bool:
        node = root.items.get("results")
        if node is not None and (not isinstance(node, Scalar) or node.value is not True):
            self._note(root.lines["results"], "write `results: true`, or leave the line out")
        if node is not None and "secret" in root.items:
            self._note(
                root.lines["results"], "nobody may keep the answers of a secret flow; leave this line out"
            )
            return False
        return node is not None

    def _command(self, root: Table) -> str:
        node = root.items.get("command")
        value = node.value if isinstance(node, Scalar) else None
        if node is not None and value not in COMMAND_KINDS:
            self._note(root.lines["command"], f"`command` must be one of {', '.join(COMMAND_KINDS)}")
        return str(value) if value in COMMAND_KINDS else ""

    def _version(self, root: Table) -> int:
        node = root.items.get("version")
        if (
            isinstance(node, Scalar)
            and isinstance(node.value, int)
            and node.value is not True
            and node.value > 0
        ):
            return node.value
        self._note(
            root.lines.get("version", root.line),
            "`version` must be a whole number from 1, such as `version: 1`",
        )
        return 1

    def _expires(self, root: Table) -> timedelta:
        node = root.items.get("expires")
        value = duration(str(node.value)) if isinstance(node, Scalar) else None
        if value is None:
            line = root.lines.get("expires", root.line)
            self._note(
                line,
                "`expires` must say after how long without an answer the flow ends: `45m`, `12h` or `28d`",
            )
            return timedelta(hours=12)
        return value

    def _steps(self, root: Table) -> dict[str, Step]:
        node = root.items.get("steps")
        if not isinstance(node, Table) or not node.items:
            self._note(
                root.lines.get("steps", root.line), "`steps` must hold at least one `name:` with what it does"
            )
            return {}
        steps: dict[str, Step] = {}
        for name, body in node.items.items():
            line = node.lines[name]
            if not NAME.match(name):
                self._note(line, f"step `{name}`: a step is named with small letters, digits and _")
            if not isinstance(body, Table):
                self._note(line, f"step `{name}` is empty; give it one of {', '.join(_KINDS)}")
                continue
            steps[name] = self._step(name, body, line)
        return steps

    def _step(self, name: str, body: Table, line: int) -> Step:
        self._known(body, (*_KINDS, "then"), "step")
        kinds = [kind for kind in _KINDS if kind in body.items]
        if len(kinds) != 1:
            has = " and ".join(kinds) or "none of them"
            self._note(line, f"step `{name}` must have exactly one of {', '.join(_KINDS)}; it has {has}")
            return Step(name, line, end="failed")
        kind = kinds[0]
        node, at = body.items[kind], body.lines[kind]
        ways = self._ways(name, kind, body)
        if kind == "ask":
            return Step(name, line, ask=self._ask(name, node, at), ways=ways)
        if kind == "say":
            if not isinstance(node, Scalar) or node.value is not True:
                self._note(
                    at, f"step `{name}`: write `say: true`; the words stand in the texts under `{name}`"
                )
            return Step(name, line, say=True, ways=ways)
        if kind == "do":
            value = str(node.value) if isinstance(node, Scalar) else ""
            if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", value):
                self._note(at, f"step `{name}`: `do` names a service and its action, such as `lift.book`")
            return Step(name, line, do=value, ways=ways)
        word = self._word(node, f"step `{name}`: `{kind}`", at)
        if kind == "go":
            return Step(name, line, go=word or "menu")
        if word in _ENDS_RESERVED:
            self._note(
                at,
                f"step `{name}`: nothing can end as `{word}`; write `completed` or a word of your own",
            )
        return Step(name, line, end=word or "completed")

    def _ask(self, step: str, node: Node, line: int) -> Ask:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return Ask(node.value, step)
        if not isinstance(node, Table) or not node.items:
            self._note(
                line,
                f"step `{step}`: write `ask: yes_no` or `ask: {{place: pickup}}` (type, then name)",
            )
            return Ask("free_text", step)
        kind, *options = node.items
        name = self._word(node.items[kind], f"step `{step}`: the answer's name", node.lines[kind]) or step
        values: dict[str, Any] = {key: plain(node.items[key]) for key in options}
        return Ask(kind, name, values)

    def _ways(self, name: str, kind: str, body: Table) -> dict[str, tuple[Way, ...]]:
        node = body.items.get("then")
        if kind in ("go", "end"):
            if node is not None:
                self._note(body.lines["then"], f"step `{name}`: nothing comes after `{kind}`; remove `then`")
            return {}
        if node is None:
            self._note(body.line, f"step `{name}` has no way on; add `then: STEP`")
            return {}
        if not isinstance(node, Table):
            return {ANY: self._targets(name, node, body.lines["then"])}
        if not node.items:
            self._note(body.lines["then"], f"step `{name}` has no way on; `then` is empty")
        return {
            outcome: self._targets(name, item, node.lines[outcome]) for outcome, item in node.items.items()
        }

    def _targets(self, name: str, node: Node, line: int) -> tuple[Way, ...]:
        items = node.items if isinstance(node, Sequence) else (node,)
        ways = [way for item in items if (way := self._way(name, item, line))]
        if not items:
            self._note(line, f"step `{name}`: the list of ways is empty; name a step")
        return tuple(ways)

    def _way(self, name: str, node: Node, line: int) -> Way | None:
        if isinstance(node, Table):
            self._known(node, ("when", "to"), "way")
            target, guard = node.items.get("to"), node.items.get("when")
            when = str(guard.value) if isinstance(guard, Scalar) else ""
            if not _GUARD.match(when):
                self._note(node.line, f"step `{name}`: `when` is `known NAME` or `unknown NAME`")
                when = ""
            if target is None:
                self._note(node.line, f"step `{name}`: a way needs `to: STEP`")
                return None
            to = self._word(target, f"step `{name}`: where a way leads", node.line)
            return Way(to, when, node.line) if to else None
        to = self._word(node, f"step `{name}`: where a way leads", node.line or line)
        return Way(to, "", node.line or line) if to else None
