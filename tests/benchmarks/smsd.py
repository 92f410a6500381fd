"""Debian's gammu-smsd as its users run it, to measure beside: SQLite, and a script for each text received.

It is given every advantage its settings have: libgammu's fast serial driver, no pauses, nothing sent.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from tests.benchmarks.processes import until

TABLES = Path("/usr/share/doc/gammu-smsd/examples/sqlite.sql")
DRIVERS = Path("/usr/lib")
LOOK_SECONDS = 0.25

_SETTINGS = """\
[gammu]
device = {device}
connection = dku2at

[smsd]
service = sql
driver = sqlite3
dbdir = {folder}
database = smsd.db
runonreceive = {folder}/receive
receivefrequency = 0
loopsleep = 0
send = no
logfile = {folder}/smsd.log
debuglevel = 0
"""
_SCRIPT = """\
#!/bin/sh
# Queues a fixed reply: no conversation, no booking.
sqlite3 -cmd '.timeout 5000' {folder}/smsd.db <<END
INSERT INTO outbox (DestinationNumber, TextDecoded, CreatorID, Coding)
VALUES ('$SMS_1_NUMBER', 'Thank you for your text.', 'script', 'Default_No_Compression');
END
"""


def missing() -> str:
    """Say what of it is not installed, or ''."""
    if shutil.which("gammu-smsd") is None or not TABLES.exists():
        return "gammu-smsd"
    if not any(DRIVERS.glob("*/dbd/libdbdsqlite3.so")):
        return "libdbd-sqlite3"
    return "" if shutil.which("sqlite3") else "sqlite3"


@asynccontextmanager
async def running_smsd(folder: Path, device: str) -> AsyncIterator[Path]:
    """Run it on `device`; it has talked with the modem when this begins. Gives its database."""
    database, settings = _prepare(folder, device)
    with (folder / "smsd.out").open("wb") as output:
        daemon = await asyncio.create_subprocess_exec(
            "gammu-smsd", "-c", str(settings), stdout=output, stderr=output
        )
    try:

        async def talked() -> bool:
            assert daemon.returncode is None, "gammu-smsd has ended"
            return rows(database, "phones") > 0

        await until(talked, LOOK_SECONDS)
        yield database
    finally:
        if daemon.returncode is None:
            daemon.terminate()
        await daemon.wait()


def rows(database: Path, table: str) -> int:
    """Count the rows of one of its tables."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reading:
        return int(reading.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _prepare(folder: Path, device: str) -> tuple[Path, Path]:
    database, script, settings = folder / "smsd.db", folder / "receive", folder / "smsdrc"
    with closing(sqlite3.connect(database)) as new:
        new.executescript(TABLES.read_text(encoding="utf-8"))
    script.write_text(_SCRIPT.format(folder=folder), encoding="utf-8")
    script.chmod(0o700)
    settings.write_text(_SETTINGS.format(folder=folder, device=device), encoding="utf-8")
    return database, settings
