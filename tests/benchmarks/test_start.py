"""From the start of `plainline run` to its health page saying ready, with a modem that is plugged in."""

from __future__ import annotations

from pathlib import Path

import pytest

from modem.virtual.process import running
from tests.benchmarks.processes import NUMBER, running_gateway, write_settings
from tests.benchmarks.table import row

STARTS = 5

pytestmark = pytest.mark.bench


async def test_start(tmp_path: Path, unused_tcp_port: int) -> None:
    async with running([f"{NUMBER}:sim7600"], tmp_path) as simulator:
        [place] = await simulator.modems()
        settings = write_settings(tmp_path, str(place.device.resolve()), unused_tcp_port)
        took = []
        for _ in range(1 + STARTS):
            async with running_gateway(settings) as gateway:
                took.append(gateway.ready_after)
    first, *later = took
    row("ready after start, database made afresh", f"{first:.2f} s", "2 s")
    row(f"ready after start, median of {STARTS}", f"{sorted(later)[STARTS // 2]:.2f} s", "2 s")
