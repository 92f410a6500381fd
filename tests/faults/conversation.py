"""The whole message test: the real gateway, its worker, libgammu, a software modem and residents who text it.

Residents hold whole conversations at the same time. Each text gets exactly one reply, the right
one, in order, and what they asked for stands in the database.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from flows.library import BUILT_IN
from flows.transcript import Event, Hears, Says, matches, read_transcript
from gateway.app import Gateway, running
from gateway.clock import Clock, Sources
from gateway.config import Config, HttpConfig, Limits, ModemConfig
from gateway.store.database import Tx
from modem.link import Patience
from modem.virtual.client import ModemPlace, Simulator
from modem.virtual.process import running as software_network
from tests.village import ASHBY, MONDAY

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


# What residents get done, by the event that tells of it, and the rows of one resident that prove it.
DEEDS = {
    "lift.booked": "SELECT COUNT(*) AS n FROM trip WHERE resident_id = :id AND state = 'booked'",
    "help.opened": "SELECT COUNT(*) AS n FROM help_request WHERE resident_id = :id",
    "vote.cast": (
        "SELECT COUNT(*) AS n FROM vote JOIN member ON member.id = vote.member_id "
        "WHERE member.resident_id = :id"
    ),
    "ballot.cast": (
        "SELECT COUNT(*) AS n FROM roll JOIN member ON member.id = roll.member_id "
        "JOIN poll ON poll.id = roll.poll_id WHERE member.resident_id = :id AND poll.secret AND roll.voted"
    ),
}


class LiveHands:
    """A clock that runs, from a moment a test chooses, and that can be pushed ahead or set wrong."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._began = time.monotonic()
        self._start = start
        self._passed = timedelta()
        self.wrong_by = timedelta()
        self.synchronised = True

    @property
    def true(self) -> datetime:
        """The moment the network knows."""
        return self._start + timedelta(seconds=self._steady())

    def sources(self) -> Sources:
        """Give what `Clock` looks at."""
        return Sources(lambda: self.true + self.wrong_by, self._steady, lambda: self.synchronised)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass, on the wall and in fact."""
        self._passed += span

    def _steady(self) -> float:
        return time.monotonic() - self._began + self._passed.total_seconds()


@dataclass(frozen=True)
class Line:
    """A text, and the reply it must get; `…` in it stands for anything."""

    says: str
    hears: str


@dataclass(frozen=True)
class Resident:
    """A telephone, the conversation held on it, and how often what stands in the database after it."""

    number: str
    lines: Sequence[Line]
    deeds: Mapping[str, int] = field(default_factory=dict)


def script(number: str, flow: str, transcript: str, *more: Line) -> Resident:
    """Give a resident who says what stands in a flow's transcript, and then some `more`."""
    path = BUILT_IN / flow / "transcripts" / f"{transcript}.txt"
    lines: list[Line] = []
    deeds: Counter[str] = Counter()
    for line in read_transcript(str(path), path.read_text(encoding="utf-8")):
        if isinstance(line, Says):
            lines.append(Line(line.body, ""))
        elif isinstance(line, Hears):
            lines[-1] = Line(lines[-1].says, line.words)
        elif isinstance(line, Event) and line.type in DEEDS:
            deeds[line.type] += 1
    return Resident(number, (*lines, *more), deeds)


LONG = (
    "HELP Good morning, this is about my garden at Orchard Court: the fence came down in the storm and "
    "lies across the path, so that my neighbour cannot come by with her pram. Could somebody help me to "
    "put it up again? I have got nails, a saw and enough wood, and there is tea and cake for whoever "
    "comes. It would be kind if it could be done before the weekend, because my sister visits then and "
    "she walks with a stick. Many thanks!"
)

