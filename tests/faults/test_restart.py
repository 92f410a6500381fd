"""A gateway that is stopped and started amid conversations goes on where it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.faults.conversation import town, until
from tests.faults.residents import EVERYBODY, GEORGE, ROSE, SOO_AH, Resident


async def test_a_gateway_restarted_between_all_lines_goes_on_as_if_it_had_not(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby:
        for at in range(len(SOO_AH.lines)):
            async with ashby.serving():
                await ashby.converse_all(
                    [Resident(each.number, each.lines[at : at + 1]) for each in (ROSE, SOO_AH, GEORGE)]
                )
        async with ashby.serving():
            await ashby.converse(Resident(ROSE.number, ROSE.lines[len(SOO_AH.lines) :]))
            await ashby.nothing_lost_or_doubled([ROSE, SOO_AH, GEORGE])


async def test_texts_that_come_while_the_gateway_is_off_are_answered_when_it_is_on(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby:
        for line in ROSE.lines[:2]:
            await ashby.text(ROSE.number, line.says)
            async with ashby.serving():
                await ashby.reply(ROSE.number)
        async with ashby.serving():
            await ashby.converse(Resident(ROSE.number, ROSE.lines[2:]))
            await ashby.nothing_lost_or_doubled([ROSE])


async def test_a_gateway_stopped_at_any_moment_leaves_no_reply_in_doubt(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby:
        talking = asyncio.create_task(ashby.converse_all(EVERYBODY))
        for enough in (5, 20):
            async with ashby.serving():

                async def heard(enough: int = enough) -> bool:
                    return sum(len(heard) for heard in ashby.heard.values()) >= enough

                await until(heard, "conversations to go on")
        async with ashby.serving():
            await talking
            await ashby.nothing_lost_or_doubled(EVERYBODY)
