"""Passwords: argon2id, off the event loop, few at a time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from gateway.web.forms import FormMistake

SHORTEST = 10
LONGEST = 200
# OWASP's least for argon2id: 19 MiB, two passes. About 30 ms on a PC, 150 ms on a Raspberry Pi 4.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two at once, so that many tries at the same time take no more than 38 MiB and leave a core to the calls.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="passwords")
# Of a password that nobody has, so that a try at an account that is not there takes as long.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$EraVaYP5XrndvqalBuibFg$45JyurSfyr7q0lQtVnTil9Tnie037lzC3DLJCd7/jsg"


async def seal_password(password: str) -> str:
    """Give the hash that `is_password` checks against."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def is_password(password_hash: str, password: str) -> bool:
    """Say whether a password is the one behind the hash; '' as hash takes as long and is never right."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, password_hash, password)


def check_password(password: str, again: str, login: str) -> None:
    """Raise FormMistake for a password that is too easily guessed, or was not typed the same twice."""
    if len(password) < SHORTEST:
        raise FormMistake("password", "account.password_short", least=SHORTEST)
    if len(set(password.casefold())) < 4 or login.casefold() in password.casefold():
        raise FormMistake("password", "account.password_easy")
    if password != again:
        raise FormMistake("again", "account.password_differs")


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash or _NOBODYS, password) and bool(password_hash)
    except (VerifyMismatchError, InvalidHashError):
        return False
