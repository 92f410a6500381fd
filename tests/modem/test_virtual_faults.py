"""Faults on demand do what they say, once, and leave a working modem behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from modem.virtual.client import SimulatorError
from tests.modem.virtual_bench import ANN, MODEM, Bench, bench, send, submit_to

_NEVER = 0.15  # seconds that stand for "not at all"


async def silence(b: Bench) -> None:
    """Nothing comes."""
    with pytest.raises(TimeoutError):
        await b.line.line(_NEVER)


async def test_no_reply(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "silent", command="+CSQ")
        b.line.type("AT+CSQ\r")
        await silence(b)
        assert await b.line.at("AT+CSQ") == ["+CSQ: 20,99", "OK"]


@pytest.mark.parametrize(("kind", "left"), [("silent", 1), ("mute", 0)])
async def test_a_command_without_reply_may_have_been_obeyed(tmp_path: Path, kind: str, left: int) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.text(ANN, MODEM, "hello")
        await b.line.until("+CMTI")
        await b.simulator.fault(0, kind, command="+CMGD")
        b.line.type("AT+CMGD=1\r")
        await silence(b)
        assert len((await b.simulator.sim(0))["storages"]["SM"]) == left


@pytest.mark.parametrize("code", [38, 500, 515, 322])
async def test_an_error_number_for_a_text_that_is_then_not_taken(tmp_path: Path, code: int) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "error", command="+CMGS", code=code)
        assert await send(b, "no") == [f"+CMS ERROR: {code}"]
        assert await send(b, "yes") == ["+CMGS: 1", "OK"]
        phone = await b.simulator.phone(ANN)
        assert (await phone.next()).body == "yes"


async def test_errors_take_the_form_of_the_command(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        for command, code, answer in (
            ("+CSQ", 100, "+CME ERROR: 100"),
            ("+CMGL", 321, "+CMS ERROR: 321"),
            ("+CPIN", -1, "ERROR"),
        ):
            await b.simulator.fault(0, "error", command=command, code=code)
            assert await b.line.at(f"AT{command}?") == [answer]


async def test_a_fault_stays_until_cleared_when_told_so(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "error", command="+CSQ", times=None, code=100)
        for _ in range(3):
            assert await b.line.at("AT+CSQ") == ["+CME ERROR: 100"]
        await b.simulator.clear(0)
        assert await b.line.at("AT+CSQ") == ["+CSQ: 20,99", "OK"]


async def test_a_fault_with_a_probability_strikes_the_same_way_every_time(tmp_path: Path) -> None:
    runs = []
    for run in "ab":
        directory = tmp_path / run
        directory.mkdir()
        async with bench(directory) as b:
            await b.simulator.fault(0, "error", command="+CSQ", times=None, probability=0.5)
            runs.append([(await b.line.at("AT+CSQ"))[-1] for _ in range(20)])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2


async def test_garbage_before_the_answer(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "garbage", command="+CSQ", size=10)
        answer = await b.line.at("AT+CSQ")
        assert len(answer[0]) == 10
        assert answer[1:] == ["+CSQ: 20,99", "OK"]


async def test_one_byte_at_a_time(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "one_byte", command="+CSQ", ms=2)
        started = asyncio.get_running_loop().time()
        assert await b.line.at("AT+CSQ") == ["+CSQ: 20,99", "OK"]
        assert asyncio.get_running_loop().time() - started > 0.03


async def test_a_delay(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "delay", command="+CSQ", ms=80)
        started = asyncio.get_running_loop().time()
        assert await b.line.at("AT+CSQ") == ["+CSQ: 20,99", "OK"]
        assert asyncio.get_running_loop().time() - started >= 0.08


async def test_half_an_answer(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "cut", command="+CGMI")
        b.line.type("AT+CGMI\r")
        await silence(b)
        assert b.line.heard.endswith(b"\r\nSIMCOM_L")


async def test_a_lost_line_of_an_answer(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "lost_line", line="+CMGS")
        assert await send(b, "hello") == ["OK"]
        assert (await b.simulator.log(0))["taken"] == [1]


async def test_a_lost_notice(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "lost_line", line="+CMTI")
        await b.simulator.text(ANN, MODEM, "unnoticed")
        await b.simulator.text(ANN, MODEM, "noticed")
        assert await b.line.line() == '+CMTI: "SM",2'
        assert len((await b.simulator.sim(0))["storages"]["SM"]) == 2


async def test_doubled_lines(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "double_line", line="+CMTI")
        await b.simulator.fault(0, "double_line", line="+CSQ")
        await b.simulator.text(ANN, MODEM, "hello")
        assert [await b.line.line(), await b.line.line()] == ['+CMTI: "SM",1'] * 2
        assert await b.line.at("AT+CSQ") == ["+CSQ: 20,99", "+CSQ: 20,99", "OK"]


async def test_an_unsolicited_line_in_the_same_write_as_an_error(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "error", command="+CMGS", code=38)
        await b.simulator.fault(0, "glue", command="+CMGS", line="+CREG: 1")
        await send(b, "hello")
        await b.line.until("+CREG")
        assert b.line.heard.endswith(b"\r\n+CMS ERROR: 38\r\n\r\n+CREG: 1\r\n")


@pytest.mark.parametrize("taken", [True, False])
async def test_a_hang_after_the_pdu_taken_by_the_network_or_not(tmp_path: Path, taken: bool) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "hang", command="+CMGS", taken=taken)
        length, octets = submit_to(ANN, "hello")
        assert await b.line.at(f"AT+CMGS={length}") == [">"]
        b.line.type(octets + "\x1a")
        await silence(b)
        b.line.type("AT\r")
        await silence(b)
        phone = await b.simulator.phone(ANN)
        if taken:
            assert (await phone.next()).body == "hello"
        else:
            with pytest.raises(TimeoutError):
                await phone.next(_NEVER)
        await b.simulator.clear(0)
        assert (await b.line.at("AT"))[-1] == "OK"


async def test_no_prompt(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "silent", command=">")
        b.line.type("AT+CMGS=20\r")
        await silence(b)
        assert await b.line.at("AT+CSQ") == ["+CSQ: 20,99", "OK"]


async def test_unplugged_instead_of_answering(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "unplug", command="+CMGL")
        b.line.type("AT+CMGL=4\r")
        with pytest.raises(ConnectionError):
            await b.line.line()
        assert not b.device().exists()


async def test_a_text_delivered_twice(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "double_delivery")
        await b.simulator.text(ANN, MODEM, "twice")
        await b.simulator.text(ANN, MODEM, "once")
        lines = [await b.line.line() for _ in range(3)]
        assert lines == [f'+CMTI: "SM",{place}' for place in (1, 2, 3)]
        first, second, third = (slot["pdu"] for slot in (await b.simulator.sim(0))["storages"]["SM"].values())
        assert first == second != third


@pytest.mark.parametrize("values", [{}, {"line": "00FF"}])
async def test_a_text_stored_broken(tmp_path: Path, values: dict[str, str]) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.fault(0, "broken_pdu", **values)
        await b.simulator.text(ANN, MODEM, "broken")
        await b.simulator.text(ANN, MODEM, "whole")
        await b.line.until("+CMTI")
        slots = (await b.simulator.sim(0))["storages"]["SM"]
        assert slots["1"]["pdu"] == values.get("line", "0791447779078404")
        assert len(slots["2"]["pdu"]) > 40


async def test_a_fault_nobody_knows_is_refused(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        with pytest.raises(SimulatorError):
            await b.simulator.fault(0, "gremlin")
        with pytest.raises(SimulatorError):
            await b.simulator.fault("+447700900999", "silent")
