"""Recordings on the disk: encrypted as they are written, readable with the key of this gateway alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import GatewayError

_NONCE_BYTES = 12
_KEY_BYTES = 32


class RecordingLost(GatewayError):
    """A recording cannot be read: its file is gone, damaged, or was made with another key."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """The recordings of one gateway, in `folder`; `key` encrypts them (AES-256-GCM)."""

    folder: Path
    key: bytes

    def write(self, wav: bytes) -> str:
        """Encrypt a WAV file, put it on the disk whole, and give its name."""
        # Ciphers weigh 6 MB, and many a gateway records nothing.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name = f"{secrets.token_hex(16)}.enc"
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(self.key).encrypt(nonce, wav, name.encode())
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}"
        handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / name)
        return name

    def read(self, name: str) -> bytes:
        """Give the WAV file `name` holds. Raises RecordingLost."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            sealed = (self.folder / name).read_bytes()
            return AESGCM(self.key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except (OSError, InvalidTag, ValueError) as error:
            raise RecordingLost(
                f"The recording {name} cannot be read: its file is gone, damaged or was made with another "
                "key. What was said is lost; ring the resident back."
            ) from error

    def remove(self, names: Collection[str]) -> None:
        """Overwrite and remove files; one that is gone already is no error."""
        for name in names:
            path = self.folder / name
            try:
                size = path.stat().st_size
                with path.open("r+b") as file:
                    file.write(bytes(size))
                    os.fsync(file.fileno())
                path.unlink()
            except FileNotFoundError:
                continue

    def sweep(self, known: Collection[str]) -> None:
        """Remove the files no recording knows: a crash came between the file and the database."""
        if self.folder.is_dir():
            self.remove([path.name for path in self.folder.iterdir() if path.name not in known])


def open_recordings(folder: Path, key_file: Path) -> Recordings:
    """Give the recordings in `folder`; a key file that is not there yet is made, for its owner alone."""
    try:
        key = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        key = secrets.token_bytes(_KEY_BYTES)
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(key_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
    except ValueError as error:
        raise GatewayError(_BAD_KEY.format(key_file)) from error
    if len(key) != _KEY_BYTES:
        raise GatewayError(_BAD_KEY.format(key_file))
    return Recordings(folder, key)


_BAD_KEY = (
    "{} is not a key for recordings (64 letters and digits, 0-9 and a-f). Put the right file back; "
    "without it the recordings made so far cannot be heard."
)
