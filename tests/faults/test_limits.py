"""What may be spent on one number in an hour and on all in a day, under the whole gateway."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gateway.config import Limits
from gateway.store.database import Tx
from tests.faults.conversation import town
from tests.faults.residents import ROSE, Line, Resident

RESIDENT = "+447700900151"
MENU = Line("MENU", "Hello. What would you like?…")


async def test_one_number_hears_so_much_an_hour_and_no_more(tmp_path: Path) -> None:
    async with town(tmp_path, limits=Limits(("GB",), texts_per_number_per_hour=3)) as ashby, ashby.serving():
        await ashby.converse(Resident(RESIDENT, [MENU] * 3))
        await ashby.text(RESIDENT, "MENU")
        await ashby.at_rest()
        assert await ashby.read(states_to, RESIDENT) == [*["delivered"] * 3, "held"]
        await ashby.converse(Resident(ROSE.number, [MENU]))
        ashby.hands.pass_time(timedelta(hours=1))
        await ashby.converse(Resident(RESIDENT, [MENU]))


async def test_when_todays_texts_are_used_up_the_health_page_says_so_and_tomorrow_they_go(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, limits=Limits(("GB",), texts_per_day=3)) as ashby:
        ashby.hands.pass_time(timedelta(hours=12))  # late enough for an answer to be worth hearing tomorrow
        async with ashby.serving():
            await ashby.converse(Resident(RESIDENT, [MENU] * 3))
            await ashby.text(ROSE.number, "MENU")
            await ashby.explained("used up", "midnight")
            assert await ashby.read(states_to, ROSE.number) == ["queued"]
            ashby.hands.pass_time(timedelta(hours=3))
            ashby.gateway.queued()
            assert await ashby.reply(ROSE.number)
            await ashby.healthy()


def states_to(tx: Tx, number: str) -> list[str]:
    """Give the states of the texts to a number, in the order in which they were made."""
    return [
        row["state"]
        for row in tx.all("SELECT state FROM outbound WHERE number = :number ORDER BY id", number=number)
    ]
