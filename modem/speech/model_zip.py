"""A speech model's ZIP file, unpacked so that it can do no harm."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from modem.errors import SpeechDown

MOST_OCTETS = 8_000_000_000
"""What a model may take unpacked: twice the largest there is."""

_MARKS = ("am/final.mdl", "final.mdl")
_PIECE_OCTETS = 1_048_576


def unpack(file: Path, folder: Path) -> Path:
    """Unpack the model in `file` into the empty `folder`, and give the folder it lies in.

    Raises `SpeechDown` when it is no whole ZIP file, reaches outside of `folder`, or holds no model.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _refuse_harm(file, members)
            needed = sum(member.file_size for member in members)
            if needed > shutil.disk_usage(folder).free:
                raise SpeechDown(f"The disk has no {needed / 1e6:.0f} MB free for the model: make room.")
            for member in members:
                _write(archive, member, folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        # NotImplementedError is an unknown compression, RuntimeError a password.
        raise SpeechDown(f"{file.name} is no whole ZIP file: get or copy it again.") from error
    return _root(file, folder)


def _refuse_harm(file: Path, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(member.external_attr >> 16):
            raise SpeechDown(f"{file.name} would write outside of its folder: it is not used.")
    if sum(member.file_size for member in members) > MOST_OCTETS:
        raise SpeechDown(f"{file.name} unpacks to more than any speech model: it is not used.")


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / PurePosixPath(member.filename.replace("\\", "/"))
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("wb") as sink:
        # zipfile itself stops at the size that the member claims, and checks its sum.
        shutil.copyfileobj(source, sink, _PIECE_OCTETS)


def _root(file: Path, folder: Path) -> Path:
    for candidate in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if any((candidate / mark).is_file() for mark in _MARKS):
            return candidate
    raise SpeechDown(f"{file.name} holds no speech model of the Vosk project.")
