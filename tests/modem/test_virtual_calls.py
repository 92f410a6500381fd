"""Calls are rung, answered, spoken in keys and ended, in the words of each make."""

from __future__ import annotations

from pathlib import Path

import pytest
from gsmmodem.pdu import encodeGsm7, packSeptets

from modem.virtual.client import SimulatorError
from modem.virtual.dialect import DIALECTS
from tests.modem.virtual_bench import ANN, BEN, MODEM, bench

_BEGINS = {"sim7600": ["VOICE CALL: BEGIN"], "e173": ["^CONN:1,0"]}
_ENDS_HERE = {"sim7600": ["VOICE CALL: END: 000000"], "e173": ["^CEND:1,0,29,16"]}
_ENDS_THERE = {
    "sim800": ["NO CARRIER"],
    "ec25": ["NO CARRIER"],
    "sim7600": ["VOICE CALL: END: 000000", "NO CARRIER"],
    "e173": ["^CEND:1,0,29,16"],
}
_HEARS = {
    "sim800": ("AT+DDET=1", "+DTMF: 5"),
    "sim7600": ("AT", "+RXDTMF: 5"),
    "e173": ("AT", "^DTMF: 5"),
    "ec25": ("AT+QTONEDET=1", "+QTONEDET: 53"),
}
makes = pytest.mark.parametrize("dialect", list(DIALECTS))


@makes
async def test_a_resident_rings_presses_keys_and_hangs_up(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        await b.line.at("AT+CLIP=1")
        await b.line.at(_HEARS[dialect][0])
        phone = await b.simulator.phone(ANN)
        call = await phone.call(MODEM)
        assert await b.line.line() == "RING"
        assert await b.line.line() == f'+CLIP: "{ANN}",145,"",,"",0'
        assert await b.line.at("AT+CPAS") == ["+CPAS: 3", "OK"]
        assert await b.line.at("ATA") == ["OK"]
        for begins in _BEGINS.get(dialect, []):
            assert await b.line.line() == begins
        await call.answered()
        assert f'1,0,0,0,"{ANN}",145' in (await b.line.at("AT+CLCC"))[-2]
        await call.press("5")
        assert await b.line.line() == _HEARS[dialect][1]
        await call.hang_up()
        assert [await b.line.line() for _ in _ENDS_THERE[dialect]] == _ENDS_THERE[dialect]
        assert await b.line.at("AT+CPAS") == ["+CPAS: 0", "OK"]


@makes
async def test_the_modem_rings_sends_keys_and_hangs_up(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        phone = await b.simulator.phone(ANN)
        assert await b.line.at(f"ATD{ANN};") == ["OK"]
        call = await phone.rung()
        assert call.caller == MODEM
        await call.answer()
        begins = _BEGINS.get(dialect, [])
        if begins:
            assert await b.line.until(begins[-1])
        assert await b.line.at("AT+VTS=9") == ["OK"]
        assert await b.line.at('AT+VTS="#"') == ["OK"]
        assert [await call.key(), await call.key()] == ["9", "#"]
        assert await b.line.at("AT+CHUP") == ["OK"]
        assert await call.ended() == "NO CARRIER"
        for ends in _ENDS_HERE.get(dialect, []):
            assert await b.line.line() == ends


@makes
async def test_a_missed_call_is_told(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        call = await (await b.simulator.phone(ANN)).call(MODEM)
        await b.line.until("RING")
        await call.hang_up()
        expected = {"sim7600": "MISSED_CALL: ", "e173": "^CEND:1,0,104,16"}.get(dialect, "NO CARRIER")
        assert ANN in await b.line.until(expected) or dialect != "sim7600"


async def test_a_withheld_number_is_not_shown(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.line.at("AT+CLIP=1")
        await (await b.simulator.phone(ANN)).call(MODEM, withheld=True)
        assert await b.line.until("+CLIP") == '+CLIP: "",128,"",,"",1'


async def test_the_modem_does_not_answer_or_is_engaged(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        ann, ben = await b.simulator.phone(ANN), await b.simulator.phone(BEN)
        first = await ann.call(MODEM)
        await b.line.until("RING")
        assert await (await ben.call(MODEM)).ended() == "BUSY"
        assert await b.line.at("ATH") == ["OK"]
        assert await first.ended() == "BUSY"
        await b.simulator.set(0, registration="denied")
        assert await (await ann.call(MODEM)).ended() == "BUSY"


async def test_the_phone_is_engaged(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        phone = await b.simulator.phone(ANN)
        assert await b.line.at(f"ATD{ANN};") == ["OK"]
        await (await phone.rung()).hang_up(busy=True)
        assert await b.line.line() == "BUSY"


async def test_answering_when_nobody_rings_says_no_carrier(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        assert await b.line.at("ATA") == ["NO CARRIER"]
        assert await b.line.at("AT+VTS=1") == ["+CME ERROR: 3"]
        phone = await b.simulator.phone(ANN)
        call = await phone.call(BEN)
        with pytest.raises(SimulatorError):
            await call.press("1")


async def test_pulling_the_stick_out_ends_the_call(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        call = await (await b.simulator.phone(ANN)).call(MODEM)
        await b.line.until("RING")
        await b.line.at("ATA")
        await call.answered()
        await b.simulator.unplug(0)
        assert await call.ended() == "NO CARRIER"


@pytest.mark.parametrize("dialect", ["sim800", "sim7600", "ec25"])
async def test_the_balance_is_asked_for(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}") as b:
        await b.simulator.set(0, balances={"*100#": "GBP 1.23"})
        assert await b.line.at('AT+CUSD=1,"*100#",15') == ["OK"]
        assert await b.line.line() == '+CUSD: 0,"GBP 1.23",15'
        assert await b.line.at('AT+CUSD=1,"*999#",15') == ["OK"]
        assert await b.line.line() == "+CUSD: 4"
        await b.line.at('AT+CSCS="UCS2"')
        assert await b.line.at('AT+CUSD=1,"002A0031003000300023",15') == ["OK"]
        assert await b.line.line() == f'+CUSD: 0,"{"GBP 1.23".encode("utf-16-be").hex().upper()}",72'


async def test_huawei_packs_the_balance(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:e173") as b:
        await b.simulator.set(0, balances={"*100#": "GBP 1"})
        packed = packSeptets(encodeGsm7("GBP 1"))
        assert await b.line.at('AT+CUSD=1,"AA180C3602",15') == ["OK"]
        assert await b.line.line() == f'+CUSD: 0,"{packed.hex().upper()}",15'
