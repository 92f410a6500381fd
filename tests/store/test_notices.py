"""A notice to somebody whose turn it is not says what its reader can use."""

from __future__ import annotations

from pathlib import Path

from gateway.store.database import Tx
from tests.village import ashby


async def test_a_notice_that_is_said_again_says_the_code_people_use(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.text("+447700900123", "HELP please collect my tablets from the chemist")
        [(_, told)] = village.to_others

        def read(tx: Tx) -> tuple[str, str]:
            row = tx.one("SELECT kind, ref FROM outbound WHERE body = :told", told=told)
            assert row is not None
            return row["kind"], row["ref"]

        kind, ref = await village.store.read(read)
        assert kind == "confirmation"
        assert ref
        assert ref in told
