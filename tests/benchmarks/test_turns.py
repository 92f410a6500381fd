"""Full turns a second, each durable before it counts: one resident, and thirty-two at once."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from modem.driver import Inbox, Part
from tests.benchmarks.table import row
from tests.village import Village, ashby

IMSI = "234150000000001"
# A lift is asked for, thought over and left: nine turns that ask, search and read back, for ever.
TALK = ("LIFT", "church hall", "the surgery", "tomorrow", "2pm", "1", "no", "8", "MENU")
TURNS = 4_500

pytestmark = pytest.mark.bench


async def talk(village: Village, number: str, turns: int, places: count[int]) -> None:
    """Hold a conversation over and over, waiting for the disk before each next text."""
    for turn in range(turns):
        place = next(places)
        part = Part(
            f"SM:{place}", number, TALK[turn % len(TALK)], village.hands.now + timedelta(seconds=place)
        )
        taken = await village.intake.take("bench", IMSI, Inbox((part,)))
        assert taken.texts == 1


@pytest.mark.parametrize(("residents", "aim"), [(1, "1,500"), (32, "5,000")])
async def test_turns_a_second(residents: int, aim: str, tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        places = count()
        numbers = [f"+447700900{200 + n}" for n in range(residents)]
        await talk(village, "+447700900199", 90, places)
        begin = time.perf_counter()
        await asyncio.gather(*(talk(village, number, TURNS // residents, places) for number in numbers))
        seconds = time.perf_counter() - begin
        replies = len(await village.sent())
    assert replies >= TURNS * 0.9
    row(
        f"durable turns a second, {residents} at once",
        f"{TURNS // residents * residents / seconds:,.0f}",
        aim,
    )
