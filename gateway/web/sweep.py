"""Forgetting what no longer counts: old sessions, unused invitations, failed tries, a log of years ago."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

from aiohttp import web

from gateway.errors import StoreError
from gateway.store.accounts import forget_invitations
from gateway.store.database import Tx
from gateway.store.journal import forget_journal
from gateway.store.sessions import forget_sessions
from gateway.web.context import GATEWAY, STAGED

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
STAGED_KEPT = timedelta(hours=1)
JOURNAL_KEPT = timedelta(days=2 * 365)


async def sweeping(site: web.Application) -> AsyncIterator[None]:
    """Sweep for as long as the site is open."""
    task = asyncio.create_task(_sweep_for_ever(site))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _sweep_for_ever(site: web.Application) -> None:
    gateway = site[GATEWAY]
    # Where files to be taken over lay before; one that was left may lie there still.
    await asyncio.to_thread((gateway.data / "community-import.csv").unlink, missing_ok=True)
    while True:
        drop_staged(site, gateway.clock.now())
        # By a clock that is wrong, everybody would be signed out and the log erased.
        if gateway.clock.trusted:
            try:
                await gateway.store.write(sweep, gateway.clock.now())
            except StoreError as error:
                log.warning("%s", error)
        await asyncio.sleep(EVERY_SECONDS)


def drop_staged(site: web.Application, now: datetime) -> None:
    """Forget the files that somebody looked at and then left."""
    staged = site[STAGED]
    for session_id in [one for one, file in staged.items() if now - file.since > STAGED_KEPT]:
        del staged[session_id]


def sweep(tx: Tx, now: datetime) -> None:
    """Forget what no longer counts."""
    forget_sessions(tx, now)
    forget_invitations(tx, now)
    forget_journal(tx, now - JOURNAL_KEPT)
