"""The driver on real libgammu and a software modem: texts in and out, reports, calls, USSD, health."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from modem import driver, errors
from tests.modem.plugged import OURS, RESIDENT, plugged

DIALECTS = ["sim800", "sim7600", "e173", "ec25"]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_text_comes_in_and_one_goes_out_on_every_make_of_modem(tmp_path: Path, dialect: str) -> None:
    async with plugged(tmp_path, dialect) as here:
        status = await here.do(lambda modem: modem.open())
        assert (status.pin, status.network) == (driver.PinState.READY, driver.Network.HOME)
        assert status.operator == "Plainnet"
        assert status.imsi.startswith("23410")
        assert len(status.imei) == 15
        assert status.signal is not None

        await here.resident.text(OURS, "HELP € {please}")
        await here.until(lambda here: here.bodies == ["HELP € {please}"])
        (part,) = here.parts
        assert part.sender == RESIDENT

        sent = await here.do(lambda modem: list(modem.send(driver.Send("m", RESIDENT, "Yes. " * 50, 9))))
        assert [type(event) for event in sent] == [driver.PartSent, driver.PartSent, driver.Sent]
        assert (await here.resident.next()).body == "Yes. " * 50
        await here.until(lambda here: len(here.events(driver.Report)) == 2)
        references = [event.reference for event in sent if isinstance(event, driver.PartSent)]
        reports = here.events(driver.Report)
        assert [(report.reference, report.outcome) for report in reports] == [
            (reference, "delivered") for reference in references
        ]

        await here.do(lambda modem: modem.delete(part.place))
        assert await here.do(lambda modem: modem.inbox(True)) == []


async def test_a_place_is_announced_again_once_it_holds_another_text(tmp_path: Path) -> None:
    async with plugged(tmp_path, slots=1) as here:
        await here.do(lambda modem: modem.open())
        await here.resident.text(OURS, "first")
        await here.until(lambda here: here.bodies == ["first"])
        await here.resident.text(OURS, "second")
        await here.do(lambda modem: modem.delete(here.parts[0].place))
        await here.until(lambda here: here.bodies == ["first", "second"])
        assert len({part.place for part in here.parts}) == 1


async def test_a_full_sim_is_emptied_into_the_inbox_at_start(tmp_path: Path) -> None:
    async with plugged(tmp_path, slots=5) as here:
        for number in range(8):
            await here.resident.text(OURS, f"text {number}")
        status = await here.do(lambda modem: modem.open())
        assert (status.sim_used, status.sim_size) == (5, 5)
        here.told += await here.do(lambda modem: modem.inbox())
        assert len(here.bodies) == 5
        for part in here.parts:
            await here.delete(part.place)
        await here.until(lambda here: len(here.bodies) == 8)


STRANGE = [
    "+DTMF: 5",
    "+RXDTMF: 5",
    "MISSED_CALL: 10:42 07700900111",
    "VOICE CALL: BEGIN",
    "^CEND:1,0,104,16",
    "^CONN:1,0",
    "BUSY",
    "+QIND: SMS DONE",
    '+CIEV: "SIGNAL",3',
]


async def test_no_line_that_libgammu_does_not_know_stalls_it(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        for line in STRANGE:
            await here.simulator.say(0, line)
        for command in ("+CGMI", "+CGMM", "+CGSN", "+CIMI"):
            await here.simulator.fault(0, "glue", command=command, line="+QIND: PB DONE")
        began = time.monotonic()
        await here.do(lambda modem: modem.open())
        # Each stall takes 20 s.
        assert time.monotonic() - began < 10


async def test_a_modem_left_at_the_prompt_by_a_crash_is_usable_and_sends_nothing(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem._filter.prompt("AT+CMGS=19", 5))
        await here.do(lambda modem: os.write(modem.fileno(), b"0031000C91447700"))
        status = await here.do(lambda modem: modem.open())
        assert status.network is driver.Network.HOME
        assert (await here.simulator.log(0))["taken"] == []


async def test_an_unplugged_stick_is_told_at_once(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.unplug(0)
        began = time.monotonic()
        with pytest.raises(errors.Unplugged):
            await here.do(lambda modem: modem.status())
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_calls_keys_and_balance_on_every_make_of_modem(tmp_path: Path, dialect: str) -> None:
    async with plugged(tmp_path, dialect) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.ask("ring", number=RESIDENT, to=OURS)
        await here.until(lambda here: here.events(driver.Ringing))
        assert here.events(driver.Ringing) == [driver.Ringing(RESIDENT)]
        await here.do(lambda modem: modem.answer())
        await here.simulator.ask("press", number=RESIDENT, keys="12#")
        await here.until(lambda here: len(here.events(driver.Tone)) == 3)
        assert [tone.key for tone in here.events(driver.Tone)] == ["1", "2", "#"]
        await here.simulator.ask("hang_up", number=RESIDENT)
        await here.until(lambda here: here.events(driver.CallEnded))
        assert len(here.events(driver.CallEnded)) == 1

        await here.simulator.set(0, balances={"*100#": "Your balance is 3.20"})
        await here.do(lambda modem: modem.ussd("*100#"))
        await here.until(lambda here: here.events(driver.Ussd))
        assert here.events(driver.Ussd) == [driver.Ussd("Your balance is 3.20")]
