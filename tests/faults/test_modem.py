"""A modem that loses, delays, doubles, cuts, hangs and vanishes, against whole conversations."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from flows.transcript import matches
from modem.link import Patience
from tests.faults.conversation import OURS, REPLY_SECONDS, Town, town, until
from tests.faults.residents import EVERYBODY, PENNS, ROSE, Line, Resident
from tests.faults.rows import replies_to

SOAK = pytest.mark.soak
DIALECTS = ("sim800", "sim7600", "e173", "ec25")
HASTY = Patience(silent=10.0, opening=20.0, call=1.5, unnoticed=1.0)

# What goes wrong amid the conversations (see modem.virtual.faults), and how many replies may then have
# an end that nobody knows.
FAULTS: dict[str, tuple[list[dict[str, Any]], int]] = {
    "notices are lost": ([{"kind": "lost_line", "line": "+CMTI", "times": 5}], 0),
    "a stored text is read without its header": ([{"kind": "lost_line", "line": "+CMGR", "times": 3}], 0),
    "reports and references are lost": (
        [
            {"kind": "lost_line", "line": "+CDS", "times": 5},
            {"kind": "lost_line", "line": "+CMGS", "times": 3},
        ],
        0,
    ),
    "an answer is lost on sending": ([{"kind": "lost_line", "command": "+CMGS", "line": "OK"}], 1),
    "answers are late": ([{"kind": "delay", "ms": 50, "probability": 0.3, "times": 20}], 0),
    "the network delivers twice": ([{"kind": "double_delivery", "times": None}], 0),
    "lines come twice": ([{"kind": "double_line", "probability": 0.3, "times": None}], 0),
    "answers come byte by byte": ([{"kind": "one_byte", "ms": 1, "times": 20}], 0),
    "noise comes before answers and prompts": (
        [
            {"kind": "garbage", "command": ">", "times": 3},
            {"kind": "garbage", "probability": 0.3, "times": 20},
        ],
        0,
    ),
    "sending is refused for now": ([{"kind": "error", "command": "+CMGS", "code": 42, "times": 4}], 0),
    "reading, listing and deleting are refused": (
        [
            {"kind": "error", "command": "+CMGR", "code": 500, "times": 3},
            {"kind": "error", "command": "+CMGL", "code": 500, "times": 2},
            {"kind": "error", "command": "+CMGD", "code": 500, "times": 5},
        ],
        0,
    ),
    "a read command is not heard": ([{"kind": "silent", "command": "+CMGR"}], 0),
}

# The same ends in other ways: each costs the seconds until the modem's process counts as hung.
SLOW_FAULTS: dict[str, tuple[list[dict[str, Any]], int]] = {
    "an answer is lost on reading": ([{"kind": "lost_line", "command": "+CMGR", "line": "OK"}], 0),
    "a read text is cut": ([{"kind": "cut", "command": "+CMGR"}], 0),
    "a listing is cut": ([{"kind": "cut", "command": "+CMGL"}], 0),
    "the answer on sending is cut": ([{"kind": "cut", "command": "+CMGS"}], 1),
    "the prompt stays away": ([{"kind": "silent", "command": ">"}], 1),
    "a text is taken and not answered": ([{"kind": "mute", "command": "+CMGS"}], 1),
}


async def amid(ashby: Town) -> None:
    """Wait until conversations are under way."""
    await heard_of(ashby, 10)


async def heard_of(ashby: Town, replies: int) -> None:
    """Wait until residents have heard so many more replies, or all there are."""
    everything = sum(len(resident.lines) for resident in EVERYBODY)

    def heard() -> int:
        return sum(len(heard) for heard in ashby.heard.values())

    enough = min(heard() + replies, everything)

    async def enough_heard() -> bool:
        return heard() >= enough

    await until(enough_heard, "conversations to go on", 60.0)


async def test_without_a_fault_everybody_is_answered_once_and_gets_what_they_asked_for(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        await ashby.converse_all(EVERYBODY)
        await ashby.nothing_lost_or_doubled(EVERYBODY)


@pytest.mark.parametrize(
    ("faults", "uncertain"),
    [
        *(pytest.param(*fault, id=name) for name, fault in FAULTS.items()),
        *(pytest.param(*fault, id=name, marks=SOAK) for name, fault in SLOW_FAULTS.items()),
    ],
)
async def test_amid_whole_conversations(faults: list[dict[str, Any]], uncertain: int, tmp_path: Path) -> None:
    async with town(tmp_path, patience=HASTY) as ashby, ashby.serving():
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            await amid(ashby)
            for fault in faults:
                await ashby.simulator.fault(OURS, **fault)
        await struck(ashby, [fault for fault in faults if fault.get("times", 1) is not None])
        await ashby.nothing_lost_or_doubled(EVERYBODY, uncertain=uncertain)


async def struck(ashby: Town, finite: list[dict[str, Any]], seconds: float = REPLY_SECONDS) -> None:
    """Wait until the faults that strike a number of times have struck as often."""

    async def spent() -> bool:
        return not finite or (await ashby.simulator.log(OURS))["armed"] == 0

    await until(spent, f"{finite} to strike", seconds)


@pytest.mark.parametrize(
    "taken", [pytest.param(True, id="taken", marks=SOAK), pytest.param(False, id="not taken")]
)
async def test_a_modem_that_hangs_after_a_question_does_not_ask_it_again(taken: bool, tmp_path: Path) -> None:
    async with town(tmp_path, patience=HASTY) as ashby, ashby.serving():
        await hang_at(ashby, "the surgery", taken)
        assert ashby.heard[ROSE.number].count("Which day?") == int(taken)
        await ashby.nothing_lost_or_doubled([ROSE], uncertain=1)
        replies = await ashby.read(replies_to, ROSE.number)
        assert [reply.state for reply in replies].count("uncertain") == 1


@pytest.mark.parametrize(
    "taken", [pytest.param(True, id="taken"), pytest.param(False, id="not taken", marks=SOAK)]
)
async def test_a_modem_that_hangs_after_a_confirmation_says_it_once_more_with_its_reference(
    taken: bool, tmp_path: Path
) -> None:
    async with town(tmp_path, patience=HASTY) as ashby, ashby.serving():
        await hang_at(ashby, "YES", taken)
        await ashby.nothing_lost_or_doubled([ROSE], uncertain=1)
        confirmed = [body for body in ashby.heard[ROSE.number] if body.startswith("Booked")]
        (reply,) = [r for r in await ashby.read(replies_to, ROSE.number) if r.ref]
        assert len(confirmed) == 1 + int(taken)
        assert all(reply.ref in body for body in confirmed)
        assert reply.state in ("sent", "delivered")


async def hang_at(ashby: Town, text: str, taken: bool) -> None:
    """Let Rose converse, and the modem hang when the reply to `text` is handed to it, until it is woken."""
    at = next(place for place, line in enumerate(ROSE.lines) if line.says == text)
    await ashby.converse(Resident(ROSE.number, ROSE.lines[:at]))
    await ashby.simulator.fault(OURS, kind="hang", command="+CMGS", taken=taken)
    async with asyncio.TaskGroup() as group:
        group.create_task(ashby.converse(Resident(ROSE.number, ROSE.lines[at:])))
        await ashby.explained("main failed", "busy", "send")
        await ashby.simulator.clear(OURS)


async def test_a_stick_pulled_out_amid_conversations_goes_on_where_it_was(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            await amid(ashby)
            await ashby.simulator.unplug(OURS)
            await ashby.explained("not plugged in", "none is lost")
            await ashby.simulator.replug(OURS)
        await ashby.nothing_lost_or_doubled(EVERYBODY, uncertain=1)


async def test_a_stick_that_vanishes_on_sending_goes_on_where_it_was(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            await amid(ashby)
            await ashby.simulator.fault(OURS, kind="unplug", command="+CMGS", taken=True)
            await ashby.explained("not plugged in", "none is lost")
            await ashby.simulator.replug(OURS)
        await ashby.nothing_lost_or_doubled(EVERYBODY, uncertain=1)


async def test_a_modem_process_killed_again_and_again_is_started_again(tmp_path: Path) -> None:
    kills = 2
    async with town(tmp_path) as ashby, ashby.serving() as gateway:
        link = gateway.modems[0].link
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            await amid(ashby)
            for _ in range(kills):
                await ashby.healthy()
                assert link.pid is not None
                os.kill(link.pid, signal.SIGKILL)
                await ashby.explained("main failed", "ended unexpectedly")
        await ashby.nothing_lost_or_doubled(EVERYBODY, uncertain=kills)


async def test_without_a_network_everything_waits_and_then_goes_on(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            await amid(ashby)
            await ashby.simulator.set(OURS, registration="searching")
            await ashby.explained("lost the network", "none is lost")
            await ashby.simulator.set(OURS, registration="denied")
            await ashby.explained("refuses this SIM")
            await ashby.simulator.set(OURS, registration="roaming")
        await ashby.nothing_lost_or_doubled(EVERYBODY)


async def test_a_full_sim_is_drained_at_the_start_and_everybody_is_answered_once(tmp_path: Path) -> None:
    residents = [f"+4477009002{number:02}" for number in range(40)]
    async with town(tmp_path, modem="sim800::10") as ashby:
        for number in residents:
            await ashby.simulator.phone(number)
            await ashby.text(number, "MENU")
        sim = await ashby.simulator.sim(OURS)
        assert (len(sim["storages"]["SM"]), sim["waiting"]) == (10, 30)
        async with ashby.serving():
            for number in residents:
                assert matches("Hello. What would you like?…", await ashby.reply(number))
            menu = (Line("MENU", "…"),)
            await ashby.nothing_lost_or_doubled([Resident(number, menu) for number in residents])


async def test_a_sim_that_asks_for_its_pin_is_unlocked_each_time_it_is_put_in(tmp_path: Path) -> None:
    async with town(tmp_path, modem="ec25:1234", pin="1234") as ashby, ashby.serving():
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            await amid(ashby)
            await ashby.simulator.unplug(OURS)
            await ashby.explained("not plugged in")
            await ashby.simulator.replug(OURS)
        await ashby.nothing_lost_or_doubled(EVERYBODY, uncertain=1)


async def test_a_refused_pin_is_not_tried_again_and_texts_wait_for_the_right_one(tmp_path: Path) -> None:
    async with town(tmp_path, modem="ec25:1234", pin="9999") as ashby:
        for _ in range(2):
            async with ashby.serving():
                await ashby.explained("refused its PIN", "Set the right PIN")
                assert (await ashby.simulator.sim(OURS))["pin_tries"] == 2
        async with ashby.serving() as gateway, asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY))
            await ashby.explained("refused its PIN")
            await gateway.modems[0].link.enter_pin("1234")
            await ashby.healthy()
        async with ashby.serving():
            await ashby.nothing_lost_or_doubled(EVERYBODY)


@SOAK
@pytest.mark.parametrize("seed", range(20))
async def test_whatever_goes_wrong_at_whatever_moment(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    possible = [fault for faults, _ in (*FAULTS.values(), *SLOW_FAULTS.values()) for fault in faults]
    possible = [fault if fault.get("times", 1) else {**fault, "times": 20} for fault in possible]
    blows = random.choices(["fault", "fault", "fault", "kill", "unplug", "coverage"], k=4)
    async with (
        town(tmp_path, modem=random.choice(DIALECTS), patience=HASTY) as ashby,
        ashby.serving() as gateway,
    ):
        async with asyncio.TaskGroup() as group:
            group.create_task(ashby.converse_all(EVERYBODY, seconds=120.0))
            for blow in blows:
                await heard_of(ashby, random.randrange(5))
                if blow == "fault":
                    await ashby.simulator.fault(OURS, **random.choice(possible))
                elif blow == "kill" and (pid := gateway.modems[0].link.pid):
                    os.kill(pid, signal.SIGKILL)
                elif blow == "unplug":
                    await ashby.simulator.unplug(OURS)
                    await ashby.explained("not plugged in", seconds=60.0)
                    await ashby.simulator.replug(OURS)
                elif blow == "coverage":
                    await ashby.simulator.set(OURS, registration="searching")
                    await ashby.explained("searching", seconds=60.0)
                    await ashby.simulator.set(OURS, registration="home")
        await ashby.nothing_lost_or_doubled(EVERYBODY, uncertain=len(blows))


@SOAK
@pytest.mark.parametrize("command", [">", "+CMMS", "+CMGR", "+CMGD", "+CMGL", "+CSQ"])
async def test_with_a_real_gateways_patience_a_silent_modem_costs_nothing_but_time(
    command: str, tmp_path: Path
) -> None:
    async with town(tmp_path, patience=Patience()) as ashby, ashby.serving():
        await ashby.simulator.fault(OURS, kind="silent", command=command)
        async with asyncio.TaskGroup() as group:
            for resident in EVERYBODY:
                group.create_task(ashby.converse(resident, seconds=60.0))
        await struck(ashby, [{"command": command}], seconds=60.0)
        await ashby.nothing_lost_or_doubled(EVERYBODY)


async def test_a_number_that_does_not_exist_is_not_tried_again(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        await ashby.simulator.fault(OURS, kind="error", command="+CMGS", code=1)
        await ashby.text(ROSE.number, "MENU")
        await ashby.at_rest()
        (reply,) = await ashby.read(replies_to, ROSE.number)
        assert (reply.state, reply.attempts) == ("failed", 1)
        await ashby.converse(PENNS)
