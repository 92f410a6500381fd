"""What a disk may hold after the power went: images made from a recording of a process's writes.

strace records every write, sync, truncation and removal below a folder, and what the process
told the outside. After a cut, whatever was synced is there; what was not may be there, missing,
or torn at a sector, each write by itself.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random

SECTOR = 512
CALLS = "trace=pwrite64,pwritev,write,fdatasync,fsync,ftruncate,unlink,unlinkat,rename,renameat"

_UNFINISHED = re.compile(r"^(\d+) .*<unfinished \.\.\.>$", re.DOTALL)
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$", re.DOTALL)
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_HANDLE = re.compile(r"^\d+<([^>]*)>(?:\(deleted\))?(?:, (.*))?$", re.DOTALL)
_BYTES = re.compile(r'^"((?:\\x[0-9a-f]{2})*)"(?:, (.*))?$')


@dataclass(frozen=True)
class Operation:
    """One recorded call: `write`, `sync`, `truncate` or `remove` on a file, or `tell` to the outside."""

    kind: str
    name: str = ""
    offset: int = 0
    data: bytes = b""


@dataclass
class File:
    """What is surely on the disk of a file, and what was done since its last sync."""

    durable: bytearray | None
    pending: list[Operation] = field(default_factory=list)


def record(folder: Path, command: list[str], log: Path) -> list[Operation]:
    """Run `python -m command…` and give what it did to the files in `folder`, in order."""
    subprocess.run(
        [
            "strace",
            "-f",
            "-y",
            "-xx",
            "-s",
            "1000000",
            "-e",
            CALLS,
            "-o",
            str(log),
            sys.executable,
            "-m",
            *command,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with log.open(encoding="ascii", errors="replace") as lines:
        return [found for line in _whole(lines) if (found := _operation(line, folder))]


def images(
    folder: Path, operations: list[Operation], count: int, random: Random
) -> Iterator[dict[str, bytes | bytearray]]:
    """Give `count` possible disks, as file contents by name, each with what was told before the cut.

    The told lines are under the empty name. `folder` holds the files as they were before.
    """
    cuts = sorted(random.randrange(len(operations) + 1) for _ in range(count))
    files = {path.name: File(bytearray(path.read_bytes())) for path in folder.iterdir()}
    told = b""
    done = 0
    for cut in cuts:
        for operation in operations[done:cut]:
            if operation.kind == "tell":
                told += operation.data
            else:
                _apply(files, operation)
        done = cut
        image = {name: content for name, file in files.items() if (content := _cut(file, random)) is not None}
        yield {**image, "": told}


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Give the calls of all threads, each when it ended; strace cuts a call that another overtook in two."""
    begun: dict[str, str] = {}
    for line in lines:
        text = line.rstrip("\n")
        if unfinished := _UNFINISHED.match(text):
            begun[unfinished[1]] = text.removesuffix("<unfinished ...>").rstrip()
        elif resumed := _RESUMED.match(text):
            yield begun.pop(resumed[1]) + resumed[2]
        else:
            yield text


def _operation(line: str, folder: Path) -> Operation | None:
    match = _LINE.match(line)
    if match is None or int(match[3]) < 0:
        return None
    call, arguments = match[1], match[2]
    if call.startswith(("unlink", "rename")):
        names = [Path(_unescape(found)) for found in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
        assert not (call.startswith("rename") and any(folder in name.parents for name in names)), line
        return Operation("remove", names[-1].name) if folder in names[-1].parents else None
    handle = _HANDLE.match(arguments)
    assert handle is not None, line[:120]
    path = Path(_unescape(handle[1]))
    if call == "write" and arguments.startswith("1<"):
        return Operation("tell", data=_data(handle[2])[0])
    if folder not in path.parents or path.name.endswith("-shm"):
        return None
    if call in {"fdatasync", "fsync"}:
        return Operation("sync", path.name)
    if call == "ftruncate":
        return Operation("truncate", path.name, int(handle[2]))
    assert call == "pwrite64", f"a write nobody thought of: {line[:120]}"
    data, rest = _data(handle[2])
    return Operation("write", path.name, int(rest.split(", ")[1]), data)


def _unescape(text: str) -> str:
    if "\\x" not in text:
        return text
    return bytes.fromhex(text.replace("\\x", "")).decode()


def _data(argument: str) -> tuple[bytes, str]:
    match = _BYTES.match(argument)
    assert match is not None, argument[:120]
    return bytes.fromhex(match[1].replace("\\x", "")), match[2] or ""


def _apply(files: dict[str, File], operation: Operation) -> None:
    file = files.setdefault(operation.name, File(None))
    if operation.kind != "sync":
        file.pending.append(operation)
        return
    for done in file.pending:
        file.durable = _done(file.durable, done)
    file.pending.clear()


def _cut(file: File, random: Random) -> bytearray | None:
    content = None if file.durable is None else bytearray(file.durable)
    for operation in file.pending:
        luck = random.random()
        if luck < 0.4:
            content = _done(content, operation)
        elif luck < 0.7 and operation.kind == "write":
            content = _torn(content, operation, random)
    return content


def _done(content: bytearray | None, operation: Operation) -> bytearray | None:
    if operation.kind == "remove":
        return None
    content = bytearray() if content is None else content
    if operation.kind == "truncate":
        del content[operation.offset :]
        content.extend(bytes(operation.offset - len(content)))
        return content
    end = operation.offset + len(operation.data)
    content.extend(bytes(max(0, end - len(content))))
    content[operation.offset : end] = operation.data
    return content


def _torn(content: bytearray | None, operation: Operation, random: Random) -> bytearray | None:
    """Write some sectors of a write and not others."""
    start, end = operation.offset, operation.offset + len(operation.data)
    edges = sorted({start, end, *range(start - start % SECTOR + SECTOR, end, SECTOR)})
    for low, high in pairwise(edges):
        if random.random() < 0.5:
            piece = operation.data[low - start : high - start]
            content = _done(content, Operation("write", operation.name, low, piece))
    return content
