"""What a modem tells is not forgotten, even when dealing with it failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from gateway import attached
from gateway.attached import Attached
from gateway.intake import Taken
from modem.driver import Inbox, Part
from tests.village import MONDAY, Village, ashby

ANA = "+447700900123"


class TellingLink:
    """A link that announces what is stored, once and whenever it is asked to."""

    def __init__(self, stored: Part) -> None:
        self.stored = {stored.place: stored}
        self.announced = asyncio.Queue[Inbox]()
        self.emptied = asyncio.Event()
        self.announced.put_nowait(Inbox((stored,)))

    async def events(self) -> AsyncIterator[Inbox]:
        while True:
            yield await self.announced.get()

    async def reread(self) -> None:
        self.announced.put_nowait(Inbox(tuple(self.stored.values())))

    async def delete(self, stored: Sequence[Part]) -> None:
        for part in stored:
            del self.stored[part.place]
        self.emptied.set()


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with ashby(tmp_path) as village:
        yield village


async def test_a_text_that_could_not_be_dealt_with_stays_on_the_sim_and_is_looked_at_again(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "LOOK_AGAIN_SECONDS", 0.0)
    take, faults = village.intake.take, [ZeroDivisionError()]

    async def fail_once(*arguments: Any) -> Taken:
        if faults:
            raise faults.pop()
        return await take(*arguments)

    monkeypatch.setattr(type(village.intake), "take", lambda _, *arguments: fail_once(*arguments))
    link = TellingLink(Part("SM:1", ANA, "LIFT", MONDAY))
    troubles: dict[str, str] = {}
    modem = Attached("main", cast("Any", link), cast("Any", None), village.intake, troubles, lambda: None)
    hearing = asyncio.create_task(modem.hear())
    async with asyncio.timeout(10):
        await link.emptied.wait()
    hearing.cancel()
    assert [number for number, _ in await village.sent()] == [ANA]
    assert "could not be dealt with" in troubles["main"]
