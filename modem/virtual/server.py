"""The control socket: requests and events as JSON lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modem.audio.software import LOCK_STEP
from modem.audio.software import REAL as REAL_SOUND
from modem.virtual.dialect import DIALECTS
from modem.virtual.faults import Fault, Faults, Kind
from modem.virtual.handset import Event, Handset, Power
from modem.virtual.modem import VirtualModem
from modem.virtual.network import AT_ONCE, REAL, Network
from modem.virtual.sim import Sim
from modem.virtual.sound import SoundServer
from modem.virtual.voice import BUSY, NO_CARRIER, Party, Rings, connect

Request = dict[str, Any]
_LONGEST_REQUEST = 1 << 20


class Server:
    """One network, its modems and the socket they are controlled over."""

    def __init__(self, socket: Path, network: Network) -> None:
        self.network = network
        self.modems: list[VirtualModem] = []
        self.sound = SoundServer(socket, self._party)
        self._socket = socket
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._server: asyncio.Server | None = None

    def add(self, number: str, dialect: str, pin: str = "", slots: int = 0) -> VirtualModem:
        """Plug in one more modem; `slots` overrides the size of its SIM's storage."""
        place = len(self.modems)
        sim = Sim(number, imsi=f"23410{place + 1:010d}", pin=pin)
        link = self._socket.with_name(f"{self._socket.name}.modem{place}")
        modem = VirtualModem(DIALECTS[dialect], sim, self.network, link, seed=place)
        modem.imei = str(int(modem.dialect.imei) + place * 10)
        if slots:
            modem.storages["SM"].size = slots
        self.modems.append(modem)
        self.network.modems[number] = modem
        modem.plug()
        return modem

    async def start(self) -> None:
        """Listen on the socket."""
        self._socket.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._connected, self._socket, limit=_LONGEST_REQUEST)
        await self.sound.start()

    async def stop(self) -> None:
        """Let go of the socket, the connections and the pseudo-terminals."""
        if self._server:
            self._server.close()
        for connection in self._connections:
            connection.close()
        await asyncio.gather(*filter(None, self._connections.values()))
        await self.sound.stop()
        for modem in self.modems:
            modem.unplug()
        self._socket.unlink(missing_ok=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.current_task()
        heard: list[Handset] = []

        def tell(event: Event) -> None:
            writer.write(json.dumps(event).encode() + b"\n")

        try:
            while line := await reader.readline():
                tell(self._answer(json.loads(line), tell, heard))
        except (ConnectionError, ValueError):
            pass
        finally:
            for handset in heard:
                handset.ignore(tell)
            del self._connections[writer]
            writer.close()

    def _answer(self, request: Request, tell: Callable[[Event], None], heard: list[Handset]) -> Event:
        number = request.pop("id")
        try:
            if request["do"] == "listen":
                handset = self.network.handset(request["number"])
                heard.append(handset)
                handset.listen(tell)
                return {"id": number, "result": None}
            return {"id": number, "result": REQUESTS[request.pop("do")](self, request)}
        except (KeyError, ValueError, TypeError, IndexError) as error:
            said = str(error) if type(error) is ValueError else f"cannot be done ({type(error).__name__})"
            return {"id": number, "error": said}

    def modem(self, request: Request) -> VirtualModem:
        """The modem a request names by place or by number."""
        name = request.get("modem", 0)
        place = name if isinstance(name, int) else list(self.network.modems).index(name)
        return self.modems[place]

    def _party(self, request: Request) -> tuple[Party, Faults | None]:
        if "modem" not in request:
            return self.network.handset(request["phone"]), None
        modem = self.modem(request)
        if not modem.powered:
            raise ValueError("the stick is not plugged in")
        return modem.voice, modem.faults


def _text(server: Server, request: Request) -> None:
    at = request.pop("smsc_time", None)
    raw = request.pop("raw_pdu", None)
    if raw:
        server.network.raw(request["to"], raw)
        return
    server.network.text(**request, smsc_time=datetime.fromisoformat(at) if at else None)


def _fault(server: Server, request: Request) -> None:
    modem = server.modem(request)
    request.pop("modem", None)
    request["kind"] = Kind(request["kind"])
    modem.faults.armed.append(Fault(**request))


def _clear(server: Server, request: Request) -> None:
    modem = server.modem(request)
    modem.faults.armed.clear()
    modem.terminal.wake()


def _set(server: Server, request: Request) -> None:
    modem = server.modem(request)
    for name, value in request.items():
        if name == "signal":
            modem.signal_changed(int(value))
        elif name == "registration":
            modem.coverage_changed(str(value))
        elif name == "operator":
            modem.operator = str(value)
        elif name == "balances":
            modem.balances = dict(value)
        elif name == "clock":
            modem.clock_wrong_by = datetime.fromisoformat(value) - datetime.now(UTC)
        elif name == "slots":
            modem.storages["SM"].size = int(value)
            modem.room_made()
        elif name != "modem":
            raise ValueError(f"a modem has no {name} to set")


def _pace(server: Server, request: Request) -> None:
    if request["pace"] not in (AT_ONCE, REAL):
        raise ValueError(f"a pace is {AT_ONCE!r} or {REAL!r}")
    server.network.speed = request["pace"]


def _sound_pace(server: Server, request: Request) -> None:
    if request["pace"] not in (REAL_SOUND, LOCK_STEP):
        raise ValueError(f"a pace of sound is {REAL_SOUND!r} or {LOCK_STEP!r}")
    server.sound.pace = request["pace"]


def _rings(server: Server, request: Request) -> None:
    server.network.rings = Rings(**request)


def _switch(server: Server, request: Request) -> None:
    server.network.switch(request["number"], Power(request["power"]))


def _unplug(server: Server, request: Request) -> None:
    server.modem(request).unplug()


def _replug(server: Server, request: Request) -> str:
    modem = server.modem(request)
    modem.plug(slow=bool(request.get("slow")))
    return str(modem.terminal.line.link)


def _ring(server: Server, request: Request) -> None:
    handset = server.network.handset(request["number"])
    if handset.call:
        raise ValueError("the phone is in a call")
    shown = "" if request.get("withheld") else handset.number
    network = server.network
    dialled = network.full_number(request["to"])
    handset.call = connect(handset, network.party(dialled), shown, dialled, network.rings.lasting)


def _answer(server: Server, request: Request) -> None:
    server.network.handset(request["number"]).answer()


def _press(server: Server, request: Request) -> None:
    server.network.handset(request["number"]).press(request["keys"])


def _hang_up(server: Server, request: Request) -> None:
    handset = server.network.handset(request["number"])
    handset.hang_up(BUSY if request.get("busy") else NO_CARRIER)


def _say(server: Server, request: Request) -> None:
    server.modem(request).say(request["line"])


def _idle(server: Server, request: Request) -> None:
    server.modem(request).idle()


def _sim(server: Server, request: Request) -> dict[str, Any]:
    modem = server.modem(request)
    return {
        "lock": modem.sim.lock,
        "pin_tries": modem.sim.pin_tries,
        "waiting": server.network.waiting_for(modem),
        "storages": {
            name: {
                str(place): {"pdu": slot.pdu, "state": slot.state} for place, slot in storage.slots.items()
            }
            for name, storage in modem.storages.items()
        },
    }


def _log(server: Server, request: Request) -> dict[str, Any]:
    modem = server.modem(request)
    return {
        "commands": dict(modem.terminal.seen),
        "taken": modem.taken,
        "reports": modem.reports,
        "armed": len(modem.faults.armed),
        "frames": dict(modem.voice.frames),
    }


def _moments(server: Server, request: Request) -> dict[str, float]:
    return server.modem(request).terminal.moments


def _modems(server: Server, _request: Request) -> list[dict[str, str]]:
    return [
        {"number": modem.sim.number, "dialect": modem.dialect.name, "device": str(modem.terminal.line.link)}
        for modem in server.modems
    ]


REQUESTS: dict[str, Callable[[Server, Request], Any]] = {
    "text": _text,
    "fault": _fault,
    "clear": _clear,
    "set": _set,
    "pace": _pace,
    "sound_pace": _sound_pace,
    "rings": _rings,
    "switch": _switch,
    "unplug": _unplug,
    "replug": _replug,
    "ring": _ring,
    "answer": _answer,
    "press": _press,
    "hang_up": _hang_up,
    "say": _say,
    "idle": _idle,
    "sim": _sim,
    "log": _log,
    "moments": _moments,
    "modems": _modems,
}