ROSE = script(
    "+447700900123", "lift", "first_lift", Line("MY LIFTS", "…Tuesday 3 March 10.30 am Ashby Surgery (…)…")
)
CARMEN = script(
    "+447700900141",
    "lift",
    "viaje_en_silla",
    Line("MIS VIAJES", "…martes 3 de marzo 10:30 Ashby Surgery (…)…"),
)
SOO_AH = script("+447700900133", "help", "korean_one_text")
SHOPPER = script("+447700900142", "help", "misspelt")
GEORGE = script("+447700900134", "vote", "open_vote")
PENNS = script("+447700900131", "vote", "two_on_one_handset")
GARDENER = Resident(
    "+447700900143",
    (
        Line(LONG, "Thank you. Your request is ….…"),
        Line("4", "What kind of help?…"),
        Line("House 🏡", "Where is it?…"),
    ),
    {"help.opened": 1},
)
EVERYBODY = (ROSE, CARMEN, SOO_AH, SHOPPER, GEORGE, PENNS, GARDENER)
SOME = (ROSE, PENNS, SOO_AH, GARDENER)


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
            yield gateway
        self._gateway = None

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
                texts = await self.gateway.store.read(texts_from, number)
                replies = await self.gateway.store.read(replies_to, number)
                if len(texts) == self.said[number] == len(replies) and replies[-1].state == "uncertain":
                    return None
                continue
            if not await self.gateway.store.read(said_again, number, heard, self.said[number]):
                return heard
        raise AssertionError(f"{number} said {said!r} and heard nothing")

    async def converse_all(self, residents: Sequence[Resident]) -> None:
        """Let all of them converse at the same time."""
        async with asyncio.TaskGroup() as group:
            for resident in residents:
                group.create_task(self.converse(resident))

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
        if await self.gateway.store.read(unfinished):
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
            texts = await self.gateway.store.read(texts_from, number)
            assert len(texts) == self.said[number], f"{number} texted {self.said[number]} times: {texts}"
            assert set(texts.values()) == {"handled"}
            replies = await self.gateway.store.read(replies_to, number)
            assert [reply.to for reply in replies] == list(texts), f"{number} heard not one reply a text"
            ends = Counter(reply.state for reply in replies)
            assert set(ends) <= {"sent", "delivered", "uncertain"}
            again = [reply for reply in replies if reply.doubts]
            assert all(r.kind == "confirmation" and r.ref and r.ref in r.body for r in again)
            heard, least = len(self.heard[number]), len(replies) - ends["uncertain"]
            assert least <= heard <= len(replies) + len(again), f"{number} heard {self.heard[number]}"
            assert await self.gateway.store.read(deeds_of, number) == resident.deeds
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


def unfinished(tx: Tx) -> int:
    """Count the texts that wait to go or are being sent."""
    row = tx.one("SELECT COUNT(*) AS n FROM outbound WHERE state IN ('queued', 'sending')")
    assert row is not None
    return int(row["n"])


def texts_from(tx: Tx, number: str) -> dict[int, str]:
    """Give id and state of each text of a number, those that the network delivered once more excepted."""
    rows = tx.all("SELECT id, state FROM inbound WHERE sender = :number ORDER BY id", number=number)
    return {row["id"]: row["state"] for row in rows if row["state"] != "double"}


class Reply(NamedTuple):
    """An answer to text `to` as it stands in the database."""

    to: int
    kind: str
    state: str
    attempts: int
    doubts: int
    ref: str
    body: str


def replies_to(tx: Tx, number: str) -> list[Reply]:
    """Give the answers to a number's texts, in the order of these."""
    rows = tx.all(
        "SELECT inbound_id, kind, state, attempts, doubts, ref, body FROM outbound "
        "WHERE number = :number AND inbound_id IS NOT NULL ORDER BY inbound_id, id",
        number=number,
    )
    return [Reply(*row) for row in rows]


def said_again(tx: Tx, number: str, heard: str, said: int) -> bool:
    """Tell whether what a number heard is a confirmation once more, and no answer to its text `said`."""
    earlier = replies_to(tx, number)[: said - 1]
    return any(reply.body == heard and reply.doubts for reply in earlier)


def deeds_of(tx: Tx, number: str) -> Mapping[str, int]:
    """Count what stands in the database for a resident, by the names of `DEEDS`."""
    resident = tx.one("SELECT id FROM resident WHERE number = :number", number=number)
    assert resident is not None
    counts = {deed: tx.one(sql, id=resident["id"]) for deed, sql in DEEDS.items()}
    return +Counter({deed: int(row["n"]) for deed, row in counts.items() if row is not None})


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
        yield Town(simulator, config, patience, LiveHands())


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
