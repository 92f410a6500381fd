"""A list of the community's taken over from a CSV file: looked at first, checked whole, and one step back."""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.community import Community, load_community
from gateway.community_check import FILES, community_mistakes
from gateway.errors import GatewayError

LISTS = tuple(sorted(name for name in FILES if name.endswith(".csv")))
"""The files that may be taken over."""

SECRET = frozenset({"members.csv"})
"""Files whose rows are not shown: they hold PINs."""

MOST_LINES = 100
_WAS_NOT_THERE = ".none"


class ImportRefused(GatewayError):
    """A file was not taken over, and nothing was changed; `mistakes` say why, each with file and line."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(f"The file has {len(mistakes)} mistakes, so nothing was changed. Mend it first.")
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a file over would do: rows there are, rows there would be, lines that come and go.

    With `mistakes` it cannot be. Of files that hold PINs no line is given, only how many.
    """

    name: str
    mistakes: list[str]
    rows_before: int
    rows_after: int
    come: tuple[str, ...]
    gone: tuple[str, ...]
    come_count: int
    gone_count: int


def is_writable(folder: Path | None) -> bool:
    """Whether a file of the community's folder can be put in place of another."""
    return folder is not None and os.access(folder, os.W_OK | os.X_OK)


def preview(folder: Path, name: str, content: bytes) -> Preview:
    """Look at what a file would do in place of the one there is; nothing is changed."""
    mistakes = _mistakes(folder, name, content)
    before, after = _lines(_content(folder / name) or b""), _lines(content)
    come, gone = list((Counter(after) - Counter(before)).elements()), _missing(before, after)
    told = () if name in SECRET else (come, gone)
    shown_come, shown_gone = told or ([], [])
    return Preview(
        name,
        mistakes,
        max(len(before) - 1, 0),
        max(len(after) - 1, 0),
        tuple(shown_come[:MOST_LINES]),
        tuple(shown_gone[:MOST_LINES]),
        len(come),
        len(gone),
    )


def take_over(
    folder: Path, undo: Path, name: str, content: bytes, install: Callable[[Community], None]
) -> Community:
    """Put a file in place of the one there is, load the community, and keep the old one in `undo`.

    Raises ImportRefused; where `install` raises, the old file is put back first.
    """
    old, community = _replace(folder, name, content, install)
    shutil.rmtree(undo, ignore_errors=True)
    undo.mkdir(mode=0o700, parents=True)
    _put(undo / (name if old is not None else name + _WAS_NOT_THERE), old or b"")
    return community


def undoable(undo: Path) -> str:
    """Give the name of the file of which the one before is kept, "" where there is none."""
    found = sorted(path.name for path in undo.iterdir()) if undo.is_dir() else []
    names = [name.removesuffix(_WAS_NOT_THERE) for name in found]
    return next((name for name in names if name in LISTS), "")


def take_back(folder: Path, undo: Path, install: Callable[[Community], None]) -> Community:
    """Put the file that was there before the last import back, and load it. Raises ImportRefused."""
    name = undoable(undo)
    if not name:
        raise ImportRefused(["There is no import to take back."])
    _, community = _replace(folder, name, _content(undo / name), install)
    shutil.rmtree(undo, ignore_errors=True)
    return community


def _replace(
    folder: Path, name: str, content: bytes | None, install: Callable[[Community], None]
) -> tuple[bytes | None, Community]:
    """Put a file (None: none) in place of the one there is and load the community; give what was there.

    Raises ImportRefused; where `install` raises, the file that was there is put back first.
    """
    if mistakes := _mistakes(folder, name, content):
        raise ImportRefused(mistakes)
    old = _content(folder / name)
    _put(folder / name, content)
    try:
        community = load_community(folder)
        install(community)
    except BaseException:
        _put(folder / name, old)
        raise
    return old, community


def _mistakes(folder: Path, name: str, content: bytes | None) -> list[str]:
    """Check a copy of the folder with the file in it; the copy's place is left out of what is said."""
    with TemporaryDirectory() as kept:
        copy = Path(kept)
        for path in folder.iterdir():
            if path.name in FILES and path.is_file():
                shutil.copyfile(path, copy / path.name)
        _put(copy / name, content)
        found = [
            mistake.replace(f"{copy}{os.sep}", "").removeprefix(f"{copy}: ")
            for mistake in community_mistakes(copy)
        ]
    # What is wrong in other files often follows from what is wrong in this one.
    return [mistake for mistake in found if mistake.startswith(name)] or found


def _put(path: Path, content: bytes | None) -> None:
    """Write a file whole or not at all; None takes it away."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        shutil.copymode(path, unfinished)
    unfinished.replace(path)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8-sig", "replace")
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error:
        return text.splitlines()
    return [", ".join(cell.strip() for cell in row) for row in rows if any(cell.strip() for cell in row)]


def _missing(before: list[str], after: list[str]) -> list[str]:
    return list((Counter(before) - Counter(after)).elements())
