"""A CSV file read with care, as a spreadsheet saves it: every error with file, line and remedy."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TypeVar

from gateway.errors import ConfigError

T = TypeVar("T")
# Whoever has more mistakes than this in one file has probably saved the wrong one.
MOST_MISTAKES = 20


class CsvRow:
    """One row of a CSV file, and the line it ends on."""

    def __init__(self, path: Path, line: int, values: Mapping[str, str]) -> None:
        self.path = path
        self.line = line
        self._values = values

    def wrong(self, column: str, message: str) -> ConfigError:
        """Give the error that says what is wrong in `column`, at this row's line."""
        return ConfigError(f"{self.path}, line {self.line}: {column} {message}")

    def text(self, column: str) -> str:
        """Give a value that must be there."""
        value = self._values[column]
        if not value:
            raise self.wrong(column, "is empty. Fill it in, or take the row away.")
        return value

    def optional(self, column: str) -> str:
        """Give a value, or an empty string where the row or the file has none."""
        return self._values.get(column, "")

    def parts(self, column: str) -> tuple[str, ...]:
        """Give the values that `|` separates; none where the column is empty."""
        return tuple(part.strip() for part in self.optional(column).split("|") if part.strip())

    def whole(self, column: str, *, least: int, most: int) -> int:
        """Give a whole number from `least` to `most`."""
        value = self.text(column)
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise self.wrong(column, f"must be a whole number from {least} to {most}, not {value[:20]}.")
        return int(value)


def each_row(rows: Iterable[CsvRow], make: Callable[[CsvRow], T]) -> list[T]:
    """Make something of every row; raises ConfigError that tells of every wrong row, one a line."""
    found: list[T] = []
    mistakes: list[str] = []
    for row in rows:
        try:
            found.append(make(row))
        except ConfigError as mistake:
            mistakes.append(str(mistake))
    if mistakes:
        raise ConfigError("\n".join(mistakes[:MOST_MISTAKES]))
    return found


def read_csv(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[CsvRow]:
    """Read the rows of a CSV file with a header; a file that is not there has none.

    Values are trimmed and blank rows left out. Commas or semicolons separate, as spreadsheets
    differ in that by country. Raises ConfigError, with file, line and remedy.
    """
    source = _source(path)
    if not source.strip():
        return []
    first = source.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(StringIO(source, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader)]
        _check_header(path, header, columns, optional)
        return [_row(path, reader.line_num, header, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise ConfigError(
            f"{path}, line {reader.line_num}: this is not CSV ({error}). "
            'Write a value that holds a comma in quotes: "Mill Lane, 4".'
        ) from None


def _source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path}, line {line}: the file is not UTF-8. Save it again as CSV UTF-8."
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}). Check the name and the rights."
        ) from None


def _check_header(path: Path, header: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    expected = ",".join((*columns, *optional))
    for name in columns:
        if name not in header:
            raise ConfigError(f"{path}, line 1: column {name} is missing. The first line must be: {expected}")
    for name in header:
        if name not in columns and name not in optional:
            raise ConfigError(f"{path}, line 1: column {name!r} is not known. Known are: {expected}")
    if len(set(header)) < len(header):
        raise ConfigError(f"{path}, line 1: a column is there twice. The first line must be: {expected}")


def _row(path: Path, line: int, header: Sequence[str], cells: Sequence[str]) -> CsvRow:
    if len(cells) != len(header):
        raise ConfigError(
            f"{path}, line {line}: {len(cells)} values for {len(header)} columns. "
            'Write a value that holds a comma in quotes: "Mill Lane, 4".'
        )
    return CsvRow(path, line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
