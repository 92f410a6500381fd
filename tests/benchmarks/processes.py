"""`plainline run` as an operator starts it, and what its processes weigh."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.config import Config, load_config
from gateway.doctor.running import ask_gateway
from modem.virtual.client import Simulator
from tests.village import ASHBY

NUMBER = "+447700900000"
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.01
KILOBYTE = 1024

_SETTINGS = """\
data = "data"
community = "{community}"
log_level = "warning"

[[modem]]
name = "bench"
device = "{device}"
number = "{number}"

[limits]
allowed_countries = ["GB"]
texts_per_day = 100000
texts_per_number_per_hour = 1000

[http]
port = {port}
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """Memory of processes in MB (10^6 octets): `added` counts what they share in each, `together` once."""

    together: float
    added: float

    def __str__(self) -> str:
        return f"{self.together:.0f} MB ({self.added:.0f} MB as RSS added up)"


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A gateway's process, and the seconds from its start until its health page told of a ready link."""

    pid: int
    ready_after: float

    def weigh(self) -> Weight:
        """Weigh the gateway and its modem's process; the network made of software does not count."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        ours = [str(self.pid), *(pid for pid in children if b"modem.worker" in _command(pid))]
        assert len(ours) == 2
        return _weigh([_mapped(pid) for pid in ours])


def write_settings(folder: Path, device: str, port: int) -> Path:
    """Write the settings of a gateway for Ashby with one modem, and give their file."""
    settings = folder / "plainline.toml"
    words = _SETTINGS.format(community=ASHBY, device=device, number=NUMBER, port=port)
    settings.write_text(words, encoding="utf-8")
    return settings


async def until(condition: Callable[[], Awaitable[bool]], look: float = LOOK_SECONDS) -> None:
    """Wait for what another process does, looking every `look` seconds; TimeoutError after a minute."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - another process cannot set our events
            await asyncio.sleep(look)


async def sim_is_empty(simulator: Simulator) -> bool:
    """Say whether the network holds nothing for the modem and nothing lies on its SIM."""
    left = await simulator.sim(0)
    return not left["waiting"] and not any(left["storages"].values())


@asynccontextmanager
async def running_gateway(settings: Path, state: str = "ready") -> AsyncIterator[RunningGateway]:
    """Run `plainline run` with `settings`; its modem's link is in `state` when this begins."""
    config = load_config(settings)
    begin = time.monotonic()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "run", "--config", str(settings)
    )
    try:

        async def arrived() -> bool:
            assert child.returncode is None, "the gateway has ended"
            return await asyncio.to_thread(_link_state, config) == state

        await until(arrived)
        yield RunningGateway(child.pid, time.monotonic() - begin)
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


def _link_state(config: Config) -> str:
    page = ask_gateway(config)
    return "" if page is None else str(page["modems"][0]["state"])


def _command(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _mapped(pid: str) -> Counter[str]:
    """Give the resident kilobytes of a process by mapped file; under "" what is its own alone."""
    mapped: Counter[str] = Counter()
    file = ""
    for line in Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8").splitlines():
        name, *values = line.split(maxsplit=5)
        if not name.endswith(":"):
            file = values[4] if len(values) == 5 and values[4].startswith("/") else ""
        elif name == "Rss:":
            mapped[file] += int(values[0])
        elif name == "Anonymous:" and file:
            mapped[file] -= int(values[0])
            mapped[""] += int(values[0])
    return mapped


def _weigh(processes: list[Counter[str]]) -> Weight:
    added = sum(mapped.total() for mapped in processes)
    # Of a file that several have mapped, the largest share is in memory; the others look at the same pages.
    files = {file for mapped in processes for file in mapped if file}
    shared = {file: max(mapped[file] for mapped in processes) for file in files}
    together = sum(shared.values()) + sum(mapped[""] for mapped in processes)
    return Weight(together * KILOBYTE / 1e6, added * KILOBYTE / 1e6)
