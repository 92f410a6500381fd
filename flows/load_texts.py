"""Text files (TOML, one a language) read into the model; what is wrong is collected with file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.errors import Problem
from flows.model import MARKED, Common, OptionText, Phrase, Texts
from flows.words import spoken

_LINE = re.compile(r"at line (\d+)")


def read_texts(path: Path, problems: list[Problem]) -> Texts | None:
    """Read one flow's texts in one language (None: the file cannot be read)."""
    reader = _TextReader(path, problems)
    data = reader.data()
    if data is None:
        return None
    reader.known(data, ("keywords", "commands", "phrases", "options", "marks"), "a text file")
    options = {
        name: {key: reader.option(name, key, value) for key, value in reader.table(table, name).items()}
        for name, table in reader.table(data.get("options", {}), "options").items()
    }
    return Texts(
        language=path.stem,
        path=str(path),
        keywords=reader.words(data.get("keywords", []), "keywords"),
        commands=reader.words(data.get("commands", []), "commands"),
        phrases=reader.phrases(data),
        options=options,
        marks={
            name: reader.marks(name, value)
            for name, value in reader.table(data.get("marks", {}), "marks").items()
        },
    )


def read_common(folder: Path, problems: list[Problem]) -> dict[str, Common]:
    """Read the shared texts of each language in `folder/texts`, and what `unclear` and `call` add to them."""
    found: dict[str, Common] = {}
    for path in sorted((folder / "texts").glob("*.toml")):
        common = _common(path, problems)
        if common:
            for added in ("unclear", "call"):
                common = _with_added(common, folder / added / path.name, problems)
            found[common.language] = common
    return found


def _common(path: Path, problems: list[Problem]) -> Common | None:
    reader = _TextReader(path, problems)
    data = reader.data()
    if data is None:
        return None
    reader.known(data, ("words", "languages", "emergency", "phrases"), "the common texts")
    emergency = reader.table(data.get("emergency", {}), "emergency")
    return Common(
        language=path.stem,
        path=str(path),
        words={
            key: reader.words(value, key)
            for key, value in reader.table(data.get("words", {}), "words").items()
        },
        languages={
            key: reader.words([value] if isinstance(value, str) else value, key)
            for key, value in reader.table(data.get("languages", {}), "languages").items()
        },
        emergency=reader.words(emergency.get("words", []), "emergency"),
        phrases=reader.phrases(data),
    )


def _with_added(common: Common, path: Path, problems: list[Problem]) -> Common:
    """Add the words and phrases of a file that may be there, and its voices to phrases of all of them."""
    if not path.exists():
        return common
    reader = _TextReader(path, problems)
    data = reader.data() or {}
    reader.known(data, ("words", "phrases", "voice"), "what is added to the common texts")
    words = {
        key: reader.words(value, key) for key, value in reader.table(data.get("words", {}), "words").items()
    }
    phrases = {**common.phrases, **reader.phrases(data)}
    for key, voice in reader.table(data.get("voice", {}), "voice").items():
        if key in phrases and isinstance(voice, str):
            phrases[key] = replace(phrases[key], voice=voice)
        else:
            reader.note(f"voice.{key}", f'`{key}` is no phrase that could have a voice = "…"')
    return replace(common, words={**common.words, **words}, phrases=phrases)


