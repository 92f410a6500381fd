"""Schemathesis sends what the document allows and what it does not: no fault, nothing undescribed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from gateway.api.door import PREFIX
from gateway.config import Limits
from tests.api.asking import ROSE, Asker, asker, book, with_surveys

GENEROUS = Limits(("GB",), texts_per_day=100_000, texts_per_number_per_hour=1000)
DESK = {"what": "Desk", "starts_at": "2026-03-04T14:00:00Z", "ends_at": "2026-03-04T17:00:00Z"}
# Not asked of us: a schema cannot say that an id which fits it leads nowhere.
BESIDES = "positive_data_acceptance"


async def test_the_document_is_kept_to_for_a_while(tmp_path: Path) -> None:
    async with asker(tmp_path, limits=GENEROUS, library=with_surveys()) as system:
        await fuzz(system, tmp_path, seconds=8, seed=1, examples=3)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_the_document_is_kept_to_for_ten_minutes(tmp_path: Path) -> None:
    async with asker(tmp_path, limits=GENEROUS, library=with_surveys()) as system:
        await fuzz(system, tmp_path, seconds=600, seed=None)


async def fuzz(system: Asker, folder: Path, *, seconds: int, seed: int | None, examples: int = 100) -> None:
    """Have Schemathesis try everything for so long, with a village that has something to show."""
    await furnish(system)
    address = f"http://{system.client.host}:{system.client.port}{PREFIX}/openapi.json"
    arguments = [
        *("run", address, "--no-color", "--header", f"Authorization: Bearer {system.token}"),
        *("--checks", "all", "--exclude-checks", BESIDES, "--max-time", str(seconds)),
        *("--max-examples", str(examples)),
        *("--suppress-health-check", "all", "--generation-database", "none", "--warnings", "off"),
        *(("--seed", str(seed), "--no-shrink") if seed is not None else ()),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from schemathesis.cli import schemathesis; schemathesis()",
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()[-12_000:]


async def furnish(system: Asker) -> None:
    """Give every operation something to find, and let nobody be told to ask less often."""
    for pace in system.api._paces.values():
        pace.quota = 10**9
    await system.village.text(ROSE, "MENU")
    for number in range(4):
        await system.request_of(f"+4477009002{number:02}", "HELP carry my logs")
    await book(system)
    await system.village.text(ROSE, "SOMEBODY should mend the bench")
    for words in ("FOODBANK", "2", "3", "vegan", "no", "microwave", "no", "I collect it", "1"):
        await system.village.text("+447700900124", words)
    for words in ("JOIN", "Zoe Marsh", "2", "1"):
        await system.village.text("+447700900777", words)
    await system.post("/shifts", DESK)
    for words in ("SURVEY", "yes", "34", "wood", "STOP"):
        await system.village.text("+447700900130", words)
    system.token = await system.let_in(days=3650)
