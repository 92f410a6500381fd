"""The rule that spares SIMs: a PIN is tried once, and never again until the operator changes it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

Remember = Callable[[str | None], Awaitable[None]]
"""Keeps durably what it is given, before it returns."""


class PinTries:
    """Remembers the PIN that is being tried or was refused, by a fingerprint, in the gateway's store.

    A SIM is blocked after three wrong PINs, so the try is written down before it is made: a crash in
    between leaves a PIN that is not tried again, not one that is tried at every start.
    """

    def __init__(self, modem: str, tried: str | None, remember: Remember) -> None:
        self._modem = modem
        self._tried = tried
        self._remember = remember

    def spent(self, pin: str) -> bool:
        """Whether `pin` was tried before without being taken."""
        return self._fingerprint(pin) == self._tried

    @property
    def pending(self) -> bool:
        """Whether a PIN was tried of which nobody knows that it was taken."""
        return self._tried is not None

    async def about_to_try(self, pin: str) -> None:
        """Write down that `pin` is tried."""
        self._tried = self._fingerprint(pin)
        await self._remember(self._tried)

    async def taken(self) -> None:
        """Forget the try: the SIM is open."""
        self._tried = None
        await self._remember(None)

    def _fingerprint(self, pin: str) -> str:
        return hashlib.sha256(f"{self._modem} {pin}".encode()).hexdigest()
