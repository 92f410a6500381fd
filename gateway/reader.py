"""Asking the gateway that runs to ring a neighbour who reads the prompts, and following how that goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gateway.call_rules import READING
from gateway.config import Config
from gateway.errors import GatewayError
from gateway.lock import is_held
from gateway.prompts import ToRecord
from gateway.store import calls, people
from gateway.store.database import Tx, open_store

LOOK_SECONDS = 0.5
_ENDED = ("done", "failed", "expired")


class NotRead(GatewayError):
    """The neighbour was not rung, or did not read: the gateway's own words say why."""


async def have_read(
    config: Config,
    language: str,
    number: str,
    prompts: list[ToRecord],
    tell: Callable[[str], None],
    now: datetime,
) -> int:
    """Have `number` rung and the prompts read; give how many were read in this call.

    `tell` is told how it goes. Raises NotRead, StoreError.
    """
    if not is_held(config.data):
        raise NotRead("No gateway runs here that could ring anybody. Start it, and try again.")
    folder = config.data / "audio"
    before = _there(folder, prompts)
    if before == len(prompts):
        tell(f"All {before} are recorded already. To have one read again, delete its file in {folder}.")
        return 0
    store = await open_store(config.database, now=now)
    try:
        asked = await store.write(_ask, number, language, now)
        told = ""
        while True:
            state, reason = await store.read(calls.outgoing_state, asked)
            if state != told:
                told = state
                tell(_words(state, reason, _there(folder, prompts) - before, len(prompts) - before))
            if state in _ENDED:
                break
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await store.close()
    read = _there(folder, prompts) - before
    if state != "done" or not read:
        raise NotRead(f"Nothing was read ({reason}). Try again whenever it suits whoever reads.")
    return read


def _ask(tx: Tx, number: str, language: str, now: datetime) -> int:
    resident = people.meet(tx, number, now)
    return calls.queue_call(tx, resident.id, READING, now, answers={"language": language})


def _there(folder: Path, prompts: list[ToRecord]) -> int:
    return sum((folder / prompt.file).is_file() for prompt in prompts)


def _words(state: str, reason: str, read: int, left: int) -> str:
    match state:
        case "waiting":
            return f"The gateway rings as soon as the line is free. {left} texts are to be read."
        case "calling":
            return "It rings. Ctrl-C here does not end the call: hang up, or press 9."
    return f"The call is over ({reason}). {read} texts were recorded, {left - read} are left."
