"""A modem that loses, delays, doubles, cuts, hangs and vanishes, against whole conversations."""

from __future__ import annotations

from pathlib import Path

from tests.faults.conversation import EVERYBODY, town


async def test_without_a_fault_everybody_is_answered_once_and_gets_what_they_asked_for(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        await ashby.converse_all(EVERYBODY)
        await ashby.nothing_lost_or_doubled(EVERYBODY)
