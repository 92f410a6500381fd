"""The simulator is a process of its own that comes, goes and is plugged in again cleanly."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from gsmmodem.pdu import decodeSmsPdu

from modem.virtual.client import Simulator, SimulatorError
from modem.virtual.process import running
from tests.modem.virtual_bench import ANN, MODEM, SerialLine, bench

OTHER = "+447700900001"


async def start(socket: Path, *options: str) -> asyncio.subprocess.Process:
    """The simulator as a child, with the given options."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "modem.virtual", "--socket", str(socket), *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


async def ready(child: asyncio.subprocess.Process) -> dict[str, list[dict[str, str]]]:
    """What it says once it is ready."""
    assert child.stdout is not None
    async with asyncio.timeout(20):
        said: dict[str, list[dict[str, str]]] = json.loads(await child.stdout.readline())
    return said


async def test_it_says_where_its_modems_are_and_ends_when_told_to(tmp_path: Path) -> None:
    socket = tmp_path / "sim"
    child = await start(socket, "--modem", f"{MODEM}:ec25", "--modem", f"{OTHER}:e173:1234:10")
    said = await ready(child)
    assert [modem["number"] for modem in said["modems"]] == [MODEM, OTHER]
    for place, modem in enumerate(said["modems"]):
        assert modem["device"] == str(tmp_path / f"sim.modem{place}")
        assert Path(modem["device"]).resolve() == Path(modem["pty"])  # noqa: ASYNC240 - no slow disk here
    child.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        await child.communicate()
    assert child.returncode == 0
    assert not list(tmp_path.iterdir())  # noqa: ASYNC240


async def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    child = await start(tmp_path / "sim", "--with-parent")
    await ready(child)
    assert child.stdin is not None
    child.stdin.close()
    async with asyncio.timeout(10):
        await child.communicate()
    assert child.returncode == 0


async def test_a_mistake_in_its_options_is_told_in_one_line(tmp_path: Path) -> None:
    for modem in ("nonsense", f"{MODEM}:nokia", f"{MODEM}:ec25:1234:many"):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "modem.virtual", "--socket", str(tmp_path / "sim"), "--modem", modem),
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaint = await child.communicate()
        assert child.returncode == 2
        assert b"Traceback" not in complaint


async def test_it_can_be_met_by_several_at_once(tmp_path: Path) -> None:
    async with running([f"{MODEM}:sim800"], tmp_path) as one:
        other = await Simulator.connect(tmp_path / "simulator")
        try:
            phone = await other.phone(ANN)
            await one.text(MODEM, ANN, "hello")
            assert (await phone.next()).body == "hello"
        finally:
            await other.close()


async def test_nobody_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="start one first"):
        await Simulator.connect(tmp_path / "nothing")


async def test_asking_a_simulator_that_has_ended_is_an_error(tmp_path: Path) -> None:
    child = await start(tmp_path / "sim")
    await ready(child)
    simulator = await Simulator.connect(tmp_path / "sim")
    child.kill()
    await child.communicate()
    with pytest.raises(SimulatorError, match="has ended"):
        await simulator.modems()
    await simulator.close()


async def test_a_stick_pulled_out_and_put_in_again_has_the_same_name_and_sim(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:ec25") as b:
        await b.simulator.text(ANN, MODEM, "before")
        await b.line.until("+CMTI")
        await b.simulator.unplug(MODEM)
        with pytest.raises(ConnectionError):
            await b.line.line()
        assert not b.device().exists()
        await b.simulator.text(ANN, MODEM, "meanwhile")
        assert (await b.simulator.sim(0))["waiting"] == 1
        device = await b.simulator.replug(MODEM)
        assert device == b.device()
        line = SerialLine(device)
        try:
            assert (await line.at("AT+CNMI?"))[-2:] == ["+CNMI: 0,0,0,0,0", "OK"]
            listed = [answer for answer in await line.at("AT+CMGL=4") if answer.startswith("+CMGL")]
            assert [answer[:9] for answer in listed] == ["+CMGL: 0,", "+CMGL: 1,"]
        finally:
            line.close()


async def test_a_stick_slow_to_start_says_its_boot_lines_to_whoever_opens_it(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:ec25") as b:
        await b.simulator.unplug(0)
        line = SerialLine(await b.simulator.replug(0, slow=True))
        try:
            said = [await line.line() for _ in range(6)]
            assert said == [
                "RDY",
                "+CFUN: 1",
                "+CPIN: READY",
                "+QUSIM: 1",
                "+QIND: SMS DONE",
                "+QIND: PB DONE",
            ]
        finally:
            line.close()


async def test_a_socket_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "modem.virtual", "--socket", str(tmp_path / "nowhere" / "sim")),
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await child.communicate()
    assert child.returncode == 1
    assert complaint.startswith(b"the simulator cannot start: ")


async def test_what_is_said_while_nobody_has_the_line_open_is_lost(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        b.line.close()
        await b.simulator.say(0, "RDY")
        line = b.line = SerialLine(b.device())
        assert await line.at("ATE0") == ["OK"]
        assert b"RDY" not in line.heard
        await b.simulator.say(0, "RDY")
        assert await line.line() == "RDY"


async def test_hundreds_of_texts_a_second_go_through_at_once(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:ec25") as b:
        sending = asyncio.gather(*(b.simulator.text(ANN, MODEM, f"text {number}") for number in range(300)))
        taken: list[str] = []
        async with asyncio.timeout(20):
            while len(taken) < 300:
                lines = await b.line.at("AT+CMGL=4")
                for heading, octets in pairwise(lines):
                    if heading.startswith("+CMGL"):
                        taken.append(str(decodeSmsPdu(octets)["text"]))
                        place = heading.removeprefix("+CMGL: ").partition(",")[0]
                        assert (await b.line.at(f"AT+CMGD={place}"))[-1] == "OK"
        await sending
        assert sorted(taken) == sorted(f"text {number}" for number in range(300))
