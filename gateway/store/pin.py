"""How a PIN is kept: as an argon2id hash, never as digits."""

from __future__ import annotations

import contextlib
import ctypes

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# Checking runs on the database's thread: 8 MiB twice is 8 ms on a PC and about 30 ms on a
# Raspberry Pi 4. More would not help: what guards four digits is that a third wrong try locks.
_HASHER = PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1)

_M_MMAP_THRESHOLD = -3
_LARGE_OCTETS = 1 << 20


def _give_large_blocks_back() -> None:
    # Left to itself, glibc takes the first hash's 8 MiB as a sign of more to come and keeps them for good.
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_OCTETS)


_give_large_blocks_back()


def seal_pin(pin: str) -> str:
    """Give the hash that `is_pin` checks against."""
    return _HASHER.hash(pin)


def is_pin(pin_hash: str, pin: str) -> bool:
    """Say whether `pin` is the one behind the hash."""
    try:
        return _HASHER.verify(pin_hash, pin)
    except VerifyMismatchError:
        return False
