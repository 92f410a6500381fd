"""Killed between a delivery and its bookkeeping: it goes out again with the same id, and none is lost."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from pathlib import Path

from aiohttp import web

from tests.webhooks.delivering import EVENTS, SUBJECTS
from tests.webhooks.receiver import Receiver, receiver

# At which webhook the gateway is killed: before it hears the answer, or just after it was given.
KILLS = ((5, "before"), (17, "after"))


async def run_until_killed(folder: Path, cases: Receiver, at: int, when: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.webhooks.delivering", str(folder), str(cases.port)
    )
    never = asyncio.Event()
    count = 0

    async def kill(request: web.Request) -> web.Response:
        nonlocal count
        count += 1
        if count == at and when == "before":
            child.kill()
            await never.wait()
        if count == at:
            asyncio.get_running_loop().call_soon(child.kill)
        return web.Response(status=204)

    cases.usually = kill
    async with asyncio.timeout(30):
        assert await child.wait() == -9
    never.set()


async def test_killed_at_any_moment_every_event_arrives_with_its_id_in_order(tmp_path: Path) -> None:
    async with receiver() as cases:
        heard_before = 0
        for at, when in KILLS:
            await run_until_killed(tmp_path, cases, at, when)
            assert len(cases.calls) > heard_before
            heard_before = len(cases.calls)
        cases.usually = 204
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.webhooks.delivering", str(tmp_path), str(cases.port)
        )
        async with asyncio.timeout(40):
            assert await child.wait() == 0
    codes = defaultdict(set)
    for call in cases.calls:
        codes[call.id].add(call.json["data"]["code"])
    assert len(codes) == EVENTS
    assert sorted(code for found in codes.values() for code in found) == sorted(map(str, range(EVENTS)))
    assert len(cases.calls) > EVENTS, "nothing was delivered twice, so no kill hit between both"
    for subject in range(1, SUBJECTS + 1):
        came = [int(c.json["data"]["code"]) for c in cases.calls if c.json["data"]["id"] == subject]
        first = list(dict.fromkeys(came))
        assert first == sorted(first)
