"""A simulator in the test's own process, and a hand at its serial line that is no modem library."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from gsmmodem.pdu import encodeSmsSubmitPdu

from modem.virtual.client import Simulator
from modem.virtual.network import AT_ONCE, Network
from modem.virtual.server import Server

MODEM = "+447700900000"
ANN = "+447700900123"
BEN = "+447700900456"
_FINAL = ("OK", "ERROR", "+CMS ERROR", "+CME ERROR", "NO CARRIER", "BUSY", ">")


class SerialLine:
    """Types commands on a serial device and reads lines."""

    def __init__(self, device: Path) -> None:
        self.heard = b""
        self.gone = False
        self._read_to = 0
        self._more = asyncio.Event()
        self._fd = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def close(self) -> None:
        """Let go of the device."""
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)

    def type(self, text: str) -> None:
        """Send bytes."""
        os.write(self._fd, text.encode("latin-1"))

    async def at(self, command: str, patience: float = 3.0) -> list[str]:
        """Run a command; the lines of its answer without the echo, the final result last."""
        self.type(command + "\r")
        return await self.answer(command, patience)

    async def answer(self, command: str = "", patience: float = 3.0) -> list[str]:
        """The lines up to the next final result."""
        lines: list[str] = []
        while not lines or not lines[-1].startswith(_FINAL):
            line = await self.line(patience)
            if line != command:
                lines.append(line)
        return lines

    async def until(self, start: str, patience: float = 3.0) -> str:
        """The next line that begins with `start`; what comes before it is dropped."""
        while not (line := await self.line(patience)).startswith(start):
            pass
        return line

    async def line(self, patience: float = 3.0) -> str:
        """The next line that is not empty."""
        async with asyncio.timeout(patience):
            while True:
                if line := self._next_line():
                    return line
                if self.gone:
                    raise ConnectionError("the line is dead")
                self._more.clear()
                await self._more.wait()

    def _next_line(self) -> str:
        while True:
            rest = self.heard[self._read_to :]
            end = rest.find(b"\r")
            if rest.startswith(b"> "):
                self._read_to += 2
                return ">"
            if end < 0:
                return ""
            self._read_to += end + 1
            if line := rest[:end].strip(b"\n").decode("latin-1"):
                return line
            if rest[end + 1 : end + 2] == b"\n":
                self._read_to += 1

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 4096)
        except OSError:
            data = b""
        if not data:
            self.gone = True
            asyncio.get_running_loop().remove_reader(self._fd)
        self.heard += data
        self._more.set()


@dataclass(slots=True)
class Bench:
    """A simulator, its server and the serial line of its first modem."""

    simulator: Simulator
    server: Server
    line: SerialLine

    def device(self, place: int = 0) -> Path:
        """The stable name of a modem's device."""
        return self.server.modems[place].terminal.line.link


@asynccontextmanager
async def bench(
    directory: Path, *modems: str, pace: str = AT_ONCE, seed: int = 1, ready: bool = True
) -> AsyncIterator[Bench]:
    """Software modems `NUMBER:DIALECT[:PIN[:SLOTS]]`; `ready` turns notices and error numbers on."""
    server = Server(directory / "simulator", Network(pace, seed=seed))
    for modem in modems or (f"{MODEM}:sim800",):
        number, dialect, pin, slots = [*modem.split(":"), "", ""][:4]
        server.add(number, dialect, pin, int(slots or 0))
    await server.start()
    simulator = await Simulator.connect(directory / "simulator")
    line = SerialLine(server.modems[0].terminal.line.link)
    try:
        if ready:
            await line.at("ATE0")
            await line.at("AT+CMEE=1")
            await line.at("AT+CNMI=2,1,0,1,0")
        yield Bench(simulator, server, line)
    finally:
        line.close()
        await simulator.close()
        await server.stop()


def submit_to(number: str, body: str, report: bool = True) -> tuple[int, str]:
    """The length and hex of an SMS-SUBMIT, made by a library that is not ours."""
    only = encodeSmsSubmitPdu(number, body, requestStatusReport=report)[0]
    return only.tpduLength, str(only)


async def send(b: Bench, body: str) -> list[str]:
    """Send a text to Ann by hand."""
    length, octets = submit_to(ANN, body)
    assert await b.line.at(f"AT+CMGS={length}") == [">"]
    b.line.type(octets + "\x1a")
    return await b.line.answer()
