"""What happens while it still rings: when it is answered, who is rung back, and who never is."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config_calls import CallsConfig
from gateway.store.database import Tx
from gateway.store.packed import unpack
from tests.calls.ringing import MENU, RingingTown, ringing_town, rows, speech
from tests.faults.conversation import until

ROSE, ABROAD = "+447700900123", "+12025550123"
THREE_RINGS = CallsConfig(answer_after_rings=3)


def missed(tx: Tx) -> list[bool]:
    """Whether each of those who hung up while it rang was to be rung back."""
    found = tx.all("SELECT data FROM event WHERE type = 'call.missed' ORDER BY id")
    return [bool(unpack(row["data"])["ring_back"]) for row in found]


async def hangs_up_while_it_rings(town: RingingTown, number: str, *, withheld: bool = False) -> None:
    """Ring, let it ring once, and hang up before anybody answers."""
    caller = await town.ringing(number, withheld=withheld)
    desk = town.gateway.modems[0].calls
    assert desk is not None

    async def heard() -> bool:
        return desk._busy

    await until(heard, "the gateway to hear it ring")
    await caller.call.hang_up()
    await town.ready()


async def test_it_is_answered_after_as_many_rings_as_the_settings_say(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts, calls=THREE_RINGS) as town, town.serving() as gateway:
        await town.ready()
        desk = gateway.modems[0].calls
        assert desk is not None
        desk.ring_seconds = 0.4
        rose = await town.ringing(ROSE)
        began = time.monotonic()
        await rose.call.answered()
        assert 0.6 < time.monotonic() - began < 5.0
        await rose.hears("Hello, this is Ashby")
        await rose.call.hang_up()


@pytest.mark.alone
async def test_whoever_hangs_up_again_and_again_is_rung_back_once(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts, calls=THREE_RINGS) as town, town.serving() as gateway:
        await hangs_up_while_it_rings(town, ROSE)
        await hangs_up_while_it_rings(town, ROSE)
        assert await gateway.store.read(missed) == [True, False]
        assert len(await gateway.store.read(rows, "outgoing_call")) == 1
        rung = await town.answers(ROSE)
        rung.call.say(speech("hello"))
        await rung.call.said()
        await rung.hears("ringing you back")
        await rung.presses("1", MENU)
        await rung.call.hang_up()


@pytest.mark.parametrize("night", [True, False], ids=["at night", "abroad"])
async def test_nobody_is_rung_back_at_night_or_abroad(tmp_path: Path, prompts: Path, night: bool) -> None:
    async with ringing_town(tmp_path, prompts, calls=THREE_RINGS) as town, town.serving() as gateway:
        await town.ready()
        if night:
            town.lets_pass(timedelta(hours=14))
        await hangs_up_while_it_rings(town, ROSE if night else ABROAD)
        assert await gateway.store.read(missed) == [False]
        assert not await gateway.store.read(rows, "outgoing_call")


async def test_a_withheld_number_that_hangs_up_is_not_rung_nor_written_down(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts, calls=THREE_RINGS) as town, town.serving() as gateway:
        await hangs_up_while_it_rings(town, ROSE, withheld=True)
        assert await gateway.store.read(missed) == []
        assert not await gateway.store.read(rows, "outgoing_call")
        assert not await gateway.store.read(rows, "call")
