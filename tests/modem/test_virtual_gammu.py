"""The real libgammu, without anything between, works with every make of software modem."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import gammu
import pytest

from modem.virtual.client import Simulator
from modem.virtual.dialect import DIALECTS
from modem.virtual.process import running
from tests.modem.virtual_bench import ANN, MODEM

makes = pytest.mark.parametrize("dialect", list(DIALECTS))


@asynccontextmanager
async def gammu_on(directory: Path, modem: str) -> AsyncIterator[tuple[Simulator, Any]]:
    """A simulator in its own process and libgammu on its modem."""
    async with running([modem], directory) as simulator:
        device = (await simulator.modems())[0].device
        config = directory / "gammurc"
        config.write_text(f"[gammu]\ndevice = {device}\nconnection = dku2at\n")
        machine = gammu.StateMachine()
        machine.ReadConfig(0, 0, str(config))
        await asyncio.to_thread(machine.Init)
        try:
            yield simulator, machine
        finally:
            await asyncio.to_thread(machine.Terminate)


async def hush(simulator: Simulator, *lines: str) -> None:
    """Keep lines from libgammu, which waits 20 s for its next answer after each one it does not know."""
    for line in lines:
        await simulator.fault(0, "lost_line", line=line, times=None)


def inbox(machine: Any) -> list[dict[str, Any]]:
    """Every stored text, read as a caller of GetNextSMS does, then deleted."""
    found: list[dict[str, Any]] = []
    try:
        found += machine.GetNextSMS(Start=True, Folder=0)
        while True:
            found += machine.GetNextSMS(Location=found[-1]["Location"], Folder=0)
    except gammu.ERR_EMPTY:
        pass
    for message in found:
        machine.DeleteSMS(0, message["Location"])
    return found


@makes
async def test_libgammu_connects_quickly_and_reads_how_the_modem_is(tmp_path: Path, dialect: str) -> None:
    started = time.monotonic()
    async with gammu_on(tmp_path, f"{MODEM}:{dialect}") as (_, machine):
        assert time.monotonic() - started < 5
        make = DIALECTS[dialect]
        assert machine.GetIMEI() == make.imei
        assert machine.GetSIMIMSI() == "234100000000001"
        assert machine.GetSignalQuality()["SignalPercent"] == 60
        network = machine.GetNetworkInfo()
        assert (network["State"], network["NetworkName"], network["NetworkCode"]) == (
            "HomeNetwork",
            "Plainnet",
            "234 10",
        )
        assert machine.GetSMSStatus()["SIMSize"] == dict(make.storages)["SM"]
        assert machine.GetSMSC()["Number"] == "+447700900000"


@makes
async def test_texts_are_read_and_deleted(tmp_path: Path, dialect: str) -> None:
    bodies = ["hello", "grüße", "日本語 😀", "x" * 300]
    async with gammu_on(tmp_path, f"{MODEM}:{dialect}") as (simulator, machine):
        for body in bodies:
            await simulator.text(ANN, MODEM, body)
        messages = await asyncio.to_thread(inbox, machine)
        assert [m["Text"] for m in messages[:3]] == bodies[:3]
        assert "".join(m["Text"] for m in messages[3:]) == bodies[3]
        assert {m["Number"] for m in messages} == {ANN}
        storages = (await simulator.sim(0))["storages"]
        assert not any(storages.values())


@makes
async def test_a_text_is_sent_and_reported(tmp_path: Path, dialect: str) -> None:
    async with gammu_on(tmp_path, f"{MODEM}:{dialect}") as (simulator, machine):
        told: list[tuple[str, dict[str, Any]]] = []
        machine.SetIncomingCallback(lambda _machine, kind, event: told.append((kind, event)))
        machine.SetIncomingSMS(True)
        phone = await simulator.phone(ANN)
        message = {
            "Text": "On its way at 9, OK?",
            "Number": ANN,
            "SMSC": {"Number": "+447700900000", "Validity": "Max"},
            "Type": "Status_Report",
        }
        reference = await asyncio.to_thread(machine.SendSMS, message)
        assert (await phone.next()).body == message["Text"]
        assert (await simulator.log(0))["taken"] == [reference]
        async with asyncio.timeout(5):
            while not told:
                await asyncio.to_thread(machine.ReadDevice, True)
        assert told[0][0] == "SMS"
        assert await asyncio.to_thread(reported, machine, told) == (ANN, reference)


def reported(machine: Any, told: list[tuple[str, dict[str, Any]]]) -> tuple[str, int]:
    """Who the report is about and which text, whether it came with the notice or was stored."""
    event = told[0][1]
    message = event if "Number" in event else inbox(machine)[0]
    return message["Number"], message["MessageReference"]


async def test_the_pin_is_entered(tmp_path: Path) -> None:
    async with gammu_on(tmp_path, f"{MODEM}:sim800:1234") as (simulator, machine):
        await hush(simulator, *DIALECTS["sim800"].registered)
        assert await asyncio.to_thread(machine.GetSecurityStatus) == "PIN"
        with pytest.raises(gammu.GSMError):
            await asyncio.to_thread(machine.EnterSecurityCode, "PIN", "9999")
        assert (await simulator.sim(0))["pin_tries"] == 2
        await asyncio.to_thread(machine.EnterSecurityCode, "PIN", "1234")
        assert (await simulator.sim(0))["lock"] == "READY"


@makes
async def test_the_balance_is_asked_for(tmp_path: Path, dialect: str) -> None:
    async with gammu_on(tmp_path, f"{MODEM}:{dialect}") as (simulator, machine):
        await simulator.set(0, balances={"*100#": "You have GBP 5.00"})
        told: list[str] = []
        machine.SetIncomingCallback(lambda _machine, _kind, event: told.append(event["Text"]))
        machine.SetIncomingUSSD(True)
        await asyncio.to_thread(machine.DialService, "*100#")
        async with asyncio.timeout(5):
            while not told:
                await asyncio.to_thread(machine.ReadDevice, True)
        assert told == ["You have GBP 5.00"]


async def test_a_full_sim_is_drained_while_the_network_holds_the_rest(tmp_path: Path) -> None:
    async with gammu_on(tmp_path, f"{MODEM}:e173::10") as (simulator, machine):
        await hush(simulator, DIALECTS["e173"].full)
        for number in range(60):
            await simulator.text(ANN, MODEM, f"text {number}")
        got: list[str] = []
        while len(got) < 60:
            found = await asyncio.to_thread(inbox, machine)
            assert found
            got += [message["Text"] for message in found]
        assert sorted(got) == sorted(f"text {number}" for number in range(60))


async def test_a_refused_text_is_an_error(tmp_path: Path) -> None:
    async with gammu_on(tmp_path, f"{MODEM}:sim800") as (simulator, machine):
        await simulator.fault(0, "error", command="+CMGS", code=38)
        message = {"Text": "no", "Number": ANN, "SMSC": {"Location": 1}}
        with pytest.raises(gammu.ERR_UNKNOWN):
            await asyncio.to_thread(machine.SendSMS, message)
        assert (await simulator.log(0))["taken"] == []


async def test_an_unplugged_modem_is_an_error(tmp_path: Path) -> None:
    async with gammu_on(tmp_path, f"{MODEM}:sim800") as (simulator, machine):
        await simulator.unplug(0)
        with pytest.raises(gammu.GSMError):
            await asyncio.to_thread(machine.GetSignalQuality)
