"""The gateway in a process of its own, as an operator runs it: it can be killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.calls.ringing import RingingTown
from tests.village import ASHBY

_SETTINGS = """
data = "{data}"
community = "{community}"
[limits]
allowed_countries = ["GB"]
texts_per_day = 5000
[calls]
answer_after_rings = 1
[http]
port = {port}
"""
_MODEM = """
[[modem]]
name = "{name}"
device = "{device}"
number = "{number}"
audio = "software:{simulator}"
"""


async def write_settings(town: RingingTown, port: int) -> Path:
    """Write the settings file of a town for `plainline run`."""
    path = town.config.path
    text = _SETTINGS.format(data=town.config.data, community=ASHBY, port=port)
    for modem, place in zip(town.config.modems, await town.simulator.modems(), strict=True):
        device = await asyncio.to_thread(place.device.resolve)
        text += _MODEM.format(
            name=modem.name, device=device, number=modem.number, simulator=town.simulator.path
        )
    path.write_text(text)
    return path


@dataclass(frozen=True, slots=True)
class Outside:
    """A gateway's process and its log."""

    child: asyncio.subprocess.Process
    log: Path

    async def kill(self) -> None:
        """Kill it without warning."""
        self.child.kill()
        await self.child.wait()


@asynccontextmanager
async def running_gateway(settings: Path) -> AsyncIterator[Outside]:
    """Run the gateway."""
    log = settings.with_name("log")
    with log.open("ab") as file:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gateway", "run", "--config", str(settings)), stdout=file, stderr=file
        )
    try:
        yield Outside(child, log)
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def told_to_tell_of_callers(town: RingingTown, number: str) -> bool:
    """Whether the gateway has asked a modem for the numbers of those who ring, its last wish."""
    return bool((await town.simulator.log(number))["commands"].get("+CCWA="))
