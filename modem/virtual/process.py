"""The simulator as a child process, for the demo and for tests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from modem.virtual.client import Simulator, SimulatorError

_PATIENCE = 20.0  # seconds for the child to start, and to end


@asynccontextmanager
async def running(
    modems: Sequence[str], directory: Path, pace: str = "at once", seed: int = 1
) -> AsyncIterator[Simulator]:
    """Run a simulator with `modems` (`NUMBER:DIALECT[:PIN[:SLOTS]]`), its socket in `directory`."""
    socket = directory / "simulator"
    options = [option for modem in modems for option in ("--modem", modem)]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "modem.virtual", "--socket", str(socket), "--with-parent"),
        *("--pace", pace, "--seed", str(seed), *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            ready = await child.stdout.readline() if child.stdout else b""
        if not ready:
            raise SimulatorError("the simulator did not start; its last words are on standard error")
        simulator = await Simulator.connect(socket)
        try:
            yield simulator
        finally:
            await simulator.close()
    finally:
        if child.returncode is None:
            child.terminate()
        await child.communicate()
