"""The driver on real libgammu and a software modem: texts in and out, reports, calls, USSD, health."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from modem import driver, errors
from modem.filter import LineFilter
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


async def test_of_many_notices_at_once_none_is_lost(tmp_path: Path) -> None:
    async with plugged(tmp_path, "ec25") as here:
        await here.do(lambda modem: modem.open())
        for number in range(40):
            await here.resident.text(OURS, f"text {number}")
        await here.until(lambda here: len(here.bodies) >= 40)
        assert sorted(here.bodies) == sorted(f"text {number}" for number in range(40))


async def test_what_awaits_deletion_is_announced_once_unless_asked_again(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.resident.text(OURS, "first")
        await here.until(lambda here: here.bodies)
        assert await here.do(lambda modem: modem.inbox()) == []
        await here.resident.text(OURS, "second")
        await here.until(lambda here: here.bodies == ["first", "second"])
        (again,) = await here.do(lambda modem: modem.inbox(True))
        assert isinstance(again, driver.Inbox)
        assert [part.body for part in again.parts] == ["first", "second"]


async def test_a_place_is_announced_again_once_it_holds_another_text(tmp_path: Path) -> None:
    async with plugged(tmp_path, slots=1) as here:
        await here.do(lambda modem: modem.open())
        await here.resident.text(OURS, "first")
        await here.until(lambda here: here.bodies == ["first"])
        await here.resident.text(OURS, "second")
        await here.do(lambda modem: modem.delete(here.parts[0].place))
        await here.until(lambda here: here.bodies == ["first", "second"])
        assert len({part.place for part in here.parts}) == 1


async def test_a_notice_that_got_lost_costs_no_text(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.fault(0, "lost_line", line="+CMTI")
        await here.resident.text(OURS, "unnoticed")
        (inbox,) = await here.do(lambda modem: modem.inbox())
        assert isinstance(inbox, driver.Inbox)
        assert [part.body for part in inbox.parts] == ["unnoticed"]


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


async def test_a_broken_message_is_kept_raw_and_can_be_deleted(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.text(RESIDENT, OURS, raw_pdu="07914477790784040C91")
        await here.resident.text(OURS, "after it")
        await here.until(lambda here: here.bodies)
        (broken,) = [each for inbox in here.events(driver.Inbox) for each in inbox.broken]
        assert broken.raw == "07914477790784040C91"
        await here.do(lambda modem: modem.delete(broken.place))
        (inbox,) = await here.do(lambda modem: modem.inbox(True))
        assert isinstance(inbox, driver.Inbox)
        assert inbox.broken == ()


async def test_parts_of_a_long_text_come_in_any_order_and_doubled(tmp_path: Path) -> None:
    async with plugged(tmp_path, "ec25") as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.text(
            RESIDENT, OURS, "x" * 153 + "y" * 153 + "z" * 9, parts=[2, 0, 2, 1], reference=7
        )
        await here.until(lambda here: len(here.parts) == 4)
        assert [(part.reference, part.total, part.number) for part in here.parts] == [
            (7, 3, number) for number in (3, 1, 3, 2)
        ]


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


async def test_the_networks_error_number_is_told_even_beside_another_line(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        for code in (21, 38, 322, 332, 500, 9999):
            await here.simulator.fault(0, "error", command="+CMGS", code=code)
            await here.simulator.fault(0, "glue", command="+CMGS", line="+QIND: SMS DONE")
            (failed,) = await here.do(lambda modem: list(modem.send(driver.Send("m", RESIDENT, "hello", 1))))
            assert isinstance(failed, driver.SendFailed)
            cause = errors.explain("CMS", code)
            assert (failed.code, failed.retryable, failed.certain) == (code, cause.retryable, cause.certain)


async def test_a_long_text_is_resumed_at_the_part_that_failed(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        text = "a" * 153 + "b" * 153 + "c" * 50
        sending = here.modem.send(driver.Send("m", RESIDENT, text, 5))
        assert isinstance(await here.do(lambda _: next(sending)), driver.PartSent)
        await here.simulator.fault(0, "error", command="+CMGS", code=500)
        failed = await here.do(lambda _: next(sending))
        assert isinstance(failed, driver.SendFailed)
        assert failed.part == 1
        again = await here.do(
            lambda modem: list(modem.send(driver.Send("m", RESIDENT, text, 5, first_part=1)))
        )
        assert [event.part for event in again if isinstance(event, driver.PartSent)] == [1, 2]
        assert (await here.resident.next()).body == text


async def test_no_answer_after_the_text_leaves_it_uncertain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modem.gammu_driver._NETWORK", 0.5)
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.fault(0, "mute", command="+CMGS")
        sending = here.modem.send(driver.Send("m", RESIDENT, "hello", 1))
        failed = await here.do(lambda _: next(sending))
        assert isinstance(failed, driver.SendFailed)
        assert not failed.certain
        with pytest.raises(errors.Silent):
            await here.do(lambda _: next(sending))
        await here.do(lambda modem: modem.wake())
        assert (await here.resident.next()).body == "hello"


async def test_no_prompt_leaves_a_text_surely_unsent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modem.gammu_driver._PROMPT", 0.3)
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.fault(0, "silent", command=">")
        sending = here.modem.send(driver.Send("m", RESIDENT, "hello", 1))
        failed = await here.do(lambda _: next(sending))
        assert isinstance(failed, driver.SendFailed)
        assert failed.certain
        await here.do(lambda modem: modem.wake())
        assert (await here.simulator.log(0))["taken"] == []


async def test_an_answer_that_comes_late_is_not_taken_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modem.storage._READ", 0.3)
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.fault(0, "delay", command="+CMGR", ms=400)
        await here.resident.text(OURS, "slow")
        with pytest.raises(errors.Silent):
            await here.until(lambda here: here.bodies)
        await here.do(lambda modem: modem.wake())
        (inbox,) = await here.do(lambda modem: modem.inbox())
        assert isinstance(inbox, driver.Inbox)
        assert [part.body for part in inbox.parts] == ["slow"]
        assert (await here.do(lambda modem: modem.status())).network is driver.Network.HOME


async def test_a_modem_left_at_the_prompt_by_a_crash_is_usable_and_sends_nothing(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        line = LineFilter(here.device, 115200, lambda: None)
        await asyncio.to_thread(line.prompt, "AT+CMGS=19", 5)
        os.write(line.fileno(), b"0031000C91447700")
        line.close()
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


async def test_a_caller_who_hides_the_number_is_announced_without_one(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        await here.simulator.ask("ring", number=RESIDENT, to=OURS, withheld=True)
        await here.until(lambda here: here.events(driver.Ringing))
        assert here.events(driver.Ringing) == [driver.Ringing(None)]
        await here.do(lambda modem: modem.hang_up())


async def test_answering_or_dialling_where_nobody_is_fails_at_once(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        began = time.monotonic()
        with pytest.raises(errors.Refused):
            await here.do(lambda modem: modem.answer())
        await here.simulator.set(0, registration="searching")
        with pytest.raises(errors.Refused):
            await here.do(lambda modem: modem.dial(RESIDENT))
        # libgammu takes 40 s for the one and 100 s for the other.
        assert time.monotonic() - began < 5


async def test_a_command_that_hides_another_is_refused(tmp_path: Path) -> None:
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        assert await here.do(lambda modem: modem.raw("AT+CSQ")) == ["+CSQ: 20,99"]
        with pytest.raises(errors.Refused):
            await here.do(lambda modem: modem.raw("AT+CSQ\rAT+CMGD=1,4"))
        with pytest.raises(errors.Refused):
            await here.do(lambda modem: modem.dial("1;+CMGD=1,4"))


async def test_texts_survive_a_bad_line(tmp_path: Path) -> None:
    noises: list[dict[str, Any]] = [
        {"kind": "one_byte", "ms": 1, "times": 4},
        {"kind": "garbage", "command": "+CMGR"},
        {"kind": "double_line", "line": "+CMGR"},
        {"kind": "double_line", "line": "07"},
        {"kind": "double_delivery"},
    ]
    async with plugged(tmp_path) as here:
        await here.do(lambda modem: modem.open())
        for number, noise in enumerate(noises):
            await here.simulator.fault(0, **noise)
            await here.resident.text(OURS, f"text {number}")
            await here.until(lambda here: f"text {number}" in here.bodies)  # noqa: B023
            await here.simulator.clear(0)
        assert len(set(here.bodies)) == len(noises)
