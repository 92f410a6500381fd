"""How a PIN is kept: as an argon2id hash, never as digits."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# Checking runs on the database's thread: 8 MiB twice is 8 ms on a PC and about 30 ms on a
# Raspberry Pi 4. More would not help: what guards four digits is that a third wrong try locks.
_HASHER = PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1)


def seal_pin(pin: str) -> str:
    """Give the hash that `is_pin` checks against."""
    return _HASHER.hash(pin)


def is_pin(pin_hash: str, pin: str) -> bool:
    """Say whether `pin` is the one behind the hash."""
    try:
        return _HASHER.verify(pin_hash, pin)
    except VerifyMismatchError:
        return False
