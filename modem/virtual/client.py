"""Controlling the simulator from asyncio: texts, phones, faults and what lies on the SIM."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from modem.errors import ModemError

if TYPE_CHECKING:
    from modem.virtual.phone import Phone

Modem = int | str
_LONGEST_LINE = 1 << 24


class SimulatorError(ModemError):
    """The simulator did not do as asked; the message has its words."""


@dataclass(frozen=True, slots=True)
class ModemPlace:
    """Where a software modem is: its number, its dialect and the device to open."""

    number: str
    dialect: str
    device: Path


class Simulator:
    """A connection to a running simulator."""

    def __init__(self, path: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.path = path
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._phones: dict[str, Phone] = {}
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, path: Path | str) -> Self:
        """Connect to the control socket at `path`; SimulatorError when nobody answers there."""
        try:
            reader, writer = await asyncio.open_unix_connection(path, limit=_LONGEST_LINE)
        except OSError as error:
            raise SimulatorError(f"no simulator at {path}: {error.strerror}; start one first") from error
        return cls(Path(path), reader, writer)

    async def close(self) -> None:
        """Let go of the connection; the simulator runs on."""
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def modems(self) -> list[ModemPlace]:
        """The software modems of the network, in their order."""
        found = await self.ask("modems")
        return [ModemPlace(m["number"], m["dialect"], Path(m["device"])) for m in found]

    async def phone(self, number: str) -> Phone:
        """The phone with `number`; it hears first what came while nobody held it."""
        from modem.virtual.phone import Phone  # its calls need all of numpy, and a gateway holds no phone

        if number not in self._phones:
            self._phones[number] = Phone(self, number)
            await self.ask("listen", number=number)
        return self._phones[number]

    async def text(
        self,
        sender: str,
        to: str,
        body: str = "",
        *,
        reference: int | None = None,
        smsc_time: datetime | None = None,
        parts: Sequence[int] | None = None,
        wide: bool = False,
        raw_pdu: str | None = None,
    ) -> None:
        """Text a modem or a phone.

        `parts` names the parts to deliver, from 0, in that order, with gaps and repetitions;
        `wide` uses 16-bit references; `raw_pdu` is delivered to modem `to` as it is.
        """
        options: dict[str, Any] = {"reference": reference, "wide": wide}
        if parts is not None:
            options["parts"] = list(parts)
        if smsc_time is not None:
            options["smsc_time"] = smsc_time.isoformat()
        if raw_pdu is not None:
            options["raw_pdu"] = raw_pdu
        await self.ask("text", sender=sender, to=to, body=body, **options)

    async def fault(self, modem: Modem, kind: str, **values: Any) -> None:
        """Arm a fault; `modem.virtual.faults` names the kinds and their values."""
        await self.ask("fault", modem=modem, kind=kind, **values)

    async def clear(self, modem: Modem) -> None:
        """Disarm every fault of a modem and wake it from a hang."""
        await self.ask("clear", modem=modem)

    async def set(self, modem: Modem, **values: Any) -> None:
        """Set `signal` (0-31, 99), `registration` (home, roaming, searching, denied), `operator`, `slots`.

        `balances` are USSD codes and their answers, `clock` (aware) is what its clock says from now on.
        """
        if "clock" in values:
            values["clock"] = values["clock"].isoformat()
        await self.ask("set", modem=modem, **values)

    async def pace(self, pace: str) -> None:
        """`at once` or `real` (about three seconds a text)."""
        await self.ask("pace", pace=pace)

    async def sound_pace(self, pace: str) -> None:
        """`real` or `lock-step`, for the calls that begin from now on; see `modem.virtual.sound`."""
        await self.ask("sound_pace", pace=pace)

    async def rings(self, every: float = 3.0, lasting: float = 60.0) -> None:
        """Set the seconds between two rings, and until the network gives up."""
        await self.ask("rings", every=every, lasting=lasting)

    async def say(self, modem: Modem, line: str) -> None:
        """Let the modem say one unsolicited line."""
        await self.ask("say", modem=modem, line=line)

    async def idle(self, modem: Modem) -> None:
        """Let the modem say the lines its make says for no reason."""
        await self.ask("idle", modem=modem)

    async def unplug(self, modem: Modem) -> None:
        """Pull the stick out."""
        await self.ask("unplug", modem=modem)

    async def replug(self, modem: Modem, slow: bool = False) -> Path:
        """Put the stick in again; gives its device, which has the same name as before.

        `slow` makes it say its boot lines only once somebody has opened the device.
        """
        return Path(await self.ask("replug", modem=modem, slow=slow))

    async def sim(self, modem: Modem) -> dict[str, Any]:
        """`lock`, `pin_tries`, `waiting` (held by the network) and `storages` as name: place: pdu, state."""
        return dict(await self.ask("sim", modem=modem))

    async def log(self, modem: Modem) -> dict[str, Any]:
        """`commands` seen by kind, references `taken` in order, `reports` sent, faults still `armed`.

        `frames` counts the frames of sound that the modem `heard` and its own that were `late`.
        """
        return dict(await self.ask("log", modem=modem))

    async def moments(self, modem: Modem) -> dict[str, float]:
        """When each kind of command last came and each notice last went, in CLOCK_MONOTONIC seconds."""
        return dict(await self.ask("moments", modem=modem))

    async def ask(self, do: str, **values: Any) -> Any:
        """Make one request and wait for its answer; SimulatorError when it is refused."""
        asked = self.tell(do, **values)
        return await asked

    def tell(self, do: str, **values: Any) -> asyncio.Future[Any]:
        """Make one request and give the answer to come."""
        number = next(self._numbers)
        asked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._listening.done():
            asked.set_exception(SimulatorError("the simulator has ended"))
            return asked
        self._asked[number] = asked
        self._writer.write(json.dumps({"id": number, "do": do, **values}).encode() + b"\n")
        return asked

    async def _listen(self) -> None:
        with suppress(ConnectionError):
            while line := await self._reader.readline():
                self._heard(json.loads(line))
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(SimulatorError("the simulator has ended"))

    def _heard(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._phones[message["to"]].heard(message)
            return
        asked = self._asked.pop(message["id"])
        if asked.cancelled():
            return
        if "error" in message:
            asked.set_exception(SimulatorError(message["error"]))
        else:
            asked.set_result(message["result"])
