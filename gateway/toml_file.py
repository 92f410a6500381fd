"""A TOML file read with care: every value typed and checked, every error with file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Any

from gateway.errors import ConfigError

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")


class TomlTable:
    """One table of a TOML file; what is asked of it is known, and `close` refuses the rest."""

    def __init__(self, path: Path, name: str, values: Mapping[str, Any], lines: Mapping[str, int]) -> None:
        self.path = path
        self._name = name
        self._values = values
        self._lines = lines
        self._asked: set[str] = set()

    def wrong(self, key: str, message: str) -> ConfigError:
        """Give the error that says what is wrong with `key`, at its line."""
        where = f"[{self._name}] {key}" if self._name else key
        line = self._lines.get(key, self._lines.get("", 1))
        return ConfigError(f"{self.path}, line {line}: {where} {message}")

    def has(self, key: str) -> bool:
        """Whether the file gives `key`."""
        self._asked.add(key)
        return key in self._values

    def text(self, key: str, *, example: str) -> str:
        """Give a text that must be there and not be empty."""
        value = self._required(key, example)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"must be a text in quotes. Write for example: {key} = {example}")
        return value.strip()

    def optional_text(self, key: str, *, example: str) -> str | None:
        """Give a text, or None where the file gives none."""
        return self.text(key, example=example) if self.has(key) else None

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """Give a whole number from `least` to `most`."""
        value = self._values.get(key, default) if self.has(key) else default
        # TOML's true is Python's True, which is an int.
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(
                key, f"must be a whole number from {least} to {most}. Write for example: {key} = {default}"
            )
        return value

    def clock(self, key: str, *, example: str) -> time:
        """Give a time of day that must be there, such as "09:00"."""
        value = self.text(key, example=f'"{example}"')
        try:
            return time.fromisoformat(value.zfill(5))
        except ValueError:
            raise self.wrong(key, f'must be a time of day. Write for example: {key} = "{example}"') from None

    def flag(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self._values.get(key, default) if self.has(key) else default
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, without quotes. Write for example: {key} = true")
        return value

    def texts(self, key: str, *, example: str) -> tuple[str, ...]:
        """Give a list of texts, empty where the file gives none."""
        value = self._values.get(key, []) if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(key, f"must be a list of texts. Write for example: {key} = {example}")
        return tuple(item.strip() for item in value)

    def words(self, key: str, *, example: str) -> Mapping[str, str]:
        """Give texts by language (BCP 47), at least one."""
        value = self._required(key, example)
        good = isinstance(value, dict) and all(isinstance(words, str) and words for words in value.values())
        if not value or not good:
            raise self.wrong(key, f"must be texts by language. Write for example: {key} = {example}")
        return dict(value)

    def tables(self, key: str, *, example: str) -> list[TomlTable]:
        """Give a list of small tables; what is wrong in them is told with the line of `key`."""
        value = self._required(key, example)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, f"must be a list of tables. Write for example: {key} = [{example}]")
        line = {"": self._lines.get(key, self._lines.get("", 1))}
        return [TomlTable(self.path, key, item, line) for item in value]

    def one_of(self, key: str, choices: Sequence[str], *, default: str) -> str:
        """Give one word out of `choices`."""
        value = self._values.get(key, default) if self.has(key) else default
        if value not in choices:
            raise self.wrong(
                key, f'must be one of {", ".join(choices)}. Write for example: {key} = "{default}"'
            )
        return str(value)

    def close(self) -> None:
        """Refuse every key that nobody asked for, with the nearest known one."""
        from rapidfuzz import process

        for key in self._values:
            if key in self._asked:
                continue
            near = process.extractOne(key, sorted(self._asked), score_cutoff=60)
            remedy = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(sorted(self._asked))}."
            raise self.wrong(key, f"is not a setting. {remedy}")

    def _required(self, key: str, example: str) -> Any:
        if not self.has(key):
            raise self.wrong(key, f"is missing. Write for example: {key} = {example}")
        return self._values[key]


class TomlFile:
    """A TOML file in memory, with the line of every key in it.

    Raises ConfigError when it cannot be read; `missing` is the remedy when it is not there.
    """

    def __init__(self, path: Path, *, missing: str = "Make it, or correct the name.") -> None:
        self.path = path
        self._values, text = _read(path, missing)
        self._lines = _lines_of(text)
        self._asked: set[str] = set()

    def top(self) -> TomlTable:
        """Give what stands above the first header; ask for the sections before, as it refuses all others."""
        lines = {header: found[""] for header, found in reversed(self._lines[1:])} | self._lines[0][1]
        table = TomlTable(self.path, "", self._values, lines)
        for name in self._asked:
            table.has(name)
        return table

    def table(self, name: str) -> TomlTable:
        """Give the table `[name]`, empty where the file has none."""
        self._asked.add(name)
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            raise self._not_a_table(name, f"[{name}]")
        lines = next((found for header, found in self._lines if header == name), {})
        return TomlTable(self.path, name, value, lines)

    def tables(self, name: str) -> list[TomlTable]:
        """Give every table `[[name]]`."""
        self._asked.add(name)
        values = self._values.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self._not_a_table(name, f"[[{name}]]")
        lines = [found for header, found in self._lines if header == name]
        lines += [{}] * (len(values) - len(lines))
        return [TomlTable(self.path, name, value, found) for value, found in zip(values, lines, strict=False)]

    def _not_a_table(self, name: str, header: str) -> ConfigError:
        line = next((found[""] for head, found in self._lines if head == name), None)
        line = line or self._lines[0][1].get(name, 1)
        return ConfigError(
            f"{self.path}, line {line}: {name} must be a section. Write {header} on a line of its own "
            "and its settings below it."
        )


def _read(path: Path, missing: str) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows begins a file with a mark
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file. {missing}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: the file is not UTF-8. Save it as UTF-8 text.") from None
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}). Check the name and the rights."
        ) from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        what = str(error).split(" (at ")[0]
        raise ConfigError(
            f"{path}, line {line}: this is not TOML ({what}). Texts stand in straight quotes, one setting a "
            'line: name = "value".'
        ) from None


def _lines_of(text: str) -> list[tuple[str, dict[str, int]]]:
    """Find the line of every key, header by header; `""` is the header's own line.

    tomllib keeps no lines. A key inside a text of several lines could be taken for one, which
    would at worst point an error at a neighbouring line.
    """
    found: list[tuple[str, dict[str, int]]] = [("", {})]
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            found.append((header[1].strip("\"' "), {"": number}))
        elif key := _KEY.match(line):
            found[-1][1].setdefault(key[1], number)
    return found
