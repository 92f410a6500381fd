"""smsd of Debian's smstools, a daemon nobody here wrote, works with every make of software modem."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from modem.virtual.client import Simulator
from modem.virtual.dialect import DIALECTS
from modem.virtual.process import running
from tests.modem.virtual_bench import ANN

SMSD = shutil.which("smsd") or shutil.which("smsd", path="/usr/sbin")
needs_smsd = pytest.mark.skipif(SMSD is None, reason="smsd is not installed: apt-get install smstools")
SLOTS = 8
"""Of every SIM: smsd looks into each, at its leisure."""

_SPOOLS = ("outgoing", "incoming", "checked", "sent", "failed", "report")


DEVICES = {f"+44770090000{place}": dialect for place, dialect in enumerate(DIALECTS)}


@asynccontextmanager
async def smsd_on_every_make(directory: Path) -> AsyncIterator[Simulator]:
    """A simulator with a modem of each make, and one smsd on all of them, its spools in `directory`."""
    async with running(
        [f"{number}:{dialect}::{SLOTS}" for number, dialect in DEVICES.items()], directory
    ) as simulator:
        for spool in (*_SPOOLS, *DIALECTS):
            (directory / spool).mkdir()
        settings = [f"devices = {','.join(DIALECTS)}", "delaytime = 1", "receive_before_send = no", "stats ="]
        settings += [f"{spool} = {directory / spool}" for spool in _SPOOLS]
        settings += [f"{name}file = {directory / name}.file" for name in ("log", "info", "pid")]
        settings += ["[queues]", *(f"{dialect} = {directory / dialect}" for dialect in DIALECTS)]
        for modem in await simulator.modems():
            settings += [f"[{modem.dialect}]", f"device = {modem.device}", f"queues = {modem.dialect}"]
            settings += ["incoming = yes", "report = yes", "init = AT+CNMI=2,0,0,2,1"]
        (directory / "smsd.conf").write_text("\n".join(settings) + "\n")
        daemon = await asyncio.create_subprocess_exec(
            str(SMSD), "-c", str(directory / "smsd.conf"), "-t", stdout=asyncio.subprocess.DEVNULL
        )
        try:
            yield simulator
        finally:
            daemon.terminate()
            await daemon.wait()


async def spooled(directory: Path, count: int, wanted: str) -> list[str]:
    """The files in `directory` with `wanted` in them, once there are `count`."""
    async with asyncio.timeout(20):
        while True:
            read = [file.read_text("latin-1") for file in directory.iterdir()]  # noqa: ASYNC240 - small files
            if len(found := [text for text in read if wanted in text]) >= count:
                return found
            await asyncio.sleep(0.05)


@needs_smsd
async def test_smsd_sends_receives_and_gets_its_reports(tmp_path: Path) -> None:
    body = "Your lift is at nine. " * 12
    inbound = "I need a ride {to} the ~clinic~ " * 8
    async with smsd_on_every_make(tmp_path) as simulator:
        phone = await simulator.phone(ANN)
        for dialect in DIALECTS:
            ready = tmp_path / f"{dialect}.ready"
            ready.write_text(f"To: {ANN[1:]}\nQueue: {dialect}\n\n{body}")
            ready.rename(tmp_path / "outgoing" / dialect)
        received = [await phone.next(20) for _ in DIALECTS]
        assert {text.sender for text in received} == set(DEVICES)
        assert {text.body for text in received} == {body.rstrip()}
        for number in DEVICES:
            await phone.text(number, inbound)
        for text in await spooled(tmp_path / "incoming", len(DEVICES), inbound.rstrip()):
            assert f"From: {ANN[1:]}\n" in text
        assert await spooled(tmp_path / "report", len(DEVICES), "Status: 0,Ok")
