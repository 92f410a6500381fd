"""The whole message test: the real gateway, its worker, libgammu, a software modem and residents who text it.

Residents hold whole conversations at the same time. Each text gets exactly one reply, the right
one, in order, and what they asked for stands in the database.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Concatenate, ParamSpec, TypeVar

from flows.transcript import matches
from gateway.app import Gateway, running
from gateway.clock import Clock
from gateway.config import Config, HttpConfig, Limits, ModemConfig
from gateway.store.database import Tx
from modem.link import Patience
from modem.virtual.client import ModemPlace, Simulator
from modem.virtual.process import running as software_network
from tests.faults.residents import Resident
from tests.faults.rows import deeds_of, replies_to, said_again, texts_from, unfinished
from tests.hands import LiveHands
from tests.village import ASHBY, MONDAY

P = ParamSpec("P")
R = TypeVar("R")

OURS = "+447700900000"
# A resident's patience for one reply, and the test's for everything to come to rest, in seconds.
REPLY_SECONDS = 20.0
LOOK_SECONDS = 0.02
LISTEN_SECONDS = 0.5
# What a modem process may take before it counts as hung: short, because tests wait for it.
PATIENCE = Patience(silent=10.0, opening=20.0, call=5.0, unnoticed=1.0)
LIMITS = Limits(("GB",), texts_per_number_per_hour=100)
# Texts of one sender in one second of the network's clock with the same words are one text.
BETWEEN_TEXTS = timedelta(seconds=7)
# Time that passes for the gateway while a resident listens in vain.
WHILE_WAITING = timedelta(seconds=5)


class Town:
    """A network of telephones, one modem on it, and a gateway that may come and go."""

    def __init__(self, simulator: Simulator, config: Config, patience: Patience, hands: LiveHands) -> None:
        self.simulator = simulator
        self.config = config
        self.patience = patience
        self.hands = hands
        self.number = config.modems[0].number or OURS
        self.said: Counter[str] = Counter()
        self.heard: defaultdict[str, list[str]] = defaultdict(list)
        self._gateway: Gateway | None = None
        self._serves = asyncio.Event()

    @property
    def gateway(self) -> Gateway:
        """The gateway that runs now."""
        assert self._gateway is not None, "no gateway runs"
        return self._gateway

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Gateway]:
        """Run the gateway; all it knows afterwards is on its disk."""
        clock = Clock(self.hands.sources())
        async with running(
            self.config, clock=clock, random=Random(1), gap=0.0, patience=self.patience
        ) as gateway:
            self._gateway = gateway
            self._serves.set()
            try:
                yield gateway
            finally:
                self._serves.clear()
        self._gateway = None

    async def read(self, query: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Read from the gateway's database, as soon as there is a gateway."""
        await self._serves.wait()
        return await self.gateway.store.read(query, *args, **kwargs)

    async def text(self, number: str, body: str, **options: Any) -> None:
        """Text the gateway from a telephone, at the network's time."""
        self.hands.pass_time(BETWEEN_TEXTS)
        self.said[number] += 1
        await self.simulator.text(number, self.number, body, smsc_time=self.hands.true, **options)

    async def reply(self, number: str, seconds: float = REPLY_SECONDS) -> str:
        """Wait for the next text that reaches a telephone."""
        phone = await self.simulator.phone(number)
        received = await phone.next(seconds)
        self.heard[number].append(received.body)
        return received.body

    async def converse(self, resident: Resident, seconds: float = REPLY_SECONDS) -> None:
        """Hold a conversation: each text waits for the reply to the one before.

        A reply that the gateway holds for uncertain may stay away: the resident goes on. A reply
        heard before may come once more where it was a confirmation.
        """
        await self.simulator.phone(resident.number)
        for line in resident.lines:
            await self.text(resident.number, line.says)
            heard = await self._next_reply(resident.number, line.says, seconds)
            if heard is not None:
                assert matches(line.hears, heard), f"said {line.says!r}, heard {heard!r}, not {line.hears!r}"

    async def _next_reply(self, number: str, said: str, seconds: float) -> str | None:
        """Wait for a reply; None when the gateway does not know whether it left, and it did not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                heard = await self.reply(number, LISTEN_SECONDS)
            except TimeoutError:
                texts = await self.read(texts_from, number)
                replies = await self.read(replies_to, number)
                if len(texts) == self.said[number] == len(replies) and replies[-1].state == "uncertain":
                    return None
                self.hands.pass_time(WHILE_WAITING)  # what is tried again later is tried again soon
                self.gateway.queued()
                continue
            if not await self.read(said_again, number, heard, self.said[number]):
                return heard
        raise AssertionError(f"{number} said {said!r} and heard nothing")

    async def converse_all(self, residents: Sequence[Resident], seconds: float = REPLY_SECONDS) -> None:
        """Let all of them converse at the same time."""
        async with asyncio.TaskGroup() as group:
            for resident in residents:
                group.create_task(self.converse(resident, seconds))

    async def explained(self, *words: str, seconds: float = REPLY_SECONDS) -> None:
        """Wait until the health page says all of `words`."""

        async def said() -> bool:
            health = await self.gateway.health()
            page = " ".join((*(modem.words for modem in health.modems), *health.troubles))
            return all(word in page for word in words)

        await until(said, f"the health page to say {words}", seconds)

    async def healthy(self, seconds: float = REPLY_SECONDS) -> None:
        """Wait until nothing is wrong with the gateway."""

        async def well() -> bool:
            health = await self.gateway.health()
            return health.ready and not health.troubles

        await until(well, "the gateway to be healthy", seconds)

    async def at_rest(self, seconds: float = REPLY_SECONDS) -> None:
        """Wait until nothing is on its way: not in the network, on the SIM or in the queue."""
        await until(self._rests, "everything to come to rest", seconds)

    async def _rests(self) -> bool:
        if await self.read(unfinished):
            return False
        sim = await self.simulator.sim(self.number)
        return not sim["waiting"] and not any(sim["storages"].values())

    async def nothing_lost_or_doubled(self, residents: Sequence[Resident], *, uncertain: int = 0) -> None:
        """Compare what was said, kept, answered, heard and done, once everything rests.

        At most `uncertain` replies may have an end nobody knows.
        """
        await self.healthy()
        await self.at_rest()
        unsure = 0
        for resident in residents:
            number = resident.number
            await self._hear_the_rest(number)
            texts = await self.read(texts_from, number)
            assert len(texts) == self.said[number], f"{number} texted {self.said[number]} times: {texts}"
            assert set(texts.values()) == {"handled"}
            replies = await self.read(replies_to, number)
            assert [reply.to for reply in replies] == list(texts), f"{number} heard not one reply a text"
            ends = Counter(reply.state for reply in replies)
            assert set(ends) <= {"sent", "delivered", "uncertain"}
            again = [reply for reply in replies if reply.doubts]
            assert all(r.kind == "confirmation" and r.ref and r.ref in r.body for r in again)
            heard, least = len(self.heard[number]), len(replies) - ends["uncertain"]
            assert least <= heard <= len(replies) + len(again), f"{number} heard {self.heard[number]}"
            assert await self.read(deeds_of, number) == resident.deeds
            unsure += ends["uncertain"] + len(again)
        assert unsure <= uncertain, f"{unsure} replies have an end nobody knows or were heard twice"

    async def _hear_the_rest(self, number: str) -> None:
        """Take in whatever has reached a telephone."""
        await self.simulator.log(self.number)  # answers come in order: all that arrived before is here then
        with suppress(TimeoutError):
            while True:
                await self.reply(number, 0)


async def until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = REPLY_SECONDS) -> None:
    """Wait until `condition` holds."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 (another process cannot set our events)
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited {seconds:g} seconds in vain for {what}") from None


@asynccontextmanager
async def town(
    folder: Path,
    *,
    modem: str = "sim7600",
    pin: str | None = None,
    patience: Patience = PATIENCE,
    limits: Limits = LIMITS,
    data: Path | None = None,
) -> AsyncIterator[Town]:
    """Open Ashby on a network of its own.

    `modem` is DIALECT[:PIN[:SLOTS]], `pin` what the gateway knows, `data` where it keeps what it keeps.
    """
    async with software_network([f"{OURS}:{modem}"], folder) as simulator:
        (place,) = await simulator.modems()
        config = settings(place, folder, pin=pin, limits=limits, data=data)
        yield Town(simulator, config, patience, LiveHands(MONDAY))


def settings(
    place: ModemPlace,
    folder: Path,
    *,
    community: Path = ASHBY,
    pin: str | None = None,
    limits: Limits = LIMITS,
    data: Path | None = None,
) -> Config:
    """Give the settings of a gateway in `folder` with the modem at `place`, its page on any free port."""
    return Config(
        path=folder / "plainline.toml",
        data=data or folder / "data",
        modems=(ModemConfig("main", str(place.device), pin, place.number),),
        limits=limits,
        community=community,
        http=HttpConfig(port=0),
    )
