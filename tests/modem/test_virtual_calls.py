"""Calls are rung, answered, spoken in keys and ended, in the words of each make."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from gsmmodem.pdu import encodeGsm7, packSeptets

from modem.audio import tones, wav
from modem.audio.keys import KeyDetector
from modem.audio.software import LOCK_STEP, REAL, SoftwareLine
from modem.virtual.client import SimulatorError
from modem.virtual.dialect import DIALECTS
from modem.virtual.phone_call import PhoneCall
from tests.modem.virtual_bench import ANN, BEN, MODEM, Bench, bench

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


async def listed(b: Bench, field: int) -> list[str]:
    """One field of each call the modem has: its state (2), whether it is joined to another (4)."""
    return [line.split(",")[field] for line in await b.line.at("AT+CLCC") if line.startswith("+CLCC")]


async def talk_to_two(b: Bench) -> tuple[PhoneCall, PhoneCall]:
    """Ann rings, is put on hold, and Ben is rung and answers."""
    await b.line.at("AT+CLIP=1")
    ann = await (await b.simulator.phone(ANN)).call(MODEM)
    await b.line.until("RING")
    await b.line.at("ATA")
    await ann.answered()
    await b.line.until("VOICE CALL: BEGIN")
    assert await b.line.at("AT+CHLD=2") == ["OK"]
    assert await b.line.at(f"ATD{BEN};") == ["OK"]
    ben = await (await b.simulator.phone(BEN)).rung()
    assert await listed(b, 2) == ["1", "3"]
    await ben.answer()
    await b.line.until("VOICE CALL: BEGIN")
    return ann, ben


@pytest.mark.parametrize("pace", [REAL, LOCK_STEP])
async def test_a_caller_on_hold_hears_nothing_and_two_who_are_joined_hear_each_other(
    tmp_path: Path, pace: str
) -> None:
    async with bench(tmp_path, f"{MODEM}:sim7600") as b:
        await b.simulator.sound_pace(pace)
        ann, ben = await talk_to_two(b)
        line = SoftwareLine(b.simulator.path, MODEM)
        await line.open()
        hearing = asyncio.create_task(listen(line))
        line.say(tones.tone("5", 0.3))
        quiet, loud = await asyncio.gather(ann.hear(0.5), ben.hear(0.5))
        assert wav.level(quiet) < wav.QUIET_DBFS < wav.level(loud)
        assert await b.line.at("AT+CHLD=3") == ["OK"]
        assert await listed(b, 4) == ["1", "1"]
        ann.say(tones.tone("7", 0.3))
        ben.say(tones.tone("8", 0.3))
        from_ben, from_ann = await asyncio.gather(ann.hear(1.0), ben.hear(1.0))
        assert set(KeyDetector().feed(from_ben + await ann.hear(1.0))) == {"8"}
        assert set(KeyDetector().feed(from_ann + await ben.hear(1.0))) == {"7"}
        await ben.hang_up()
        await b.line.until("NO CARRIER")
        assert await listed(b, 2) == ["0"]
        assert await b.line.at("AT+CHUP") == ["OK"]
        await ann.ended()
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        await line.close()


async def listen(line: SoftwareLine) -> None:
    while True:
        await line.hear()


async def test_whoever_is_on_hold_is_gone_back_to_or_hangs_up(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:sim7600") as b:
        ann, ben = await talk_to_two(b)
        assert await b.line.at("AT+CHLD=1") == ["OK"]
        assert await ben.ended() == "NO CARRIER"
        assert await listed(b, 2) == ["0"]
        assert await b.line.at("AT+CHLD=2") == ["OK"]
        await b.line.at(f"ATD{BEN};")
        ben = await (await b.simulator.phone(BEN)).rung()
        await ann.hang_up()
        await b.line.until("NO CARRIER")
        assert await listed(b, 2) == ["3"]
        await ben.hang_up(busy=True)
        await b.line.until("BUSY")
        assert not await listed(b, 2)


async def test_a_stick_that_joins_no_calls_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:e173") as b:
        call = await (await b.simulator.phone(ANN)).call(MODEM)
        await b.line.until("RING")
        await b.line.at("ATA")
        assert (await b.line.at("AT+CHLD=2"))[-1].startswith(("+CME ERROR", "ERROR"))
        await call.hang_up()
