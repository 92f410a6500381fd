"""The software modem speaks AT as its make does."""

from __future__ import annotations

from pathlib import Path

import pytest

from modem.virtual.commands import parse
from modem.virtual.dialect import DIALECTS
from tests.modem.virtual_bench import ANN, MODEM, bench

pytestmark = pytest.mark.parametrize("dialect", list(DIALECTS))


async def test_it_says_who_it_is(tmp_path: Path, dialect: str) -> None:
    make = DIALECTS[dialect]
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        assert await b.line.at("AT+CGMI") == [make.manufacturer, "OK"]
        assert await b.line.at("AT+CGMM") == [make.model, "OK"]
        assert await b.line.at("AT+CGMR") == [make.revision, "OK"]
        assert await b.line.at("AT+CGSN") == [make.imei, "OK"]
        assert await b.line.at("AT+CIMI") == ["234100000000001", "OK"]
        assert await b.line.at("AT+CPIN?") == ["+CPIN: READY", "OK"]


async def test_it_echoes_until_told_not_to(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}", ready=False) as b:
        b.line.type("AT+CSQ\r")
        assert await b.line.line() == "AT+CSQ"
        assert await b.line.answer() == ["+CSQ: 20,99", "OK"]
        assert await b.line.at("ATE0") == ["OK"]
        b.line.type("AT+CSQ\r")
        assert await b.line.answer() == ["+CSQ: 20,99", "OK"]


async def test_commands_can_share_a_line(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        assert await b.line.at("AT+CSQ;+CPIN?;+CREG=1") == ["+CSQ: 20,99", "+CPIN: READY", "OK"]
        assert await b.line.at("AT+CSQ;+NONSENSE;+CPIN?") == ["+CSQ: 20,99", "ERROR"]


async def test_what_cannot_be_read_is_an_error_and_harms_nothing(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        for nonsense in ("AT=", "AT+CMGR=x", "AT+CMGD=", 'AT+CPMS="XX"', "AT+CMGS=abc", "AT+CPIN", "AT\xff"):
            answer = await b.line.at(nonsense)
            if answer == [">"]:
                b.line.type("not hex\x1a")
                answer = await b.line.answer()
            assert answer[-1].startswith(("ERROR", "+CM", "OK")), nonsense
        b.line.type("\x00\x1b\r\rATI" + "x" * 5000 + "\r")
        assert (await b.line.at("AT"))[-1] in ("OK", "ERROR")
        assert await b.line.at("AT+CSQ") == ["+CSQ: 20,99", "OK"]


async def test_a_prompt_can_be_left_with_escape(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        assert await b.line.at("AT+CMGS=20") == [">"]
        b.line.type("00\x1b")
        assert await b.line.answer() == ["OK"]
        assert (await b.simulator.log(0))["taken"] == []


async def test_registration_signal_and_operator_can_change(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        await b.line.at("AT+CREG=1")
        await b.simulator.set(MODEM, registration="searching")
        assert await b.line.until("+CREG") == "+CREG: 2"
        assert await b.line.at("AT+COPS?") == ["+COPS: 0", "OK"]
        await b.simulator.set(0, registration="roaming", operator="Elsewhere", signal=3)
        assert await b.line.until("+CREG") == "+CREG: 5"
        await b.line.until(DIALECTS[dialect].signal[:5])
        assert await b.line.at("AT+COPS?") == ['+COPS: 0,0,"Elsewhere"', "OK"]
        assert await b.line.at("AT+CSQ") == ["+CSQ: 3,99", "OK"]


async def test_it_says_the_lines_its_make_says_for_no_reason(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        await b.simulator.idle(0)
        for expected in DIALECTS[dialect].idle:
            assert await b.line.line() == expected.format(signal=20)


async def test_a_text_lies_in_the_first_free_place_until_it_is_deleted(tmp_path: Path, dialect: str) -> None:
    first = DIALECTS[dialect].first_place
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        for body in ("one", "two"):
            await b.simulator.text(ANN, MODEM, body)
        assert await b.line.line() == f'+CMTI: "SM",{first}'
        assert await b.line.line() == f'+CMTI: "SM",{first + 1}'
        unread = await b.line.at(f"AT+CMGR={first}")
        assert unread[0].startswith("+CMGR: 0,,")
        assert (await b.line.at(f"AT+CMGR={first}"))[0].startswith("+CMGR: 1,,")
        listed = await b.line.at("AT+CMGL=4")
        assert [line[:9] for line in listed[::2]] == [f"+CMGL: {first},", f"+CMGL: {first + 1},", "OK"]
        assert await b.line.at(f"AT+CMGD={first}") == ["OK"]
        assert (await b.line.at("AT+CPMS?"))[0].startswith('+CPMS: "SM",1,')
        await b.simulator.text(ANN, MODEM, "three")
        assert await b.line.line() == f'+CMTI: "SM",{first}'


def test_a_line_of_commands_is_taken_apart(dialect: str) -> None:
    read = [(c.name, c.how, c.values) for c in parse('+CPMS="S;M","ME";+CSQ;E0;S0=1;&F;+CNMI?;^CURC=0')]
    assert read == [
        ("+CPMS", "=", ('"S;M"', '"ME"')),
        ("+CSQ", "", ()),
        ("E0", "", ()),
        ("S0", "=", ("1",)),
        ("&F", "", ()),
        ("+CNMI", "?", ()),
        ("^CURC", "=", ("0",)),
    ]