class _TextReader:
    """Reads the parts of one TOML file, noting every problem on the way."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self._path = path
        self._problems = problems
        self._lines: dict[str, int] = {}

    def data(self) -> dict[str, Any] | None:
        """Give the file's tables (None: it cannot be read)."""
        try:
            source = self._path.read_text("utf-8")
            data = tomllib.loads(source)
        except (OSError, UnicodeDecodeError):
            self._problems.append(
                Problem(str(self._path), 1, "the file cannot be read; save it as plain UTF-8 text")
            )
            return None
        except tomllib.TOMLDecodeError as error:
            match = _LINE.search(str(error))
            line = int(match[1]) if match else 1
            self._problems.append(Problem(str(self._path), line, f"not readable as TOML: {error}"))
            return None
        self._lines = _lines(source)
        return data

    def note(self, key: str, message: str) -> None:
        """Note a problem at the line where `key` stands."""
        line = self._lines.get(key, self._lines.get(key.rpartition(".")[2], 1))
        self._problems.append(Problem(str(self._path), line, message))

    def known(self, data: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
        """Note every top key that is not one of `keys`."""
        for key in data:
            if key not in keys:
                self.note(key, f"`{key}` is nothing {what} knows; it knows {', '.join(keys)}")

    def table(self, value: Any, key: str) -> dict[str, Any]:
        """Give a table, or note that it is none."""
        if isinstance(value, dict):
            return value
        self.note(key, f"`{key}` must be a table: a line `[{key}]` with `name = …` lines below it")
        return {}

    def words(self, value: Any, key: str) -> tuple[str, ...]:
        """Give a list of words, or note that it is none."""
        if isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value):
            return tuple(value)
        self.note(key, f'`{key}` must be a list of words: ["one", "another"]')
        return ()

    def marks(self, name: str, value: Any) -> tuple[str, ...]:
        """Give what stands around an answer, folded; note what does not begin or end with its place."""
        found: list[str] = []
        for words in self.words(value, name):
            before, _, after = words.partition(MARKED)
            folded = f"{spoken(before)} {MARKED}" if before else MARKED + spoken(after)
            if MARKED not in words or bool(spoken(before)) == bool(spoken(after)):
                self.note(f"marks.{name}", f"mark `{words}` must be words with {MARKED} after or before them")
            else:
                found.append(folded)
        return tuple(found)

    def option(self, name: str, key: str, value: Any) -> OptionText:
        """Give a choice's label and synonyms."""
        if isinstance(value, str):
            value = {"label": value}
        if (
            not isinstance(value, dict)
            or not isinstance(value.get("label"), str)
            or set(value) - {"label", "also"}
        ):
            self.note(f"options.{name}.{key}", f'option `{key}` must be {{ label = "…", also = ["…"] }}')
            return OptionText(key)
        return OptionText(value["label"], self.words(value.get("also", []), key))

    def phrases(self, data: Mapping[str, Any]) -> dict[str, Phrase]:
        """Give the phrases of the `[phrases]` table; dotted keys may be written as nested tables."""
        found: dict[str, Phrase] = {}
        self._phrases("", self.table(data.get("phrases", {}), "phrases"), found)
        return found

    def _phrases(self, prefix: str, table: Mapping[str, Any], found: dict[str, Phrase]) -> None:
        for key, value in table.items():
            name = prefix + key
            line = self._lines.get(f"phrases.{name}", self._lines.get(name, 1))
            if isinstance(value, str):
                found[name] = Phrase(value, line=line)
            elif isinstance(value, dict) and "sms" in value:
                found[name] = self._phrase(name, value, line)
            elif isinstance(value, dict) and value:
                self._phrases(f"{name}.", value, found)
            else:
                self.note(
                    f"phrases.{name}",
                    f'phrase `{name}` must be "…" or {{ sms = "…", voice = "…", help = "…" }}',
                )

    def _phrase(self, name: str, value: Mapping[str, Any], line: int) -> Phrase:
        if set(value) - {"sms", "voice", "help"} or not all(isinstance(text, str) for text in value.values()):
            self.note(f"phrases.{name}", f"phrase `{name}` may hold texts under sms, voice and help alone")
        texts = {key: str(value[key]) for key in ("sms", "voice", "help") if key in value}
        return Phrase(**texts, line=line)


_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:"[^"]+"|'[^']+'|[\w-]+)(?:\.(?:"[^"]+"|'[^']+'|[\w-]+))*)\s*=""")


def _lines(source: str) -> dict[str, int]:
    """Find the line of every key, for tomllib does not tell: `table.key` and the table's own name."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(source.splitlines(), 1):
        if match := _TABLE.match(line):
            table = _bare(match[1])
            found.setdefault(table, number)
        elif match := _KEY.match(line):
            key = _bare(match[1])
            found.setdefault(f"{table}.{key}" if table else key, number)
    return found


def _bare(key: str) -> str:
    return ".".join(
        part.strip().strip("\"'") for part in re.split(r"""\.(?=(?:[^"]*"[^"]*")*[^"]*$)""", key.strip())
    )
