"""The code that lets whoever runs the gateway, and nobody else, make the first coordinator."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

# No letter or digit that is easily taken for another one.
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_GROUP = 4
_FILE = "setup-code"


def make_setup_code(data: Path) -> str:
    """Give the code that lies in the data folder, for its owner's eyes alone; make it where there is none."""
    path = data / _FILE
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    letters = [secrets.choice(_LETTERS) for _ in range(2 * _GROUP)]
    code = "".join(letters[:_GROUP]) + "-" + "".join(letters[_GROUP:])
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(code + "\n")
    return code


def forget_setup_code(data: Path) -> None:
    """Throw the code away: somebody has used it."""
    (data / _FILE).unlink(missing_ok=True)


def is_setup_code(code: str, typed: str) -> bool:
    """Whether somebody typed the code, however they wrote it."""
    return bool(code) and hmac.compare_digest(_plain(code), _plain(typed))


def _plain(code: str) -> bytes:
    return "".join(letter for letter in code.upper() if letter.isalnum()).encode()
