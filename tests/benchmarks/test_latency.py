"""How long a resident's text waits: from the modem's notice to the reply in the modem's hands.

The whole way is real: software modem, libgammu and filter in the modem's process, gateway, disk.
The network takes no time of its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random

import pytest

from gateway.app import Gateway, running
from gateway.config import Config, HttpConfig, Limits, ModemConfig
from gateway.intake import Intake, Taken
from gateway.sender import Outgoing
from modem.driver import Inbox, Send
from modem.link import LinkState
from modem.virtual import process
from modem.virtual.client import Simulator
from tests.benchmarks.processes import NUMBER, sim_is_empty, until
from tests.benchmarks.table import milliseconds, row
from tests.benchmarks.test_turns import TALK
from tests.village import ASHBY

# Each says the talk once: the same words twice from one number within a second would be one text.
RESIDENTS, WARMING_UP = 60, 5

pytestmark = pytest.mark.bench


@dataclass(slots=True)
class StampedIntake(Intake):
    """An intake that remembers when the modem gave notice of what it took last."""

    noticed: float = 0.0

    async def take(self, link: str, imsi: str, inbox: Inbox) -> Taken:
        """Take it, and remember."""
        self.noticed = inbox.noticed
        return await Intake.take(self, link, imsi, inbox)


@dataclass(slots=True)
class StampedLink:
    """A link that remembers when it was last given a text to send."""

    link: Outgoing
    given: float = 0.0

    async def send(self, message: Send) -> None:
        """Remember, and hand it on."""
        self.given = time.monotonic()
        await self.link.send(message)


@dataclass(slots=True)
class Durations:
    """What was measured, in seconds."""

    handed_over: list[float] = field(default_factory=list)
    at_the_modem: list[float] = field(default_factory=list)


async def test_latency(tmp_path: Path, unused_tcp_port: int) -> None:
    async with process.running([f"{NUMBER}:sim7600"], tmp_path) as simulator:
        [place] = await simulator.modems()
        config = Config(
            path=tmp_path / "plainline.toml",
            data=tmp_path / "data",
            modems=(ModemConfig("bench", str(place.device), number=NUMBER),),
            limits=Limits(("GB",), texts_per_day=100_000, texts_per_number_per_hour=1000),
            community=ASHBY,
            http=HttpConfig(port=unused_tcp_port),
        )
        async with running(config, random=Random(1), gap=0.0) as gateway:
            took = await talk(gateway, simulator)
    aim = "p99 20 ms"
    for what, seconds in (
        ("notice read to reply handed over", took.handed_over),
        ("notice leaves modem to AT+CMGS there", took.at_the_modem),
    ):
        figures = ", ".join(f"p{percent} {milliseconds(seconds, percent)}" for percent in (50, 99))
        row(what, figures, aim)


async def talk(gateway: Gateway, simulator: Simulator) -> Durations:
    """Text in turn, each text once the one before is answered and off the SIM."""
    [modem] = gateway.modems

    async def ready() -> bool:
        return modem.link.state is LinkState.READY

    await until(ready)
    parts = {part.name: getattr(gateway.intake, part.name) for part in fields(Intake) if part.init}
    modem.intake = intake = StampedIntake(**parts)
    modem.sender.link = link = StampedLink(modem.link)
    phones = [await simulator.phone(f"+4477009002{n:02d}") for n in range(RESIDENTS)]
    took = Durations()
    for turn in range(RESIDENTS * len(TALK)):
        phone = phones[turn // len(TALK)]
        await phone.text(NUMBER, TALK[turn % len(TALK)])
        await phone.next()
        moments = await simulator.moments(0)
        if turn >= WARMING_UP * len(TALK):
            took.handed_over.append(link.given - intake.noticed)
            took.at_the_modem.append(moments["+CMGS="] - moments["+CMTI"])
        await until(lambda: sim_is_empty(simulator))
    return took
