"""One transaction on a gateway's database from the command line, also while the gateway runs."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from gateway.commands.command import find_settings
from gateway.config import load_config
from gateway.store.database import Tx, open_store

R = TypeVar("R")


def in_database(options: argparse.Namespace, work: Callable[[Tx, datetime], R]) -> R:
    """Run one transaction; a gateway that runs beside it sees what came of it."""
    database = load_config(find_settings(options.config)).database

    async def run() -> R:
        now = datetime.now(UTC)
        store = await open_store(database, now=now)
        try:
            return await store.write(work, now)
        finally:
            await store.close()

    return asyncio.run(run())
