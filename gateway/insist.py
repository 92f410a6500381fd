"""Writing until the database takes it: what must not be forgotten because the disk is full."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.errors import StoreError

log = logging.getLogger(__name__)
R = TypeVar("R")

PAUSE_SECONDS = 1.0


async def insist(write: Callable[[], Awaitable[R]]) -> R:
    """Give what `write` gives, trying again and again while it raises StoreError."""
    told = False
    while True:
        try:
            return await write()
        except StoreError as error:
            if not told:
                log.error("%s", error)
            told = True
            await asyncio.sleep(PAUSE_SECONDS)
