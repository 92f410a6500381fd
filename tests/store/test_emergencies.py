"""An emergency goes before everything else, and nobody can drown those of others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.store.database import Tx
from gateway.store.outbound import Lane
from gateway.turns import MOST_URGENT
from tests.village import Village, ashby

ANA = "+447700900123"
BOB = "+447700900124"
CRY = "I cannot breathe, call an ambulance"


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def newest(village: Village) -> set[Lane]:
    """Give the lanes of what came of the newest text: its reply, and the notice to whoever is on duty."""

    def read(tx: Tx) -> set[Lane]:
        made = "created_at = (SELECT MAX(created_at) FROM outbound)"
        return {Lane(row["lane"]) for row in tx.all(f"SELECT lane FROM outbound WHERE {made}")}

    return await village.store.read(read)


async def test_the_reply_and_the_notice_go_first(village: Village) -> None:
    await village.text(ANA, CRY)
    assert village.to_others, "the people on duty are told"
    assert await newest(village) == {Lane.URGENT}
    await village.text(ANA, "MENU")
    assert await newest(village) == {Lane.ANSWER}


async def test_one_handset_cannot_use_up_the_day_with_emergencies(village: Village) -> None:
    for n in range(MOST_URGENT):
        await village.text(ANA, CRY + "!" * n)
    assert await newest(village) == {Lane.URGENT}
    assert await village.text(ANA, "Please call an ambulance")
    assert village.to_others, "the people on duty are told all the same"
    assert await newest(village) == {Lane.ANSWER, Lane.NOTICE}
    await village.text(BOB, CRY)
    assert await newest(village) == {Lane.URGENT}
    village.hands.pass_time(timedelta(hours=1))
    await village.text(ANA, CRY)
    assert await newest(village) == {Lane.URGENT}
