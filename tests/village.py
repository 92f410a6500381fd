"""The sample community Ashby on a real store, without a modem: texts go in, replies come out."""

from __future__ import annotations

import functools
import re
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from flows.conversation import Conversation, Heard, Input, Prompt, Turn
from flows.library import BUILT_IN, Library, load_library
from flows.transcript import WILDCARD
from flows.value import Json
from gateway.clock import Clock
from gateway.community import Community, load_community
from gateway.intake import Intake
from gateway.services import BINDING
from gateway.store import people
from gateway.store.community import install
from gateway.store.conversations import latest_conversation
from gateway.store.database import Store, Tx, open_store
from gateway.store.events import events_since
from gateway.store.places import load_places
from gateway.timers import Timers
from gateway.turns import Turns
from modem.driver import Inbox, Part
from tests.hands import Hands

ASHBY = Path(__file__).parent.parent / "gateway" / "sample" / "ashby"
CODE = re.compile(r"\b[2-9]{1,2}[A-HJ-NP-Z]\b")
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LIBRARY = load_library((BUILT_IN,), BINDING)


class Village:
    """Ashby, ready to be texted. In what is texted or said, … stands for the code that was heard last."""

    def __init__(self, store: Store, community: Community, turns: Turns, hands: Hands) -> None:
        self.store = store
        self.community = community
        self.turns = turns
        self.hands = hands
        self.clock = Clock(hands.sources())
        self.intake = Intake(store, turns, self.clock, ("GB",), ("+447700900000",))
        self.timers = Timers(store, turns, self.clock, lambda: None)
        self.to_others: list[tuple[str, str]] = []
        self.codes: dict[str, str] = {}
        self._place = 0
        self._seen_outbound = 0
        self._seen_event = 0

    async def text(self, sender: str, body: str) -> list[str]:
        """Text the number and give the replies to the sender."""
        self._place += 1
        self.hands.pass_time(timedelta(seconds=45))
        body = body.replace(WILDCARD, self.codes.get(sender, WILDCARD))
        part = Part(f"SM:{self._place}", sender, body, self.hands.now)
        await self.intake.take("test", "234150000000001", Inbox((part,)))
        sent = await self.sent()
        self.to_others = [(number, words) for number, words in sent if number != sender]
        return [words for number, words in sent if number == sender]

    async def call(self, caller: str, what: Input) -> Turn:
        """Let something happen on a call with the number, and give the turn that came of it."""
        self.hands.pass_time(timedelta(seconds=5))
        if isinstance(what, Heard):
            code = self.codes.get(caller, WILDCARD)
            what = Heard(tuple(body.replace(WILDCARD, code) for body in what.alternatives))
        turn = await self.store.write(self._take_on_call, caller, what)
        await self.sent()
        for effect in turn.effects:
            if isinstance(effect, Prompt) and "ref" in effect.values:
                self.codes[caller] = str(effect.values["ref"].data)
        return turn

    def _take_on_call(self, tx: Tx, caller: str, what: Input) -> Turn:
        resident = people.meet(tx, caller, self.hands.now)
        return self.turns.take(tx, resident, what, self.hands.now, medium="call")

    async def stands(self, number: str) -> Conversation | None:
        """Give the conversation with a number as it stands."""
        return await self.store.read(_conversation_with, number)

    async def sent(self) -> list[tuple[str, str]]:
        """Give number and words of everything queued since this was last asked."""
        rows = await self.store.read(_outbound_after, self._seen_outbound)
        if rows:
            self._seen_outbound = rows[-1][0]
        for _, number, body in rows:
            self.codes[number] = next(reversed(CODE.findall(body)), self.codes.get(number, WILDCARD))
        return [(number, body) for _, number, body in rows]

    async def events(self) -> list[tuple[str, dict[str, Json]]]:
        """Give type and data of every event since this was last asked."""
        found = await self.store.read(events_since, self._seen_event)
        if found:
            self._seen_event = found[-1][0]
        return [(kind, data) for _, kind, _, data in found]

    async def move_to(self, moment: datetime) -> None:
        """Let time pass until `moment`, and do what is due then."""
        self.hands.pass_time(moment - self.hands.now)
        await self.timers.tick()


@asynccontextmanager
async def ashby(
    folder: Path, *, now: datetime = MONDAY, seed: int = 1, library: Library = LIBRARY
) -> AsyncIterator[Village]:
    """Open Ashby in `folder`, as at `now` (aware)."""
    hands = Hands(now)
    community = _community()
    store = await _installed(folder / "plainline.db", community, now)
    try:
        places = await store.read(load_places)
        village = Village(store, community, Turns(library, community, places, Random(seed)), hands)
        await village.timers.tick()
        await village.sent()
        await village.events()
        yield village
    finally:
        await store.close()


@functools.cache
def _community() -> Community:
    return load_community(ASHBY)


_DATABASES: dict[datetime, bytes] = {}
"""Ashby's database as it is after installing it at a moment: a copy costs a tenth of making it anew."""


async def _installed(file: Path, community: Community, now: datetime) -> Store:
    is_new = not await to_thread(file.exists)
    if is_new and now in _DATABASES:
        await to_thread(file.write_bytes, _DATABASES[now])
        return await open_store(file, now=now)
    store = await open_store(file, now=now)
    await store.write(install, community, now)
    if is_new:
        await store.close()
        _DATABASES[now] = await to_thread(file.read_bytes)
        store = await open_store(file, now=now)
    return store


def _conversation_with(tx: Tx, number: str) -> Conversation | None:
    resident = people.resident_by_number(tx, number)
    kept = latest_conversation(tx, resident.id) if resident else None
    return kept.conversation if kept else None


def _outbound_after(tx: Tx, outbound_id: int) -> list[tuple[int, str, str]]:
    rows = tx.all("SELECT id, number, body FROM outbound WHERE id > :id ORDER BY id", id=outbound_id)
    return [(row["id"], row["number"], row["body"]) for row in rows]
