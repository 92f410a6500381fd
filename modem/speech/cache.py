"""Sentences already spoken, as 8 kHz WAV files that anything can play."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import wave
from pathlib import Path

from modem.speech.protocols import RATE

MOST_OCTETS = 200_000_000
"""What the folder may hold: three and a half hours of speech."""

_MAKING = "1"
"""Raised when the same words would sound different, so that what was kept is made anew."""

_EMPTIED_TO = 0.8


class SoundCache:
    """Sentences in `folder`, those longest unused let go first; several processes may share it."""

    def __init__(self, folder: Path, most_octets: int = MOST_OCTETS) -> None:
        self._folder = folder
        self._most = most_octets
        self._octets: int | None = None

    def get(self, key: str) -> bytes | None:
        """Give what was kept under `key`, and count it as used; None when there is nothing whole."""
        path = self._path(key)
        try:
            with wave.open(str(path), "rb") as file:
                octets = 2 * file.getnframes()
                sound = file.readframes(file.getnframes())
        except (OSError, EOFError, wave.Error):
            return None
        if len(sound) != octets:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return sound

    def put(self, key: str, sound: bytes) -> None:
        """Keep `sound` (8 kHz, 16 bit, mono) under `key`; where the disk is full nothing is kept."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._path(key), sound)
            self._make_room()

    def _write(self, path: Path, sound: bytes) -> None:
        """Write under another name, then rename: nobody sees half a file, and the last of two makers wins."""
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as raw, wave.open(raw, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(sound)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        if self._octets is not None:
            self._octets += len(sound)

    def _make_room(self) -> None:
        """Let go of what was used longest ago, when the folder holds too much."""
        if self._octets is not None and self._octets <= self._most:
            return
        files = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                files.append((path.stat().st_mtime, path.stat().st_size, path))
        self._octets = sum(size for _, size, _ in files)
        if self._octets <= self._most:
            return
        for _, size, path in sorted(files):
            if self._octets <= self._most * _EMPTIED_TO:
                break
            path.unlink(missing_ok=True)
            self._octets -= size

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.wav"


def sentence_key(engine: str, language: str, words: str, *, slow: bool) -> str:
    """Give the key of a sentence: the same words said the same way have the same."""
    said = "\0".join([_MAKING, engine, language, "slow" if slow else "", words])
    return hashlib.sha256(said.encode()).hexdigest()[:32]
