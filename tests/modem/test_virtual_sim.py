"""The SIM fills up, is locked, and keeps what lies on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from modem.virtual.dialect import DIALECTS
from tests.modem.virtual_bench import ANN, MODEM, bench


@pytest.mark.parametrize("dialect", list(DIALECTS))
async def test_the_network_holds_what_does_not_fit_until_there_is_room(tmp_path: Path, dialect: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}::3") as b:
        first = DIALECTS[dialect].first_place
        for number in range(5):
            await b.simulator.text(ANN, MODEM, f"text {number}")
        for place in range(first, first + 3):
            assert await b.line.line() == f'+CMTI: "SM",{place}'
        assert await b.line.line() == DIALECTS[dialect].full
        assert (await b.simulator.sim(0))["waiting"] == 2
        assert await b.line.at(f"AT+CMGD={first}") == ["OK"]
        assert await b.line.line() == f'+CMTI: "SM",{first}'
        assert await b.line.line() == DIALECTS[dialect].full
        assert await b.line.at("AT+CMGD=1,4") == ["OK"]
        assert await b.line.line() == f'+CMTI: "SM",{first}'
        assert (await b.simulator.sim(0))["waiting"] == 0


async def test_a_full_sim_refuses_to_store_another(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:sim800::1") as b:
        await b.simulator.text(ANN, MODEM, "the only one")
        await b.line.until("+CMTI")
        assert await b.line.at("AT+CMGW=14") == [">"]
        b.line.type("0011000A8170079010020000FF00\x1a")
        assert (await b.line.answer())[-1] in ("+CMS ERROR: 322", "+CMS ERROR: 304")


async def test_a_bad_place_is_an_error(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        assert await b.line.at("AT+CMGR=21") == ["+CMS ERROR: 321"]
        assert await b.line.at("AT+CMGD=0") == ["+CMS ERROR: 321"]
        assert await b.line.at("AT+CMGD=7") == ["OK"]


@pytest.mark.parametrize(
    ("dialect", "tries"),
    [("sim800", "+SPIC"), ("sim7600", "+SPIC"), ("e173", "^CPIN"), ("ec25", "+QPINC")],
)
async def test_three_wrong_pins_ask_for_the_puk(tmp_path: Path, dialect: str, tries: str) -> None:
    async with bench(tmp_path, f"{MODEM}:{dialect}:4321", ready=False) as b:
        await b.line.at("ATE0")
        assert (await b.line.at("AT+CPIN?"))[-2:] == ["+CPIN: SIM PIN", "OK"]
        assert (await b.line.at("AT+CMGL=4"))[-1] == "+CMS ERROR: 311"
        assert (await b.line.at("AT+CIMI"))[-1] == "+CME ERROR: 11"
        assert "3" in (await b.line.at(f"AT{tries}{'?' if tries != '+SPIC' else ''}"))[0]
        for left in (2, 1):
            assert await b.line.at('AT+CPIN="0000"') == ["+CME ERROR: 16"]
            assert (await b.simulator.sim(0))["pin_tries"] == left
        assert await b.line.at('AT+CPIN="0000"') == ["+CME ERROR: 12"]
        assert await b.line.at("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
        assert await b.line.at('AT+CPIN="4321"') == ["+CME ERROR: 12"]
        assert await b.line.at('AT+CPIN="12345678","1111"') == ["OK"]
        assert (await b.simulator.sim(0))["lock"] == "READY"


async def test_texts_wait_for_the_pin_and_come_after_it(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:ec25:4321", ready=False) as b:
        await b.line.at("ATE0")
        await b.simulator.text(ANN, MODEM, "early")
        assert await b.line.at("AT+CREG?") == ["+CREG: 0,0", "OK"]
        assert await b.line.at("AT+CPIN=4321") == ["OK"]
        assert await b.line.until("+QIND: SMS DONE")
        await b.line.at("AT")
        assert (await b.simulator.sim(0))["storages"]["SM"]
        assert await b.line.at("AT+CREG?") == ["+CREG: 0,1", "OK"]


async def test_the_pin_is_asked_for_again_after_every_loss_of_power(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:sim800:4321", ready=False) as b:
        await b.line.at("ATE0")
        assert await b.line.at("AT+CPIN=4321") == ["OK"]
        await b.simulator.unplug(0)
        await b.simulator.replug(0)
        assert (await b.simulator.sim(0))["lock"] == "SIM PIN"
